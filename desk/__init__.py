"""Every page that changes a record, for those who sign in."""
