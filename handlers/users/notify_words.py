"""What is typed behind /notify and /mute, in three languages: kinds of messages, rings, hours and lengths of time."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.domain.ids import DAY, HOUR, MINUTE
from bot.domain.notices import NoticeKind, QuietHours
from bot.domain.users import Notifications
from handlers.core.plain_words import OFF, plain

ALL: Final = frozenset({"all", "everything", "все", "всё", "усі", "всі"})
QUIET: Final = frozenset({"quiet", "тихо", "тихие", "тихі", "ночь", "ніч", "часы", "години"})
ENDS: Final = OFF | {"now"}  # a mute, quiet hours
UNTIL: Final = frozenset({"until", "till", "to", "до"})
KINDS: Final[Mapping[str, NoticeKind]] = MappingProxyType(
    {
        word: kind
        for kind, words in {
            NoticeKind.ENTRIES: "entries entry fills входы вход входи вхід",
            NoticeKind.TARGETS: "targets target tp цели цель цілі ціль тейк",
            NoticeKind.EXITS: "exits exit stops closes выходы выход стопы закрытия виходи вихід стопи закриття",
            NoticeKind.ALARMS: "alarms alarm тревоги тревога тривоги тривога",
            NoticeKind.ALERTS: "alerts alert prices алерты алерт цены алерти ціни",
            NoticeKind.REPORTS: "reports report отчеты отчёты отчет отчёт звіти звіт",
            NoticeKind.LICENSE: "license payments лицензия платежи ліцензія платежі",
            NoticeKind.ANNOUNCEMENTS: "announcements news новости объявления новини оголошення",
            NoticeKind.OTHER: "other rest остальное другое прочее решта інше",
        }.items()
        for word in words.split()
    }
)
RINGS: Final[Mapping[str, Notifications]] = MappingProxyType(
    {
        word: ring
        for ring, words in {
            Notifications.ON: "on ring loud вкл да звук увімк так",
            Notifications.SILENT: "silent quiet тихо тихие тихі",
            Notifications.OFF: "off none no выкл нет откл вимк ні",
        }.items()
        for word in words.split()
    }
)
_LENGTH: Final = re.compile(r"(?P<count>[0-9]{1,4}) ?(?P<unit>[a-zа-яіїєґё]*)\.?")
_UNITS: Final = MappingProxyType(
    {
        MINUTE: "m min mins minute minutes м мин минут минуты минуту хв хвилин хвилини хвилину",
        HOUR: "h hr hrs hour hours ч час часа часов г год годин години годину",
        DAY: "d day days д день дня дней дн днів дні",
    }
)
_BY_UNIT: Final = MappingProxyType({word: unit for unit, words in _UNITS.items() for word in words.split()})
_CLOCK: Final = re.compile(r"(?P<hour>[01]?[0-9]|2[0-4])(?:[:.](?P<minute>[0-5][0-9]))?")
_BETWEEN: Final = re.compile(r" *(?:-|до|to|until) *")
_MINUTES: Final = 60
_DAY: Final = 24 * _MINUTES  # minutes


def length_of(typed: str) -> int | None:
    """Milliseconds of 8h, 30 min, 2 дня; a number alone is hours. None for anything else, and for nothing."""
    found = _LENGTH.fullmatch(plain(typed))
    if found is None:
        return None
    unit = _BY_UNIT.get(found["unit"]) if found["unit"] else HOUR
    return int(found["count"]) * unit or None if unit is not None else None


def minute_of(typed: str) -> int | None:
    """The minute of the day of 8, 08:00 or 8.30; 24 is midnight. None for anything else."""
    found = _CLOCK.fullmatch(plain(typed))
    if found is None:
        return None
    minute = int(found["hour"]) * _MINUTES + int(found["minute"] or 0)
    return minute % _DAY if minute <= _DAY else None


def hours_of(typed: str) -> QuietHours | None:
    """Quiet hours of 23-8, 23:00–08:00, 23 до 8; None for anything else, and for two clocks that are alike."""
    parts = _BETWEEN.split(plain(typed))
    if len(parts) != 2:  # noqa: PLR2004  from and until
        return None
    start, end = map(minute_of, parts)
    return None if start is None or end is None or start == end else QuietHours(start=start, end=end)


def clock(minute: int) -> str:
    """23:00 for a minute of the day."""
    return f"{minute // _MINUTES:02}:{minute % _MINUTES:02}"
