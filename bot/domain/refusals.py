"""Why an order was refused, as keys of the texts: `order-no-…` of Bybit's answer, `entry-…` of our own rules."""

from typing import Final

from bot.domain.errors import ClockTrouble, ExchangeError, ExchangeRestricted, KeyTrouble, NoPracticePrice, Restriction

WRONG_PARAMETER: Final = 10001  # Bybit: of a position index that does not fit the position mode, too
MODE: Final = "order-no-mode"
LINK_ID_KNOWN: Final = 110072  # Bybit: an order of that orderLinkId is there
UNCHANGED: Final = frozenset({34040, 110043})  # stop, leverage "not modified": 34040 also where a parameter is missing
GONE: Final = frozenset({110001, 110008, 110010, 170213})  # the order is filled, canceled or not there any more
BLOCKED: Final = "close-blocked"  # other orders that only close take up the size of the leg
REDUCE_ONLY: Final = frozenset({110017})  # nothing left to be lessened

_BY_CODE: Final = {
    **dict.fromkeys((110004, 110006, 110007, 110012, 110014, 110044, 110045, 110052), "order-no-margin"),
    **dict.fromkeys((110003, 110092, 110093, 110094, 110120, 110121), "order-no-price"),
    **dict.fromkeys((110016, 110018, 110019, 110020, 110022, 110026, 170124, 170140), "order-no-size"),
    **dict.fromkeys((110009, 110011, 110061), "order-no-too-many"),
    **dict.fromkeys(GONE, "order-no-gone"),
    **dict.fromkeys(REDUCE_ONLY, "order-no-reduce-only"),
    **dict.fromkeys((110025, 110028), MODE),
    **dict.fromkeys((10029, 110023, 110066, 110074), "order-no-closed-market"),
    WRONG_PARAMETER: "order-no-value",
    **dict.fromkeys((110095, 110098, 110099, 110100, 110103), "order-no-auction"),
    **dict.fromkeys((110123, 110125), "order-no-terms"),
}
_BY_RULES: Final = frozenset({"order-no-price", "order-no-size", "order-no-closed-market", "order-no-value"})
RULES_DOUBTED: Final = frozenset(code for code, key in _BY_CODE.items() if key in _BY_RULES)
"""After these the rules that are kept of the symbol may not be those of the exchange any more."""
SERVER: Final = "order-no-server"  # HTTP 403: the front did not let it through, and the next one may be
ADDRESS: Final = "order-no-address"  # 10010, as long as it may be our address and not the key
_BY_RESTRICTION: Final = {
    Restriction.COMPLIANCE: "order-no-compliance",
    Restriction.ACCOUNT_TYPE: "order-no-account-type",
    Restriction.SERVER: SERVER,
    Restriction.ADDRESS: ADDRESS,
}
FENCED: Final = "entry-fenced"
UNLEVERAGED: Final = "entry-leverage"
FLAT: Final = "canceled-flat"  # why a rule takes an entry back, as the next five
LATE: Final = "canceled-late"  # it was given up before the exchange showed it
RESTORED: Final = "canceled-restored"  # a backup was restored that does not know it
FOREIGN: Final = "canceled-foreign"
STOP_CHANGED: Final = "canceled-stop-changed"
BEYOND_STOP: Final = "canceled-beyond-stop"
BY_EXCHANGE: Final = "canceled-by-exchange"  # by a rule of its own, as when a reduce-only order closes too much
VANISHED: Final = "canceled-vanished"  # it was there, and the exchange does not know it any more
SILENT: Final = "order-no-silent"  # practice had no price within a second: the next second may bring one
NO_BOOK: Final = "order-no-book"  # nobody offered anything: the order ended unfilled
HELD: Final = "entry-held"  # no room for it in the budget of requests, or the exchange is not to be called now
NO_GATEWAY: Final = "order-no-not-yet"  # nothing trades on that type of account yet
CLOCK: Final = "order-no-clock"  # signed twice, and both times too early or too late
PASSING: Final = frozenset({SILENT, SERVER, ADDRESS, CLOCK})  # they end by themselves: an exit is tried again soon


def reason_of(error: ExchangeError) -> str:
    """The key of the texts for a definite no."""
    if isinstance(error, NoPracticePrice):
        return SILENT
    if isinstance(error, KeyTrouble):
        return "order-no-key"
    if isinstance(error, ExchangeRestricted):
        return _BY_RESTRICTION.get(error.restriction, "order-no-restricted")
    if isinstance(error, ClockTrouble):
        return CLOCK
    return "order-no" if error.code is None else _BY_CODE.get(error.code, "order-no")
