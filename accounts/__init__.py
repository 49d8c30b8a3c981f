"""People who sign in: they log in by e-mail address."""
