"""What clients and the server find in a plain text by themselves: mentions, commands, tags, addresses.

The patterns are those named in tdlib/td (MessageEntity.cpp); the list of top-level domains is short.
"""

import re
from collections.abc import Iterator
from typing import Final

from ops.sim.telegram.spans import Span, in_order

_TAG: Final = r"\w\u200c\u00b7\u0d80-\u0dff"
_MENTION: Final = re.compile(r"(?<!\w)@[A-Za-z0-9_]{2,32}(?!\w)")
_COMMAND: Final = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>@])")
_HASHTAG: Final = re.compile(rf"(?<![{_TAG}])#[{_TAG}]{{1,256}}(?![{_TAG}]*#)")
_CASHTAG: Final = re.compile(rf"(?<![${_TAG}])\$(?:1INCH|[A-Z]{{1,8}})(?![${_TAG}])")
_OWN_URL: Final = re.compile(r"(?:tg|ton)://[a-z0-9_-]{1,253}(?:[/?#][^\s<>\"«»]*)?", re.IGNORECASE)
_DOMAIN: Final = r"(?:[^\W_](?:[\w-]*[^\W_])?\.)+"
_ADDRESS: Final = re.compile(
    rf"(?P<scheme>(?:https?|ftp)://)?(?P<user>[\w.+-]+@)?(?P<domain>{_DOMAIN})(?P<top>[^\W_]+)(?P<port>:[0-9]{{1,5}})?"
    r"(?P<path>[/?#][^\s<>\"«»]*)?",
    re.IGNORECASE,
)
_BAD_BEFORE: Final = re.compile(r"[\w/#@]")
_BAD_END: Final = ".:;,('?!`"
_TOP: Final = frozenset({
    "ai", "app", "ar", "at", "au", "be", "biz", "bot", "br", "bg", "bz", "by", "ca", "cc", "ch", "cl", "cloud",
    "club", "cn", "co", "com", "cz", "de", "dev", "dk", "edu", "es", "eu", "exchange", "fi", "finance", "fm",
    "fr", "gg", "gl", "gov", "gr", "hk", "hu", "ie", "il", "in", "info", "int", "io", "ir", "is", "it", "jp",
    "kr", "kz", "la", "ltd", "ly", "md", "me", "media", "mil", "mobi", "money", "mx", "name", "net", "network",
    "news", "nl", "no", "nz", "onion", "onl", "online", "org", "page", "ph", "pl", "pro", "pt", "ro", "rs", "ru",
    "se", "sg", "sh", "shop", "site", "sk", "so", "space", "store", "su", "tech", "to", "tr", "trade", "trading",
    "tv", "tw", "ua", "uk", "us", "uz", "vip", "vn", "wiki", "work", "world", "ws", "xyz", "za", "zone",
    "рф", "укр",
})  # fmt: skip


def find_spans(text: str) -> list[Span]:
    """Everything found, in order, none overlapping; the leftmost wins."""
    found: list[Span] = []
    if "@" in text:
        found += _matches(_MENTION, text, "mention")
    if "/" in text:
        found += _matches(_COMMAND, text, "bot_command")
    if "#" in text:
        found += (span for span in _matches(_HASHTAG, text, "hashtag") if _has_letter(text[span.start : span.end]))
    if "$" in text:
        found += _matches(_CASHTAG, text, "cashtag")
    if "://" in text:
        found += (_without_bad_end(text, span) for span in _matches(_OWN_URL, text, "url"))
    if "." in text:
        found += _addresses(text)
    if len(found) > 1:
        kept: list[Span] = []
        end = 0
        for span in in_order(found):
            if span.start >= end:
                kept.append(span)
                end = span.end
        return kept
    return found


def _matches(pattern: re.Pattern[str], text: str, kind: str) -> Iterator[Span]:
    return (Span(match.start(), match.end(), kind) for match in pattern.finditer(text))


def _has_letter(tag: str) -> bool:
    return any(character.isalpha() for character in tag)


def _without_bad_end(text: str, span: Span) -> Span:
    end = span.end
    while end > span.start and text[end - 1] in _BAD_END:
        end -= 1
    return Span(span.start, end, span.kind)


def _addresses(text: str) -> Iterator[Span]:
    for match in _ADDRESS.finditer(text):
        start = match.start()
        if start and _BAD_BEFORE.match(text[start - 1]):
            continue
        top, scheme, user = match["top"].lower(), match["scheme"], match["user"]
        is_ip = top.isdigit() and re.fullmatch(r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}", match["domain"] + match["top"])
        if not (top in _TOP or is_ip or (scheme and len(top) > 1 and not top.isdigit())):
            continue
        if user and not scheme and not match["path"] and not match["port"]:
            yield Span(start, match.end("top"), "email")
        elif not user:
            yield _without_bad_end(text, Span(start, match.end(), "url"))
