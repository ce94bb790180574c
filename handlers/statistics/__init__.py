"""/stats, /trades, /export, /truth: what trading came to; and the daily report."""
