"""Inputs of consequence cards: an account of 10,000 USDT at a market of 64,210.4 / 64,210.5."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from bot.domain.accounts import TradeSettings
from bot.domain.card_inputs import CardInputs
from bot.domain.ids import AccountId, Millis, OrderLinkId, UserId
from bot.domain.market import Category, Ticker
from bot.domain.order_card import OrderCard
from bot.domain.order_drafts import OrderDraft, OrderSize, SizeKind
from bot.domain.orders import LegSettings, MarginMode, PositionMode, TriggerBy
from bot.domain.portfolio import Balance, FeeRate, Order, Orders, OrderType, Position, Positions, Side
from bot.domain.risk import RiskLimits
from bot.domain.risk_rules import LossMarks, exposures_of
from bot.domain.risk_tiers import RiskTier
from bot.domain.trade_plans import Breakeven, PlannedTarget, PlanState, TradePlan
from ops.engine_trader import BTC, LINEAR

ACCOUNT: Final = AccountId(7)
NOW: Final = Millis(1_760_000_000_000)
TIERS: Final = (
    RiskTier(limit=Decimal(2_000_000), maintenance=Decimal("0.005"), max_leverage=Decimal(100), deduction=Decimal(0)),
    RiskTier(
        limit=Decimal(10_000_000), maintenance=Decimal("0.01"), max_leverage=Decimal(50), deduction=Decimal(10_000)
    ),
)
INSTRUMENT: Final = LINEAR.instrument
TICKER: Final = Ticker(
    category=Category.LINEAR,
    symbol=BTC,
    last_price=Decimal("64210.5"),
    mark_price=Decimal(64_210),
    index_price=Decimal(64_220),
    bid_price=Decimal("64210.4"),
    ask_price=Decimal("64210.5"),
    high_24h=None,
    low_24h=None,
    price_24h_change=None,
    volume_24h=None,
    turnover_24h=Decimal(5_000_000_000),
    funding_rate=Decimal("0.0001"),
    next_funding_ts=Millis(NOW + 3_600_000),
    as_of=NOW,
)


def draft(side: Side = Side.BUY, **changes: Any) -> OrderDraft:
    """100 USDT of BTC, everything else left to the settings."""
    made = OrderDraft(account_id=ACCOUNT, symbol=BTC, side=side, size=OrderSize(SizeKind.VALUE, Decimal(100)))
    return replace(made, **changes)


def position(side: Side = Side.BUY, size: str = "0.1", entry: str = "64000", **changes: Any) -> Position:
    """A leg of one-way mode."""
    made = Position(
        category=Category.LINEAR,
        symbol=BTC,
        position_idx=0,
        side=side,
        size=Decimal(size),
        entry_price=Decimal(entry),
        mark_price=Decimal(64_210),
        position_value=Decimal(size) * 64_210,
        leverage=Decimal(3),
        liquidation_price=None,
        unrealised_pnl=None,
        take_profit=None,
        stop_loss=None,
        trailing_stop=None,
        created_ts=NOW,
        updated_ts=NOW,
    )
    return replace(made, **changes)


def order(side: Side = Side.BUY, price: str = "63000", qty: str = "0.01", **changes: Any) -> Order:
    """A resting limit entry."""
    made = Order(
        category=Category.LINEAR,
        symbol=BTC,
        order_id="1",
        order_link_id=OrderLinkId("mine"),
        position_idx=0,
        side=side,
        order_type=OrderType.LIMIT,
        order_status="New",
        price=Decimal(price),
        qty=Decimal(qty),
        cum_exec_qty=Decimal(0),
        trigger_price=None,
        stop_order_type="",
        time_in_force="GTC",
        reduce_only=False,
        take_profit=None,
        stop_loss=None,
        created_ts=NOW,
        updated_ts=NOW,
    )
    return replace(made, **changes)


def plan(side: Side = Side.BUY, stop: str | None = "62000", targets: tuple[str, ...] = ("68000",)) -> TradePlan:
    """The open plan of that leg."""
    share = Decimal(1) / max(1, len(targets))
    return TradePlan(
        plan_id=1,
        user_id=UserId(1),
        account_id=ACCOUNT,
        category=Category.LINEAR,
        symbol=BTC,
        position_idx=0,
        side=side,
        state=PlanState.OPEN,
        stop=None if stop is None else Decimal(stop),
        stop_trigger_by=TriggerBy.LAST,
        targets=tuple(
            PlannedTarget(number=number, price=Decimal(each), share=share) for number, each in enumerate(targets, 1)
        ),
        breakeven=Breakeven.OFF,
        protected_ts=None,
        stop_verified_ts=None,
        stop_changed_ts=None,
        first_fill_ts=NOW,
        card=None,
        created_ts=NOW,
        ended_ts=None,
    )


def inputs(
    wanted: OrderDraft,
    *,
    positions: tuple[Position, ...] = (),
    orders: tuple[Order, ...] = (),
    value: str = "10000",
    margin: MarginMode = MarginMode.ISOLATED,
    mode: PositionMode = PositionMode.ONE_WAY,
    leverage: str = "3",
    **changes: Any,
) -> CardInputs:
    """What a card of that draft is made of."""
    made = CardInputs(
        draft=wanted,
        defaults=TradeSettings(),
        instrument=INSTRUMENT,
        ticker=TICKER,
        tiers={BTC: TIERS},
        balance=Balance(
            account_id=ACCOUNT,
            total_equity=Decimal(value),
            total_wallet_balance=Decimal(value),
            total_available=Decimal(value),
            total_unrealised_pnl=Decimal(0),
            total_initial_margin=Decimal(0),
            coins=(),
            as_of=NOW,
        ),
        positions=Positions(account_id=ACCOUNT, items=positions, as_of=NOW),
        orders=Orders(account_id=ACCOUNT, items=orders, as_of=NOW),
        settings=LegSettings(
            symbol=BTC,
            position_mode=mode,
            margin_mode=margin,
            buy_leverage=Decimal(leverage),
            sell_leverage=Decimal(leverage),
        ),
        fee=FeeRate(symbol=BTC, taker=Decimal("0.00055"), maker=Decimal("0.0002")),
        plan=None,
        limits=RiskLimits(),
        marks=LossMarks(),
        exposures=exposures_of(positions, orders),
        now=NOW,
    )
    return replace(made, **changes)


def refused(card: OrderCard) -> tuple[str, ...]:
    """The keys of what stands against it."""
    return tuple(each.key for each in card.refusals)


def noted(card: OrderCard) -> tuple[str, ...]:
    """The keys of its notes."""
    return tuple(each.key for each in card.notes)


def cure_of(card: OrderCard, key: str) -> str:
    """The cure of a refusal. Raises ValueError where it is not there."""
    (found,) = [each.cure for each in card.refusals if each.key == key]
    return found
