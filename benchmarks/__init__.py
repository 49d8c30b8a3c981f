"""Measurements: ratios within one run; absolute times differ between machines."""
