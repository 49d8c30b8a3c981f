"""Council briefs and portfolio reports as accessible PDF."""
