"""The journal: what people removed and were given, written down beside the database before it is committed."""
