"""The Telegram stand-in: the Bot API over HTTP, with people, chats and faults driven from outside."""
