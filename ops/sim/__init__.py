"""The stand-ins: Telegram and Bybit over their real wire protocols, on 127.0.0.1."""
