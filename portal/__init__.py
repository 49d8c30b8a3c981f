"""Every page that shows a record, to whoever may see it."""
