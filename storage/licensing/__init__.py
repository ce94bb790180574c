"""The ledger of license time and its projection."""
