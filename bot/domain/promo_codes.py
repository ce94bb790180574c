"""Promo codes as text: how they are made, typed, and compared; and what `/promo new …` says. No input or output here.

Two codes are the same if they fold alike: compatibility forms unified (NFKC), blanks, dashes and invisible letters
gone, capitals, and the letters that Crockford's base32 leaves out read as the digits they look like.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.ids import Millis
from bot.domain.licensing import LicenseType

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base32: no I, L, O, U
GENERATED_BYTES: Final = 10  # 80 random bits, 16 letters
SHORTEST_OWN: Final = 4
LONGEST: Final = 24  # letters of a code once folded: with `p_` it fits a deep link, and it looks like no API secret
_BITS: Final = 5
_GROUP: Final = 4
_LONGEST_TYPED: Final = 200  # NFKC makes up to 18 letters of one

_MADE_LETTERS: Final = 16
_LONGEST_SHOWN: Final = LONGEST + LONGEST // _GROUP  # with dashes
_PAYLOAD: Final = "p_"  # before a code in a deep link
_LINK: Final = re.compile(
    rf"(?:(?:t|telegram)\.me/\w+\?|tg://resolve\?domain=\w+&|/)start[= ]{_PAYLOAD}([0-9A-Za-z_-]+)", re.IGNORECASE
)
_AROUND: Final = " \t\r\n\"'`«»„“”‘’<>()[].,!?;:"

_ASCII_CAPITALS: Final = MappingProxyType({ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"})
_LOOKS: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_FOLDED: Final = re.compile(rf"[0-9A-Z]{{1,{LONGEST}}}")
# Cyrillic capitals that a reader takes for a Latin letter or a digit.
_CYRILLIC: Final = str.maketrans("АВЕЗКМНОРСТУХІЈЅԚԜӀ", "ABE3KMHOPCTYXIJSQWI")


def generated(random_bytes: Callable[[int], bytes]) -> str:
    """A new code of 80 bits as it is shown: K7QM-2XWD-9FTR-B6HC."""
    number = int.from_bytes(random_bytes(GENERATED_BYTES), "big")
    count = GENERATED_BYTES * 8 // _BITS
    letters = "".join(ALPHABET[number >> _BITS * place & (len(ALPHABET) - 1)] for place in reversed(range(count)))
    return "-".join(letters[start : start + _GROUP] for start in range(0, count, _GROUP))


def fold(typed: str) -> str | None:
    """What a typed code is compared by; None for what can be no code."""
    letters = _plain(typed).translate(_LOOKS)
    return letters if _FOLDED.fullmatch(letters) else None


def without_wrapping(typed: str) -> str:
    """A pasted code without the link it stood in, and without the marks around it: quotes, a full stop, a comma."""
    link = _LINK.search(typed)
    if link is not None:
        return link[1]
    return typed.strip().strip(_AROUND).removeprefix(_PAYLOAD)


def is_surely_code(typed: str) -> bool:
    """A link of a code, or a code as they are made here: nothing else looks like these."""
    bare_code = without_wrapping(typed)
    letters, words = fold(bare_code) or "", bare_code.split()
    is_made = len(letters) == _MADE_LETTERS and sum(map(str.isdigit, bare_code)) > 1 and not letters.isdigit()
    return _LINK.search(typed) is not None or (
        is_made and (len(words) == 1 or {len(each) for each in words} == {_GROUP})
    )


def may_be_code(typed: str) -> bool:
    """A text that somebody who was asked for a code sends as one: a word, or a few of them with a digit."""
    words = without_wrapping(typed).split()
    letters = fold("".join(words)) if suggestion(typed) is None else ""
    if letters is None or is_surely_code(typed):
        return letters is not None
    is_one = len(words) == 1 and SHORTEST_OWN <= len(words[0]) <= _LONGEST_SHOWN
    is_spaced = len(words) == 2 and any(map(str.isdigit, typed)) and len(words[1]) <= _GROUP  # noqa: PLR2004  SPRING 26
    return is_one or is_spaced


def looks_like_code(typed: str) -> bool:
    """A single word that may be a code though nobody was asked for one: SPRING26, WELCOME."""
    word = without_wrapping(typed)
    if not word.isascii() or fold(word) is None or " " in word or not SHORTEST_OWN < len(word) <= _LONGEST_SHOWN:
        return False
    has_digit, has_letter = any(map(str.isdigit, word)), any(map(str.isalpha, word))
    is_one_case = word.upper() == word or word.lower() == word
    return has_letter and is_one_case and (has_digit or word.isupper())


def suggestion(typed: str) -> str | None:
    """The Latin spelling of a code typed with Cyrillic look-alikes; None if there are none or it still is no code."""
    letters = _plain(typed)
    latin = letters.upper().translate(_CYRILLIC)
    return latin if not letters.isascii() and _FOLDED.fullmatch(latin) else None


def own(typed: str) -> str:
    """A code of the admin's own as it is shown: capitals and digits. Raises BadInput."""
    letters = _plain(typed)
    if not SHORTEST_OWN <= len(letters) <= LONGEST or not _FOLDED.fullmatch(letters):
        raise BadInput("promo-own-code", shortest=SHORTEST_OWN, longest=LONGEST)
    return letters


