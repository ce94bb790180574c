"""The Bot API methods, one file a subject; `registry` has them all in one table."""
