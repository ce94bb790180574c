"""The cache facade: one policy table, one region type, ten regions."""
