"""The machinery: update contexts, declarations of handlers, callback data, delivery, errors."""
