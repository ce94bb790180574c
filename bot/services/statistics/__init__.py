"""What trading came to: statistics, what cards promised, files for spreadsheets, the daily report."""
