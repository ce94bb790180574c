"""Secrets: text that never prints, and what looks like a secret in a chat message, which is never stored.

Bybit's HMAC secrets are 36 letters and digits, its keys 18; private keys come as PEM blocks. What people send as often,
and is public, is told apart by its form: numbers of payments, hashes of transactions, UUIDs, addresses of coins.
"""

import re
import unicodedata
from collections.abc import Iterator
from hmac import compare_digest
from itertools import pairwise
from typing import Final

_PEM: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----", re.IGNORECASE)
_BOT_TOKEN: Final = re.compile(r"(?<![0-9])[0-9]{8,10}:[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])")
_TOKEN: Final = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{16,128}(?![A-Za-z0-9_-])")
_ADD_COMMAND: Final = re.compile(r"^\s*/keys(?:@\w+)?\s+add\s+\S+\s+\S+\s+\S+", re.IGNORECASE)
_DEEP_LINK: Final = re.compile(r"\s*/start(?:@\w+)?\s+(?:p|own|r|i|v)_[A-Za-z0-9_-]{1,60}\s*")  # public by nature
_CALLED_SECRET: Final = re.compile(
    r"(?:secret|секрет|private|приватн|token|токен|passw|парол)\w*\W+(?:\w+\W+){0,2}$", re.IGNORECASE
)
_CALLED_KEY: Final = re.compile(r"(?:key|api|ключ|апи)\w*\W+(?:\w+\W+){0,2}$", re.IGNORECASE)
_PUBLIC: Final = re.compile(
    r"(?:0x)?[0-9a-fA-F]{64}"  # a transaction
    r"|0x[0-9a-fA-F]{40}"  # an address of Ethereum and its kind
    r"|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"  # a UUID: Bybit's order ids
    r"|T[1-9A-HJ-NP-Za-km-z]{33}"  # TRON
    r"|(?:bc1|tb1)[02-9ac-hj-np-z]{20,87}|[13][1-9A-HJ-NP-Za-km-z]{25,34}"  # Bitcoin
    r"|(?:EQ|UQ|kQ|0Q)[A-Za-z0-9_-]{46}"  # TON
    r"|[1-9A-HJ-NP-Za-km-z]{43,44}"  # Solana
    r"|stx[A-Za-z0-9_-]{20,}"  # Telegram's number of a payment in Stars
)
_SECRET_LENGTH: Final = 36
_KEY_LENGTHS: Final = range(16, 25)
_LONG: Final = 30  # letters of a token that may be a secret of somebody
_MOST_PIECES: Final = 9
_SHORTEST_PIECE: Final = 4
_BREAKS: Final = re.compile(r"[\s.,;|\"'`]+")  # what a secret is broken by when it is dictated or pasted in pieces
_GLUE: Final = re.compile(r"[_-]+")  # may stand in a token, and before a secret in one: BYBIT_SECRET_…
_NOT_SEEN: Final = frozenset({"Cf", "Mn", "Me"})  # categories: formats, accents and selectors
_UNSEEN: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters by their category, blanks to the eye

PIN_PRESS: Final = "v1:pin:"  # how the data of the PIN's keypad begins


def carries_secret(text: str) -> bool:
    """Whether a message holds an API secret or a private key, by its form or by the word before it.

    Invisible characters, blanks and breaks within a token do not hide it. A deep link's payload alone never counts, nor
    does what is public by its form.
    """
    text = _visible(text)
    if _PEM.search(text) or _ADD_COMMAND.match(text) or _BOT_TOKEN.search(text):
        return True
    if _DEEP_LINK.fullmatch(text):
        return False
    if any(_is_secret(found, text) for found in _TOKEN.finditer(text)):
        return True
    return len(text) > _SECRET_LENGTH and any(map(_has_secret_form, _joined(text)))  # nothing shorter can be joined


def may_carry_secret(text: str) -> bool:
    """Whether a message holds a secret, or a long token of which nobody can tell."""
    visible = _visible(text)
    if _DEEP_LINK.fullmatch(visible):
        return False
    return carries_secret(text) or any(
        len(token) >= _LONG and _is_random(token) and not _PUBLIC.fullmatch(token) for token in _TOKEN.findall(visible)
    )


def key_pair_in(text: str) -> tuple[str, str] | None:
    """The one API key and the one secret of a message, whatever stands around them; None for more or fewer."""
    tokens = re.findall(r"(?<![A-Za-z0-9_-])[A-Za-z0-9]{16,36}(?![A-Za-z0-9_-])", _visible(text))
    secrets = {token for token in tokens if _has_secret_form(token)}
    keys = {token for token in tokens if len(token) in _KEY_LENGTHS and _is_drawn(token)}
    return (keys.pop(), secrets.pop()) if len(keys) == len(secrets) == 1 else None


def carries_pin(data: object) -> bool:
    """Whether the press of a button tells a digit of a PIN."""
    return isinstance(data, str) and data.startswith(PIN_PRESS)


def _visible(text: str) -> str:
    """Without what nobody sees, accents and selectors; full-width letters as plain ones."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", "".join(letter for letter in text if letter not in _UNSEEN))
    return "".join(letter for letter in plain if unicodedata.category(letter) not in _NOT_SEEN)


def _is_secret(found: re.Match[str], text: str) -> bool:
    token, before = found[0], text[max(0, found.start() - 40) : found.start()]
    if _PUBLIC.fullmatch(token):
        return False
    if any(map(_has_secret_form, (token, *_GLUE.split(token)))):
        return True
    if not _is_random(token):
        return False
    if len(token) >= _LONG and (_CALLED_SECRET.search(before) or _CALLED_KEY.search(before)):
        return True
    return any(map(_has_secret_form, (token, *_GLUE.split(token)))) or (
        _CALLED_SECRET.search(before) is not None and _is_mixed(token)
    )


def _joined(text: str) -> Iterator[str]:
    """What two to nine neighboring words make together: a secret is broken over lines, or by blanks and points.

    Each of them but one mixes letters and digits, as words of a language do not.
    """
    words = _BREAKS.split(text)
    for start in range(len(words) - 1):
        for count in range(2, _MOST_PIECES + 1):
            pieces = words[start : start + count]
            if min(map(len, pieces)) < _SHORTEST_PIECE or sum(map(len, pieces)) > _SECRET_LENGTH:
                break
            if sum(not each.isalpha() and not each.isdigit() for each in pieces) >= len(pieces) - 1:
                yield "".join(pieces)


def _has_secret_form(token: str) -> bool:
    return (
        len(token) == _SECRET_LENGTH and token.isascii() and token.isalnum() and _is_drawn(token) and _has_cases(token)
    )


def _is_mixed(token: str) -> bool:
    """Both cases and digits, as Bybit's keys and secrets have them and no words of a language do."""
    return _is_random(token) and _has_cases(token)


def _has_cases(token: str) -> bool:
    return any(map(str.islower, token)) and any(map(str.isupper, token))


def _is_drawn(token: str) -> bool:
    """Random, also where chance gave it hardly a digit (one secret in 70, one key in five): then its case jumps."""
    jumps = sum(one.isupper() != other.isupper() for one, other in pairwise(token))
    return _is_random(token) or jumps >= len(token) // 3


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
