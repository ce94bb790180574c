"""What every part of an import works with."""

from dataclasses import dataclass, field

from bot.domain.ids import Millis, UserId
from bot.domain.marks import Marks
from bot.domain.ports.promo import PromoCodeCipher
from ops.legacy.report import Report
from ops.legacy.source import Source
from storage.store import SqliteUnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One import. `at` is the one moment for all; `known`: everybody who is known here, who was and who was taken."""

    source: Source
    unit: SqliteUnitOfWork
    report: Report
    marks: Marks
    cipher: PromoCodeCipher
    at: Millis
    honors_codes: bool
    known: set[UserId]
    had_trial: set[UserId] = field(default_factory=set)
