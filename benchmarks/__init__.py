"""Measurements: ratios within one run, never bars in timed tests."""
