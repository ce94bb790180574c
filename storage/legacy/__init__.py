"""What came from the bot before this one."""
