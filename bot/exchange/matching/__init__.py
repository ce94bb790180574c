"""The matching engine: pure rules of an exchange, without I/O and without a clock of its own."""
