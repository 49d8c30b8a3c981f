"""The running example as dated steps."""
