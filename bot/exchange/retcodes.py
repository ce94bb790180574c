"""Bybit's retCode -> what to do, a table a channel. The words of retMsg change and are never read.

Source: Bybit v5 documentation, "Error Codes" (page of 2026-07), "Place Order", "Rate Limit"; which class a code belongs
to is this project's judgment. A code that is not listed is a definite no to a read and an unknown outcome to a write.
So is, to a create, whatever asks to back off: nothing in the documentation says that the order was not taken.
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
    UNCHANGED = "unchanged"  # said to stand already: believed when it was read back
    DUPLICATE = "duplicate"  # this orderLinkId is taken: look the order up and compare
    GONE = "gone"  # the order is final or not there: reconcile
    UNKNOWN = "unknown"  # it may or may not have happened: reconcile, never resend
    REJECTED = "rejected"  # a definite no that the person may mend
    KEY = "key"  # this account's key or its rights
    RESTRICTED = "restricted"  # the region, the account or its type, whatever the key
    BACK_OFF = "back_off"  # too many calls; whether an order was placed all the same is nowhere said
    CLOCK = "clock"  # the time window was missed: nothing was done


_CODES: Final[Mapping[RetCodeClass, tuple[int, ...]]] = {
    RetCodeClass.FINE: (
        0,
        110025,  # position mode
        110026,  # margin mode
        110027,  # margin
        110043,  # leverage
    ),
    RetCodeClass.UNCHANGED: (34040,),  # TP/SL not modified; also the answer to a missing parameter
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
        10003,  # invalid, or of another environment
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
LINK_ID_TAKEN: Final = 110072  # an order of that orderLinkId is there
NO_SUCH_SYMBOL: Final = frozenset({10001, 10029, 170121})  # answers to a read whose only doubtful word is the symbol


class Channel(StrEnum):
    """Where a code was said: the same number means different things there."""

    DERIVATIVES = "derivatives"  # REST, and what is of no category
    SPOT = "spot"  # REST
    TRADE_STREAM = "trade-stream"  # answers to operations
    STREAM_AUTH = "stream-auth"  # answers to `auth` with a retCode


_SPOT_ALONE: Final = frozenset({-2015, *range(170_000, 171_000)})
_ON_TRADE_STREAM: Final[Mapping[int, RetCodeClass]] = {
    10003: RetCodeClass.BACK_OFF,  # too many sessions of this UID
    10016: RetCodeClass.UNKNOWN,  # an error, or the service restarts
    10019: RetCodeClass.UNKNOWN,  # it restarts: what is under way goes on
    10403: RetCodeClass.BACK_OFF,  # 3,000 requests a second of this address
    10404: RetCodeClass.REJECTED,  # no such operation or category
    20003: RetCodeClass.BACK_OFF,  # too many requests of this connection
    20006: RetCodeClass.UNKNOWN,  # a reqId twice: the first one may be done
}
_ON_STREAM_AUTH: Final[Mapping[int, RetCodeClass]] = {
    -1: RetCodeClass.CLOCK,  # expired
    0: RetCodeClass.FINE,
    10001: RetCodeClass.REJECTED,
    10002: RetCodeClass.CLOCK,
    **dict.fromkeys((10003, 10004, 10005, 10007, 10008, 10010, 33004), RetCodeClass.KEY),
    10019: RetCodeClass.BACK_OFF,
    10429: RetCodeClass.BACK_OFF,
    20001: RetCodeClass.FINE,  # it is signed in already
    20003: RetCodeClass.BACK_OFF,
}
_DERIVATIVES: Final = {code: kind for code, kind in RET_CODE_CLASSES.items() if code not in _SPOT_ALONE}
_OF_CHANNEL: Final[Mapping[Channel, Mapping[int, RetCodeClass]]] = MappingProxyType(
    {
        Channel.DERIVATIVES: _DERIVATIVES,
        Channel.SPOT: RET_CODE_CLASSES,
        Channel.TRADE_STREAM: {**_DERIVATIVES, **_ON_TRADE_STREAM},
        Channel.STREAM_AUTH: _ON_STREAM_AUTH,
    }
)


def class_of(code: int, *, is_write: bool, channel: Channel = Channel.SPOT) -> RetCodeClass:
    """What this code asks for. Unlisted: REJECTED for a read, UNKNOWN for a write.

    The channel of spot knows the codes of derivatives, too, and is right for reads of any category.
    """
    return _OF_CHANNEL[channel].get(code, RetCodeClass.UNKNOWN if is_write else RetCodeClass.REJECTED)


def to_error(
    code: int,
    message: str,
    *,
    is_write: bool,
    is_create: bool = False,
    retry_after: float = DEFAULT_BACK_OFF,
    channel: Channel = Channel.SPOT,
) -> ExchangeError:
    """The domain's error for a code that isn't fine. `retry_after` in seconds, for those that ask to back off.

    Raises ValueError for a code of RetCodeClass.FINE.
    """
    match class_of(code, is_write=is_write, channel=channel):
        case RetCodeClass.FINE:
            raise ValueError(f"retCode {code} is no error")
        case RetCodeClass.KEY:
            return KeyTrouble(message, code=code)
        case RetCodeClass.RESTRICTED:
            restriction = _RESTRICTIONS.get(code, Restriction.REGION)
            return ExchangeRestricted(message, code=code, restriction=restriction)
        case RetCodeClass.BACK_OFF if not is_create:
            return RetryLater(message, code=code, retry_after=retry_after)
        case RetCodeClass.CLOCK:
            return ClockTrouble(message, code=code)
        case RetCodeClass.UNKNOWN | RetCodeClass.DUPLICATE | RetCodeClass.BACK_OFF:
            return OutcomeUnknown(message, code=code) if is_write else ExchangeDown(message, code=code)
        case RetCodeClass.REJECTED | RetCodeClass.GONE | RetCodeClass.UNCHANGED:
            return ExchangeRejected(message, code=code)
