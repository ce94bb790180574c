"""/paysupport and /threads."""
