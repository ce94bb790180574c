"""The application: domain, services, exchange, chat, and the root that puts them together."""
