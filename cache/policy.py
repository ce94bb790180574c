"""The policy table: what is cached, for how long, how much of it, and which events drop it.

`TABLE` at the end is the whole cache. docs/cache.md quotes it (`as_markdown`) and a test compares. Times and capacities
are defaults: `policies()` lays the settings over them.

Why these times: a time to live is the bound on staleness for what no event tells us of, and for an event that is ever
missed. What only this process writes (config, license, credentials) lives long and is dropped by events; what Bybit
changes behind our back (balances, positions, orders, prices) lives for seconds; rules of a symbol change by the day.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Generic, Literal, TypeVar

from bot.domain.accounts import AccountType, Exchange, KeyCheck, SealedCredentials
from bot.domain.events import (
    CredentialsChanged,
    InstrumentRejected,
    LicenseChanged,
    OrderChanged,
    OrderFilled,
    OrderPlaced,
    PositionClosed,
    PositionOpened,
    RoleChanged,
    StopChanged,
    UserBanned,
    UserConfigChanged,
    WalletChanged,
)
from bot.domain.ids import DAY_S, AccountId, Symbol, UserId
from bot.domain.licensing import License
from bot.domain.market import Category, Instrument, Instruments, Klines, MarketBoard, OrderBook, Ticker
from bot.domain.portfolio import Balance, Executions, FeeRate, Orders, Positions
from bot.domain.risk_tiers import RiskTiers
from bot.domain.trades import ClosedPnls
from bot.domain.users import Staff, UserConfig
from cache.tags import (
    AccountSubject,
    AnyTag,
    CredentialsSubject,
    InstrumentSubject,
    UserSubject,
    account,
    instrument,
    kind,
    user,
)

K = TypeVar("K", bound=Hashable)
S = TypeVar("S")
E = TypeVar("E")

AccountKey = tuple[AccountId, UserId, Exchange, AccountType]
MarketKind = Literal["order_book", "klines", "candles", "board"]
MarketKey = tuple[MarketKind, Category, str, str]  # kind, category, symbol or "", interval or ""
ApiKey = tuple[AccountKey | None, str, tuple[str, ...]]  # scope, endpoint, arguments
MB: Final = 1024 * 1024
ALL_SYMBOLS: Final = Symbol("")  # in place of a symbol: the rules of all of a category
PUBLIC: Final = None  # the scope of an answer that is the same for everybody


@dataclass(frozen=True, slots=True)
class Drop:
    """`event` drops what carries the tag that `tag` makes of it."""

    event: type
    tag: AnyTag


def on(event: type[E], tag: Callable[[E], Hashable]) -> Drop:
    """An event that the tag function can't be asked of is a type error."""
    return Drop(event, tag)


@dataclass(frozen=True, slots=True)
class Tags(Generic[K]):
    """How the tags of an entry are made: most of its key, some only of its value."""

    subject: Callable[[K], Any]
    of_key: tuple[AnyTag, ...]
    of_value: tuple[AnyTag, ...] = ()


class Of(Generic[K, S]):
    """`Of(subject).tags(user, …)`: tags of a key, asked of what `subject` reads from it; of None there are none."""

    def __init__(self, subject: Callable[[K], S | None]) -> None:
        self._subject = subject

    def tags(self, *of_key: Callable[[S], Hashable]) -> Tags[K]:
        """A tag function that the subject does not fit is a type error."""
        return Tags(self._subject, of_key)


UNTAGGED: Final[Tags[Any]] = Tags(lambda _key: None, ())  # no event speaks of such a key


def account_subject(key: AccountKey) -> AccountSubject:
    return AccountSubject(*key)


def scope(key: ApiKey) -> AccountSubject | None:
    """Whose answer it is; None for public ones."""
    return None if key[0] is PUBLIC else AccountSubject(*key[0])


