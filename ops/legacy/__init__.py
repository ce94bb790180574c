"""Taking over the database of the bot before this one."""
