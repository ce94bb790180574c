"""What can go wrong, named by what the reader should do.

PerpdeskError
├── UserFacing              the person can mend it: the text says how
│   ├── BadInput            what was typed does not fit; carries the reason's key and values
│   ├── NotAllowed          the guard said no
│   ├── UnknownSymbol       with the nearest known ones
│   ├── KeyRefused          a key that may not be stored; carries every finding
│   ├── AlreadyAttached     the Bybit account belongs to another user
│   ├── NoAccount           nothing of that type is connected
│   ├── PinRequired         the PIN comes first; what raised it runs again after it
│   └── ButtonExpired       used, too old, someone else's or never ours
├── ExchangeError
│   ├── ExchangeRejected    a definite no from Bybit, with its code
│   │   └── NoPracticePrice no price within a second: practice orders nothing
│   ├── KeyTrouble          this account's key; stop it, keep the others
│   ├── ExchangeRestricted  the region, the account or its type is not served, whatever the key
│   ├── RetryLater          too many calls; retry after so many seconds
│   │   └── NotSent             our own budget or breaker held the call back: nothing left this process
│   ├── ClockTrouble        our clock is off
│   ├── ExchangeDown        no answer: a read may be asked again
│   │   └── ExchangeUnreadable  an answer that can't be read: the operator has to look
│   └── OutcomeUnknown      the outcome of a write is not known: reconcile, never resend
├── StarsError              Telegram's side of a payment
│   ├── StarsRefused        a definite no: somebody has to look
│   └── StarsDown           no answer, or none that can be read: ask again
├── NothingDone             a job had work that was due and could do none of it: the next round tries again
├── StorageTrouble          disk full, busy, corrupt: nothing was acknowledged
├── AlreadyRunning          another process has the database
├── UnfitDatabase           the file is damaged, half made, foreign or someone else's: refuse to start
├── UnfitBackup             a copy of the database that is damaged, cut short or foreign: it is not used
├── UnfitJournal            the journal is damaged, not whole, or another database's
├── WrongKeyFile            the key file does not open what is stored
└── SchemaTooNew            the database is of a newer version
"""

from collections.abc import Mapping
from enum import StrEnum

from bot.domain.key_rules import Finding


class PerpdeskError(Exception):
    """The base class of every error of ours; catch it where none may pass."""


class UserFacing(PerpdeskError):
    """Shown to the person as text `key` of the texts, filled with `values`."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values: Mapping[str, object] = values


class BadInput(UserFacing):
    """Typed text that does not fit."""


class NotAllowed(UserFacing):
    """The user may not do that: by role, ban, terms or license; the text says by which."""


class LicenseNeeded(NotAllowed):
    """No license opens that on an account of this type; the text says which one would."""


class UnknownSymbol(UserFacing):
    """No such symbol; `nearest` are those that look like it."""

    def __init__(self, symbol: str, nearest: tuple[str, ...]) -> None:
        super().__init__("error-unknown-symbol", symbol=symbol, nearest=" ".join(nearest), count=len(nearest))
        self.nearest = nearest


class KeyRefused(UserFacing):
    """A key that may not be stored. `findings` say why, worst first, each with its cure."""

    def __init__(self, findings: tuple[Finding, ...], **values: object) -> None:
        super().__init__("keys-refused", **values)
        self.findings = findings


class AlreadyAttached(UserFacing):
    """The Bybit account behind the key belongs to another user here."""

    def __init__(self) -> None:
        super().__init__("keys-already-attached")


class NoAccount(UserFacing):
    """The user has no account of that type."""


class PinRequired(UserFacing):
    """An act needs the PIN, which was not entered within the last five minutes.

    It is raised before anything is done: the guard shows the keypad, and after the right PIN it runs the same command
    or button again from its beginning.
    """

    def __init__(self) -> None:
        super().__init__("pin-needed")


class ButtonExpired(UserFacing):
    """A button that is used, too old, someone else's or never ours: one answer for all of them."""

    def __init__(self) -> None:
        super().__init__("error-button-expired")


class ExchangeError(PerpdeskError):
    """Bybit said no, or said nothing. `code` is its retCode, None where there was none.

    `request_id`: by which Bybit's support finds the request; "": no answer said one.
    """

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.request_id = ""


class ExchangeRejected(ExchangeError):
    """Bybit refused the request by its rules: nothing was done, and the same again is refused again."""


class NoPracticePrice(ExchangeRejected):
    """Bybit's prices did not come within a second: a practice order was refused, nothing was done."""


class KeyTrouble(ExchangeError):
    """Invalid, expired, unbound or under-permitted key: stop this account, keep the others."""


class Restriction(StrEnum):
    """What an ExchangeRestricted refusal is about: each has a sentence and a cure of its own."""

    REGION = "region"  # of the person, the account or our server
    COMPLIANCE = "compliance"  # banned, cooling off, identity not proven
    ACCOUNT_TYPE = "account-type"  # only for, or not for, unified accounts
    MARGIN_MODE = "margin-mode"  # portfolio margin, which knows no leverage of a symbol: not traded from here
    SERVER = "server"  # HTTP 403: Bybit's front lets this call of ours not through
    ADDRESS = "address"  # the key is bound to another address than ours, which may have changed


class ExchangeRestricted(ExchangeError):
    """Bybit does not serve this region, account or type of account: nothing was done, and no other key helps."""

    def __init__(self, message: str, *, restriction: Restriction, code: int | None = None) -> None:
        super().__init__(message, code=code)
        self.restriction = restriction


class RetryLater(ExchangeError):
    """Too many calls. `retry_after` in seconds."""

    def __init__(self, message: str, *, retry_after: float, code: int | None = None) -> None:
        super().__init__(message, code=code)
        self.retry_after = retry_after


class NotSent(RetryLater):
    """The call was held back here, by our budget or because the exchange has banned us: nothing was sent."""


class ClockTrouble(ExchangeError):
    """The time window was missed even after the offset was measured anew."""


class ExchangeDown(ExchangeError):
    """No answer, or a 5xx. A read may be asked again."""


class ExchangeUnreadable(ExchangeDown):
    """An answer that came and can't be read; `field` is the first one that can't, "" for the answer as a whole."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class OutcomeUnknown(ExchangeError):
    """A write whose outcome is not known. Reconcile; never resend, never call it failed."""


class StarsError(PerpdeskError):
    """Telegram said no about Stars, or said nothing."""


class StarsRefused(StarsError):
    """A definite no, in Telegram's words."""


class StarsDown(StarsError):
    """No answer, a flood limit or a 5xx: the same is asked again later, which is safe for refunds and reads."""


class NothingDone(PerpdeskError):
    """A round of a job had work that was due, tried all of it and did none, for a reason outside of this process."""


class StorageTrouble(PerpdeskError):
    """The disk or the database refused; nothing was acknowledged."""


class UnreadableRow(PerpdeskError):
    """A stored row that nothing of ours wrote; says which kind of row, never what stands in it."""


class AlreadyRunning(PerpdeskError):
    """Another process of Perpdesk has the database open."""


class UnfitDatabase(PerpdeskError):
    """The database file is damaged, half made, not ours or belongs to another system user; it is left untouched."""


class UnfitBackup(PerpdeskError):
    """A backup, or a copy of the database, is damaged, cut short, changed or foreign; nothing of it is used."""


class UnfitJournal(PerpdeskError):
    """The journal beside the database is damaged, not whole, or of another database; it is left untouched."""


class WrongKeyFile(PerpdeskError):
    """The key file does not open what this database holds."""


class SchemaTooNew(PerpdeskError):
    """The database was written by a newer version; it is left untouched."""