def bare(code: str) -> str:
    """A code without its dashes, as links carry it."""
    return code.replace("-", "")


def is_word(code: str) -> bool:
    """Whether a code as it is shown is an admin's own, a word that many know; generated ones come in groups."""
    return "-" not in code


def _plain(typed: str) -> str:
    """NFKC; without blanks, dashes, controls and invisible letters; ASCII capitals. Other scripts stay as they are."""
    unified = unicodedata.normalize("NFKC", typed[:_LONGEST_TYPED])
    kept = (letter for letter in unified if unicodedata.category(letter) not in _LEFT_OUT)
    return "".join(kept).translate(_ASCII_CAPITALS)


_LEFT_OUT: Final = frozenset({"Cf", "Cc", "Zs", "Zl", "Zp", "Pd"})


# --- what a campaign gives ------------------------------------------------------------------------------------

MOST_DAYS: Final = 3650
MOST_USES: Final = 1_000_000
MOST_CODES: Final = 5_000
LONGEST_NOTE: Final = 200
ASK_TWICE_DAYS: Final = 400
ASK_TWICE_USES: Final = 10_000
USUAL_SPAN: Final = 90  # days until a campaign ends for which nothing was said

_DAYS: Final = re.compile(r"([0-9]{1,6})(?:d|days?)?", re.IGNORECASE)
_COUNT: Final = re.compile(r"[0-9]{1,12}")
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OPTION: Final = re.compile(r"(max|from|until|code|count|repeat|note)=(.*)", re.IGNORECASE | re.DOTALL)
_TYPE_AND_DAYS: Final = 2
_NEVER: Final = "never"
_CHANGEABLE: Final = frozenset({"max", "until", "note"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What each code of a campaign gives, to how many, and when. Moments are UTC ms, [starts, ends)."""

    license_type: LicenseType
    days: int  # 1 … 3650
    max_uses: int  # a code, 1 … 1,000,000
    count: int = 1  # codes, 1 … 5,000
    starts: Millis | None = None
    ends: Millis | None = None
    note: str = field(default="", repr=False)
    once: bool = True  # a person may redeem one of its codes

    @property
    def capacity(self) -> int:
        """How many redemptions all codes of the campaign allow together."""
        return self.max_uses * self.count

    @property
    def total_days(self) -> int:
        """Of license time, for everybody together."""
        return self.days * self.capacity

    @property
    def asks_twice(self) -> bool:
        return self.days > ASK_TWICE_DAYS or self.capacity > ASK_TWICE_USES

    def loosens(self, before: "Terms") -> bool:
        """Whether more can be redeemed than by the terms of before, or for longer."""
        is_longer = before.ends is not None and (self.ends is None or self.ends > before.ends)
        return self.max_uses > before.max_uses or is_longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What `/promo new …` asks for. `code` None: made by us. `unsaid`: options that it did not name."""

    terms: Terms
    code: str | None = field(default=None, repr=False)
    unsaid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TermsChange:
    """What `/promo edit 12 …` changes of a campaign's terms. None: as it is."""

    max_uses: int | None = None
    ends: Millis | None = None
    is_endless: bool = False
    note: str | None = field(default=None, repr=False)

    def applied(self, terms: Terms) -> Terms:
        return replace(
            terms,
            max_uses=terms.max_uses if self.max_uses is None else self.max_uses,
            ends=None if self.is_endless else (self.ends or terms.ends),
            note=terms.note if self.note is None else self.note,
        )


def parse_new(typed: str, now: Millis) -> Wanted:
    """`premium 30d max=100 until=2026-12-31 from=… code=SPRING26 count=500 repeat=yes note=the rest, of many words`.

    Days are whole days in UTC; until a day means through it. One use and 90 days where nothing is said, as by taps.
    Raises BadInput, whose key names what does not fit.
    """
    words = typed.split()
    if len(words) < _TYPE_AND_DAYS:
        raise BadInput("promo-new-usage")
    options = _options(words[_TYPE_AND_DAYS:])
    count = _number(options.get("count", "1"), "promo-bad-count", MOST_CODES)
    code = own(options["code"]) if "code" in options else None
    if code is not None and count > 1:
        raise BadInput("promo-own-code-once")
    starts = _day(options["from"]) if "from" in options else None
    terms = Terms(
        license_type=_license_type(words[0]),
        days=parse_days(words[1]),
        max_uses=_number(options.get("max", "1"), "promo-bad-uses", MOST_USES),
        count=count,
        starts=None if starts is None else _midnight(starts),
        ends=_end(options["until"]) if "until" in options else usual_end(now if starts is None else _midnight(starts)),
        note=options.get("note", "")[:LONGEST_NOTE],
        once=not _is_yes(options.get("repeat", "no")),
    )
    if terms.ends is not None and terms.ends <= max(now, terms.starts or now):
        raise BadInput("promo-until-past")
    return Wanted(terms=terms, code=code, unsaid=tuple(key for key in ("max", "until") if key not in options))


def parse_change(typed: str, now: Millis) -> TermsChange:
    """`max=200 until=2026-12-31 note=…`, or `until=never`. Raises BadInput, whose key names what does not fit."""
    options = _options(typed.split(), "promo-edit-usage")
    if not options or not options.keys() <= _CHANGEABLE:
        raise BadInput("promo-edit-usage")
    ends = _end(options["until"]) if "until" in options else None
    if ends is not None and ends <= now:
        raise BadInput("promo-edit-past")
    return TermsChange(
        max_uses=_number(options["max"], "promo-bad-uses", MOST_USES) if "max" in options else None,
        ends=ends,
        is_endless="until" in options and ends is None,
        note=options["note"][:LONGEST_NOTE] if "note" in options else None,
    )


def parse_days(typed: str) -> int:
    """The days of `30` or `30d`. Raises BadInput."""
    match = _DAYS.fullmatch(typed)
    if match is None or not 1 <= int(match[1]) <= MOST_DAYS:
        raise BadInput("promo-bad-days", most=MOST_DAYS)
    return int(match[1])


def usual_end(now: Millis) -> Millis:
    """The end of the day that is 90 days away, in UTC."""
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    return _midnight(today + timedelta(days=USUAL_SPAN + 1))


def _options(words: Iterable[str], usage: str = "promo-new-usage") -> Mapping[str, str]:
    """`key=value` words; what follows `note=` up to the next key belongs to it. Raises BadInput."""
    found: dict[str, str] = {}
    for word in words:
        match = _OPTION.fullmatch(word)
        if match is not None:
            key = match[1].lower()
            if key in found:
                raise BadInput(usage)
            found[key] = match[2]
        elif next(reversed(found), None) == "note":
            found["note"] = f"{found['note']} {word}".strip()
        else:
            raise BadInput(usage)
    return found


def _license_type(word: str) -> LicenseType:
    try:
        return LicenseType(word.lower())
    except ValueError:
        raise BadInput("promo-bad-type", word=word) from None


def _number(typed: str, key: str, most: int) -> int:
    if not _COUNT.fullmatch(typed) or not 1 <= int(typed) <= most:
        raise BadInput(key, most=most)
    return int(typed)


def _day(typed: str) -> date:
    if not _DATE.fullmatch(typed):
        raise BadInput("promo-bad-date")
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        raise BadInput("promo-bad-date") from None
    if not 2020 <= found.year <= 2199:  # noqa: PLR2004  what a date of a campaign can be
        raise BadInput("promo-bad-date")
    return found


def _end(typed: str) -> Millis | None:
    """The end of a typed day; None for `never`. Raises BadInput."""
    return None if typed.lower() == _NEVER else _midnight(_day(typed) + timedelta(days=1))


def _is_yes(typed: str) -> bool:
    if typed.lower() not in {"yes", "no"}:
        raise BadInput("promo-new-usage")
    return typed.lower() == "yes"


def _midnight(day: date) -> Millis:
    return Millis(int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000))
