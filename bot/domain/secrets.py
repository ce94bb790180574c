"""Secrets: text that never prints, and what looks like a secret in a chat message, which is never stored.

Bybit's HMAC secrets are 36 letters and digits; private keys come as PEM blocks.
"""

import re
import unicodedata
from hmac import compare_digest
from itertools import pairwise
from typing import Final

_PEM: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_TOKEN: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{30,128}(?![A-Za-z0-9_-])")
_ADD_COMMAND: Final = re.compile(r"^\s*/keys(?:@\w+)?\s+add\s+\S+\s+\S+\s+\S+", re.IGNORECASE)
_DEEP_LINK: Final = re.compile(r"\s*/start(?:@\w+)?\s+(?:p|own|r|i|v)_[A-Za-z0-9_-]{1,60}\s*")  # public by nature

PIN_PRESS: Final = "v1:pin:"  # how the data of the PIN's keypad begins


def carries_secret(text: str) -> bool:
    """Whether a message holds an API secret or a private key.

    A long token counts when it mixes letters and digits: an address or a plain word does not. Invisible characters and
    a break within a token do not hide it. A deep link's payload alone never counts.
    """
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    if _PEM.search(text) or _ADD_COMMAND.match(text):
        return True
    if _DEEP_LINK.fullmatch(text):
        return False
    return _has_token(text) or _is_broken_token(text)


def carries_pin(data: object) -> bool:
    """Whether the press of a button tells a digit of a PIN."""
    return isinstance(data, str) and data.startswith(PIN_PRESS)


def _has_token(text: str) -> bool:
    return any(_is_random(token) for token in _TOKEN.findall(text))


def _is_broken_token(text: str) -> bool:
    """A secret that was broken over two lines: two halves of letters and digits, together as long as one."""
    lines = [line.strip() for line in text.splitlines()]
    return any(
        re.fullmatch(r"[A-Za-z0-9]{8,}", first)
        and re.fullmatch(r"[A-Za-z0-9]{8,}", second)
        and _has_token(first + second)
        for first, second in pairwise(lines)
    )


def _is_random(token: str) -> bool:
    digits = sum(letter.isdigit() for letter in token)
    return digits >= 2 and any(letter.isalpha() for letter in token)  # noqa: PLR2004  prose has none inside a word


class Secret:
    """Text that prints as *** and goes into no string, JSON or pickle by accident; `reveal()` reads it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __str__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and compare_digest(self._value.encode(), other._value.encode())

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not pickled or copied")
