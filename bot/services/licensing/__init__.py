"""License time and its reminders."""