def rules_of(key: tuple[Category, Symbol]) -> InstrumentSubject:
    return InstrumentSubject(*key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Generic[K]):
    """A region's row: what it holds, for how long, how much of it, and what drops it."""

    name: str
    ttl: float  # s
    capacity: int  # entries
    key: str  # in words, for the docs
    loaded_from: str
    read_by: str
    values: tuple[type, ...]  # every type that is held, all frozen; None may be held beside them
    tags: Tags[K]
    dropped_by: tuple[Drop, ...] = ()
    own_ttl: tuple[tuple[str, float], ...] = ()  # s, by the first part of the key, where it differs from `ttl`
    keep_last: float = 0  # s an expired value may still be shown as the last known while its source is silent
    max_bytes: int = 16 * MB  # of all values together as JSON; those used least recently make room
    max_value_bytes: int = 2 * MB  # of one value as JSON; larger ones are answered and not kept
    load_limit: float = 30.0  # s; a load that takes longer is ended, and its readers with it

    def __post_init__(self) -> None:
        """Raises ValueError for an event that asks for a tag which the entries don't carry."""
        for drop in self.dropped_by:
            if drop.tag not in (*self.tags.of_key, *self.tags.of_value):
                raise ValueError(f"{self.name}: entries carry no tag for {drop.event.__name__}")

    def ttl_of(self, key: K) -> float:
        """Seconds that an entry of this key lives."""
        if not self.own_ttl or not isinstance(key, tuple):
            return self.ttl
        return dict(self.own_ttl).get(key[0], self.ttl)


USER_CONFIG: Final[Policy[UserId]] = Policy(
    name="user_config",
    ttl=30,
    capacity=5_000,
    key="user; 0: all who have a role",
    loaded_from="storage",
    read_by="guards, every screen",
    values=(UserConfig, Staff),
    tags=Of(UserSubject).tags(user),
    dropped_by=(on(UserConfigChanged, user), on(UserBanned, user), on(RoleChanged, user)),
)

LICENSE: Final[Policy[UserId]] = Policy(
    name="license",
    ttl=60,
    capacity=5_000,
    key="user",
    loaded_from="storage",
    read_by="guards, order entry, /license",
    values=(License,),
    tags=Of(UserSubject).tags(user),
    dropped_by=(on(LicenseChanged, user), on(UserBanned, user)),
)

CREDENTIALS: Final[Policy[AccountId]] = Policy(
    name="credentials",
    ttl=60,
    capacity=2_000,
    key="account",
    loaded_from="storage, sealed; never plaintext",
    read_by="exchange client pool",
    values=(SealedCredentials,),
    tags=Tags(CredentialsSubject, (account,), of_value=(user,)),
    dropped_by=(on(CredentialsChanged, account),),
)

BALANCE: Final[Policy[AccountKey]] = Policy(
    name="balance",
    ttl=15,
    capacity=1_000,
    key="account",
    loaded_from="exchange",
    read_by="/balance",
    values=(Balance,),
    tags=Of(account_subject).tags(account, kind, user),
    dropped_by=(
        on(OrderPlaced, account),
        on(OrderFilled, account),
        on(PositionClosed, account),
        on(WalletChanged, account),
        on(CredentialsChanged, account),
    ),
    keep_last=900,
)

POSITION: Final[Policy[AccountKey]] = Policy(
    name="position",
    ttl=10,
    capacity=2_000,
    key="account",
    loaded_from="storage, refreshed from the exchange",
    read_by="/positions",
    values=(Positions,),
    tags=Of(account_subject).tags(account, kind, user),
    dropped_by=(
        on(OrderPlaced, account),
        on(OrderFilled, account),
        on(PositionOpened, account),
        on(PositionClosed, account),
        on(StopChanged, account),
        on(CredentialsChanged, account),
    ),
    max_bytes=64 * MB,
    max_value_bytes=8 * MB,
)

ORDER: Final[Policy[AccountKey]] = Policy(
    name="order",
    ttl=5,
    capacity=1_500,
    key="account",
    loaded_from="storage, refreshed from the exchange",
    read_by="/orders",
    values=(Orders,),
    tags=Of(account_subject).tags(account, kind, user),
    dropped_by=(
        on(OrderPlaced, account),
        on(OrderChanged, account),
        on(OrderFilled, account),
        on(CredentialsChanged, account),
    ),
    max_bytes=64 * MB,
    max_value_bytes=8 * MB,
)

MARKET_DATA: Final[Policy[MarketKey]] = Policy(
    name="market_data",
    ttl=5,
    capacity=500,
    key="kind, category, symbol",
    loaded_from="exchange",
    read_by="/book, /chart, klines",
    values=(OrderBook, Klines, MarketBoard),
    tags=UNTAGGED,
    own_ttl=(("order_book", 10),),
    keep_last=900,
)

