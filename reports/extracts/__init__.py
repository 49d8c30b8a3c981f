"""Extracts: what the register says of many records, or all it says of one, in tables.

"Extract" is what registries call a certified excerpt; a brief argues one decision, an extract
only lists. Each is made once as content (``parts.Report``) and set as PDF, page, CSV and XLSX.
"""
