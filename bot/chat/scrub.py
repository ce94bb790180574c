"""Takes the bot's token out of text: it is part of every address that Telegram is asked under."""

import re
from typing import Final
from urllib.parse import quote

from bot.domain.secrets import Secret

HIDDEN: Final = "***"
_ANY_TOKEN: Final = re.compile(
    r"\d{3,}(?::|%3[Aa])[A-Za-z0-9_-]{30,}"
)  # core.telegram.org/bots/api#authorizing-your-bot


class Scrubber:
    """Replaces the token, as it stands and as addresses quote it, and whatever else looks like one."""

    def __init__(self, token: Secret) -> None:
        plain = token.reveal()
        if not plain:
            raise ValueError("the bot's token is empty")
        self._needles = tuple(sorted({plain, quote(plain, safe="")}, key=len, reverse=True))

    def text(self, text: str) -> str:
        for needle in self._needles:
            text = text.replace(needle, HIDDEN)
        return _ANY_TOKEN.sub(HIDDEN, text)

    def payload(self, payload: bytes) -> bytes:
        """The same for an answer's body; bytes that are no UTF-8 are replaced."""
        return self.text(payload.decode("utf-8", "replace")).encode()
