"""Bybit's retCode -> what to do. One table; the words of retMsg change and are never read.

Source: Bybit v5 documentation, "Error Codes" (page of 2026-07), "Place Order", "Rate Limit"; which class a code belongs
to is this project's judgment. A code that is not listed is a definite no to a read and an unknown outcome to a write.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.errors import (
    ClockTrouble,
    ExchangeDown,
    ExchangeError,
    ExchangeRejected,
    ExchangeRestricted,
    KeyTrouble,
    OutcomeUnknown,
    Restriction,
    RetryLater,
)

DEFAULT_BACK_OFF: Final = 1.0  # seconds: per-UID windows are one second long


class RetCodeClass(StrEnum):
    """What a retCode asks of the caller."""

    FINE = "fine"  # done, or what was asked for already stands
    DUPLICATE = "duplicate"  # this orderLinkId is taken: look the order up and compare
    GONE = "gone"  # the order is final or not there: reconcile
    UNKNOWN = "unknown"  # it may or may not have happened: reconcile, never resend
    REJECTED = "rejected"  # a definite no that the person may mend
    KEY = "key"  # this account's key or its rights
    RESTRICTED = "restricted"  # the region, the account or its type, whatever the key
    BACK_OFF = "back_off"  # too many calls: nothing was done
    CLOCK = "clock"  # the time window was missed: nothing was done


_CODES: Final[Mapping[RetCodeClass, tuple[int, ...]]] = {
    RetCodeClass.FINE: (
        0,
        34040,  # TP/SL not modified; also a missing parameter: read the position back
        110025,  # position mode
        110026,  # margin mode
        110027,  # margin
        110043,  # leverage
    ),
    RetCodeClass.DUPLICATE: (
        10014,
        110072,  # derivatives
        170141,  # spot
    ),
    RetCodeClass.GONE: (
        110001,  # does not exist: also the moment after it filled
        110008,
        110010,
        170139,  # filled
        170142,  # canceled
        170143,  # not on the book
        170190,  # cancel has been finished
        170213,  # does not exist
    ),
    RetCodeClass.UNKNOWN: (
        10000,  # server timeout
        10016,  # server error
        40004,  # modified while it was being replaced
        110079,  # being processed
        170001,  # internal error
        170007,  # backend timeout
        170032,  # network error
        170035,  # submitted for processing
        170144,  # locked
        170146,  # creation timeout
        170147,  # cancellation timeout
        170150,  # cancel failed
        170191,  # cannot cancel now
        170212,  # cancel is being processed
        170234,  # system error
        170310,  # modification timeout
        3400214,  # server error
    ),
    RetCodeClass.REJECTED: (
        10001,  # a parameter
        10017,  # no such route
        10029,  # symbol
        10032,  # not on demo
        # Derivatives: price, balance, risk, modes, stops.
        *range(110003, 110008),
        110009,
        *range(110011, 110025),
        *range(110028, 110043),
        *range(110044, 110067),
        *range(110068, 110072),
        110073,
        110074,  # not live
        *range(110075, 110079),
        110080,
        110082,
        110083,
        *range(110085, 110091),
        *range(110092, 110122),
        110123,
        110125,
        110131,
        *range(110135, 110138),
        *range(30133, 30137),  # institutional lending
        30208,
        30209,
        30228,
        30256,
        181017,
        3400139,
        # Spot.
        170010,
        170011,
        170019,
        170031,
        *range(170033, 170035),
        *range(170036, 170038),
        170105,
        *range(170115, 170118),
        170121,
        170124,
        *range(170130, 170135),
        *range(170136, 170138),
        170140,
        170145,
        170148,
        170149,
        170151,
        170157,
        170159,
        *range(170192, 170205),
        170206,
        170207,
        *range(170209, 170211),
        *range(170215, 170222),
        *range(170223, 170225),
        *range(170226, 170231),
        170241,
        *range(170311, 170314),
        170341,
        170344,
        170346,
        170348,
        170355,
        *range(170358, 170361),
        *range(170371, 170373),
        *range(170381, 170383),
        170709,
        170810,
    ),
    RetCodeClass.KEY: (
        -2015,  # expired (spot)
        10003,  # invalid, or of another environment; on a trade stream: too many sessions, which this table is not for
        10004,  # signature
        10005,  # permission
        10007,  # authentication
        10008,  # banned, or the account's mode
        10010,  # IP not bound
        33004,  # expired (derivatives)
    ),
    RetCodeClass.RESTRICTED: (
        10009,  # region
        10024,  # compliance
        10027,  # banned from trading
        10028,  # unified accounts only
        100028,  # not for unified accounts
        110067,  # unified account not supported
        110124,  # cooling-off period
        110132,  # region
    ),
    RetCodeClass.BACK_OFF: (
        429,  # system load
        10006,  # per UID
        10018,  # per IP: struck through in the page of 2026-07, kept for old hosts
        10429,  # system-level protection
        30035,
        170005,  # too many new orders
        170222,  # too many requests
    ),
    RetCodeClass.CLOCK: (
        -1,  # request expired
        10002,
    ),
}

_RESTRICTIONS: Final[Mapping[int, Restriction]] = MappingProxyType(
    {10024: Restriction.COMPLIANCE, 10027: Restriction.COMPLIANCE, 110124: Restriction.COMPLIANCE}
    | dict.fromkeys((10028, 100028, 110067), Restriction.ACCOUNT_TYPE)
)  # the others are of the region
RET_CODE_CLASSES: Final[Mapping[int, RetCodeClass]] = MappingProxyType(
    {code: kind for kind, codes in _CODES.items() for code in codes}
)
OF_ALL: Final = frozenset({429, 10018, 10429})  # said of our address or of the whole system, not of one UID
NO_PERMISSION: Final = 10005  # the key lacks the right for this endpoint or category
NOT_ON_DEMO: Final = 10032
NO_SUCH_SYMBOL: Final = frozenset({10001, 10029, 170121})  # answers to a read whose only doubtful word is the symbol


def class_of(code: int, *, is_write: bool) -> RetCodeClass:
    """What this code asks for. Unlisted: REJECTED for a read, UNKNOWN for a write."""
    return RET_CODE_CLASSES.get(code, RetCodeClass.UNKNOWN if is_write else RetCodeClass.REJECTED)


def to_error(code: int, message: str, *, is_write: bool, retry_after: float = DEFAULT_BACK_OFF) -> ExchangeError:
    """The domain's error for a code that isn't fine. `retry_after` in seconds, for those that ask to back off.

    Raises ValueError for a code of RetCodeClass.FINE.
    """
    match class_of(code, is_write=is_write):
        case RetCodeClass.FINE:
            raise ValueError(f"retCode {code} is no error")
        case RetCodeClass.KEY:
            return KeyTrouble(message, code=code)
        case RetCodeClass.RESTRICTED:
            restriction = _RESTRICTIONS.get(code, Restriction.REGION)
            return ExchangeRestricted(message, code=code, restriction=restriction)
        case RetCodeClass.BACK_OFF:
            return RetryLater(message, code=code, retry_after=retry_after)
        case RetCodeClass.CLOCK:
            return ClockTrouble(message, code=code)
        case RetCodeClass.UNKNOWN | RetCodeClass.DUPLICATE:
            return OutcomeUnknown(message, code=code) if is_write else ExchangeDown(message, code=code)
        case RetCodeClass.REJECTED | RetCodeClass.GONE:
            return ExchangeRejected(message, code=code)
