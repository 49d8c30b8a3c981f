"""What leaves the register on paper, by mail and in calendars."""
