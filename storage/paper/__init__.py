"""Practice accounts as an exchange keeps them: wallet, positions, orders, executions."""
