"""Tags and filters of the templates that show papers."""
