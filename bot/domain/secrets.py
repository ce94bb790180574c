"""What looks like a secret in a chat message, so that it is never stored and is deleted wherever it appears.

Bybit's HMAC secrets are 36 letters and digits; private keys come as PEM blocks.
"""

import re
from typing import Final

PIN_PRESS: Final = "v1:pin:"  # how the data of the PIN's keypad begins

_PEM: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_TOKEN: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{30,128}(?![A-Za-z0-9_-])")
_ADD_COMMAND: Final = re.compile(r"^\s*/keys(?:@\w+)?\s+add\s+\S+\s+\S+\s+\S+", re.IGNORECASE)


def carries_secret(text: str) -> bool:
    """Whether a message holds an API secret or a private key.

    A long token counts when it mixes letters of both cases or letters and digits: an address or a plain word does not.
    Deep-link payloads (`/start …`) are public by nature and never count.
    """
    if _PEM.search(text) or _ADD_COMMAND.match(text):
        return True
    if text.lstrip().startswith("/start"):
        return False
    return any(_is_random(token) for token in _TOKEN.findall(text))


def carries_pin(data: object) -> bool:
    """Whether the press of a button tells a digit of a PIN."""
    return isinstance(data, str) and data.startswith(PIN_PRESS)


def _is_random(token: str) -> bool:
    digits = sum(letter.isdigit() for letter in token)
    uppers = sum(letter.isupper() for letter in token)
    lowers = sum(letter.islower() for letter in token)
    return digits >= 2 and (uppers >= 1 or lowers >= 1)  # noqa: PLR2004  two digits: prose has none inside a word
