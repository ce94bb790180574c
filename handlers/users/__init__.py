"""/start, /menu, /lang, /settings, /whoami, /terms, /privacy and /pin."""
