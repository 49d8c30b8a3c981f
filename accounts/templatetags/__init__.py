"""Words for account pages."""