PRICE: Final[Policy[tuple[Category, Symbol]]] = Policy(
    name="price",
    ttl=5,
    capacity=500,
    key="category, symbol",
    loaded_from="exchange",
    read_by="/price, cards",
    values=(Ticker,),
    tags=UNTAGGED,
    keep_last=900,
)

SYMBOL_INFO: Final[Policy[tuple[Category, Symbol]]] = Policy(
    name="symbol_info",
    ttl=3_600,
    capacity=1_000,
    key="category, symbol or all of them",
    loaded_from="exchange",
    read_by="/symbols, rounding",
    values=(Instrument, Instruments),
    tags=Of(rules_of).tags(instrument),
    dropped_by=(on(InstrumentRejected, instrument),),
    keep_last=DAY_S,  # rules of yesterday are as good as today's while Bybit is silent
)

API_RESPONSE: Final[Policy[ApiKey]] = Policy(
    name="api_response",
    ttl=60,
    capacity=2_000,
    key="scope (public, or account), endpoint, arguments; answers over 16 KB are not kept",
    loaded_from="exchange, idempotent reads",
    read_by="/fills, fee rates, key information, risk tiers",
    values=(Executions, ClosedPnls, FeeRate, KeyCheck, RiskTiers),
    tags=Of(scope).tags(account, kind, user),
    dropped_by=(on(OrderFilled, account), on(PositionClosed, account), on(CredentialsChanged, account)),
    keep_last=900,
    max_value_bytes=16 * 1024,
)

TABLE: Final[tuple[Policy[Any], ...]] = (
    USER_CONFIG,
    LICENSE,
    CREDENTIALS,
    BALANCE,
    POSITION,
    ORDER,
    MARKET_DATA,
    PRICE,
    SYMBOL_INFO,
    API_RESPONSE,
)

Override = tuple[float | None, int | None]  # time to live (s), capacity (entries); None: as in the table


def policies(overrides: Mapping[str, Override] | None = None) -> Mapping[str, Policy[Any]]:
    """The table by region name, with other times and capacities where `overrides` name them.

    `market_data.order_book` names the time of order books alone. Raises ValueError for an unknown name, a time that is
    not above 0 and a capacity below 1.
    """
    rows = {policy.name: policy for policy in TABLE}
    for name, (ttl, capacity) in (overrides or {}).items():
        region, _, part = name.partition(".")
        if region not in rows:
            raise ValueError(f"no cache region is called {name!r}; there are {', '.join(rows)}")
        if ttl is not None and not 0 < ttl < float("inf"):
            raise ValueError(f"{name}: the time to live must be above 0 s, not {ttl}")
        if capacity is not None and capacity < 1:
            raise ValueError(f"{name}: the capacity must be at least 1, not {capacity}")
        rows[region] = _overridden(rows[region], part, ttl, capacity)
    return rows


def _overridden(policy: Policy[Any], part: str, ttl: float | None, capacity: int | None) -> Policy[Any]:
    own = dict(policy.own_ttl)
    if part:
        if part not in own or capacity is not None:
            raise ValueError(f"{policy.name}.{part}: no time of its own to set")
        return policy if ttl is None else replace(policy, own_ttl=tuple({**own, part: ttl}.items()))
    return replace(
        policy,
        ttl=policy.ttl if ttl is None else ttl,
        capacity=policy.capacity if capacity is None else capacity,
    )


def as_markdown(table: tuple[Policy[Any], ...] = TABLE) -> str:
    """The table as docs/cache.md shows it."""
    lines = [
        "| region | ttl s | capacity | key | loaded from | dropped by | read by |",
        "|---|---|---|---|---|---|---|",
    ]
    for policy in table:
        own = "".join(f" ({name.replace('_', ' ')} {ttl:g})" for name, ttl in policy.own_ttl)
        events = [drop.event for drop in policy.dropped_by]
        drops = ", ".join(event.__name__ for event in events) or "–"
        cells = (
            policy.name,
            f"{policy.ttl:g}{own}",
            str(policy.capacity),
            policy.key,
            policy.loaded_from,
            drops,
            policy.read_by,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
