"""What a consequence card is made of: the draft, the market, the account and the leg, as read at about one moment."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.accounts import TradeSettings
from bot.domain.card_formulas import ZERO, price_limits
from bot.domain.ids import Millis, Symbol
from bot.domain.market import Category, Instrument, Ticker
from bot.domain.order_card import CardNote
from bot.domain.order_drafts import OrderDraft
from bot.domain.orders import LegSettings
from bot.domain.portfolio import Balance, FeeRate, Order, Orders, Position, Positions, Side
from bot.domain.risk import RiskLimits
from bot.domain.risk_rules import Exposure, LossMarks
from bot.domain.risk_tiers import RiskTier, assumed_tiers
from bot.domain.trade_plans import TradePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketNow:
    """The prices that an entry of one side meets. `touch`: the ask to buy, the bid to sell."""

    side: Side
    bid: Decimal
    ask: Decimal
    mark: Decimal
    lowest: Decimal | None  # the exchange's price limits
    highest: Decimal | None

    @property
    def touch(self) -> Decimal:
        return self.ask if self.side is Side.BUY else self.bid

    @property
    def bound(self) -> Decimal | None:
        """The limit that an entry of that side may meet."""
        return self.highest if self.side is Side.BUY else self.lowest

    def allows(self, price: Decimal) -> bool:
        """Whether the exchange takes that limit price as it is."""
        if self.bound is None:
            return True
        return price <= self.bound if self.side is Side.BUY else price >= self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class CardInputs:
    """Everything a card is made of. `tiers` of every symbol that is held, where they are known."""

    draft: OrderDraft
    defaults: TradeSettings
    instrument: Instrument
    ticker: Ticker
    tiers: Mapping[Symbol, tuple[RiskTier, ...]]
    balance: Balance
    positions: Positions
    orders: Orders
    settings: LegSettings
    fee: FeeRate
    plan: TradePlan | None  # the open one of the leg that the entry goes to
    limits: RiskLimits
    marks: LossMarks
    exposures: tuple[Exposure, ...]  # positions, resting entries, and entries on their way
    now: Millis
    stopped: tuple[CardNote, ...] = ()  # by a pause or a halt
    is_managed: bool = True  # False: what stands in the leg was opened elsewhere
    waiting: tuple[Decimal, ...] = ()  # prices of the plan's entries that rest

    @property
    def position_idx(self) -> int:
        return self.settings.position_idx(self.draft.side)

    @property
    def rate(self) -> Decimal:
        """What a fill costs at most: a resting entry may turn out to take."""
        return max(self.fee.taker, self.fee.maker)

    @property
    def account_value(self) -> Decimal:
        return self.balance.total_equity or ZERO

    def market(self) -> MarketNow:
        """The last price stands in for a side of the book that nobody is on."""
        ticker = self.ticker
        mark = ticker.mark_price or ticker.last_price
        lowest, highest = price_limits(self.instrument, ticker.mark_price, ticker.index_price)
        return MarketNow(
            side=self.draft.side,
            bid=ticker.bid_price or ticker.last_price,
            ask=ticker.ask_price or ticker.last_price,
            mark=mark,
            lowest=lowest,
            highest=highest,
        )

    def tiers_of(self, symbol: Symbol) -> tuple[RiskTier, ...]:
        """The risk tiers that Bybit has for the symbol; assumed ones where they could not be read."""
        own = self.instrument.max_leverage if symbol == self.draft.symbol else None
        return self.tiers.get(symbol) or assumed_tiers(own)

    @property
    def positions_here(self) -> tuple[Position, ...]:
        """Every open leg of the symbol that the draft is of."""
        return tuple(each for each in self._perpetuals() if each.symbol == self.draft.symbol)

    @property
    def positions_elsewhere(self) -> tuple[Position, ...]:
        """Every open leg of the account in any other symbol."""
        return tuple(each for each in self._perpetuals() if each.symbol != self.draft.symbol)

    @property
    def standing(self) -> Position | None:
        """What stands in the leg that the entry goes to, whatever its side."""
        return next((each for each in self.positions_here if each.position_idx == self.position_idx), None)

    @property
    def is_add(self) -> bool:
        """Whether it goes to what the plan holds or waits for: both have the one stop and the targets of the plan."""
        is_same = self.plan is not None and self.plan.side is self.draft.side
        return is_same and (self.standing is not None or bool(self.waiting))

    @property
    def orders_here(self) -> tuple[Order, ...]:
        """Every open order of the symbol."""
        return tuple(
            each for each in self.orders.items if each.category is Category.LINEAR and each.symbol == self.draft.symbol
        )

    def _perpetuals(self) -> Iterable[Position]:
        return (each for each in self.positions.items if each.category is Category.LINEAR)
