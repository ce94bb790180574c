"""Card truth: seeded trades, from the card to the end of the position, held against the matching engine.

Of each trade: no fill beyond the card's price, no fee above the card's, the card's formulas at the actual fills equal
to the wallet's change to the cent, and the liquidation where the card says, within 0.1 %. The market moves up to 1 %
between the card and the order.
"""

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from math import floor, log10
from random import Random
from typing import Final

from bot.domain import card_formulas as formulas
from bot.domain.accounts import TradeSettings
from bot.domain.card_inputs import CardInputs
from bot.domain.card_making import make_card
from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol
from bot.domain.market import Category, Instrument, Ticker
from bot.domain.order_card import OrderCard
from bot.domain.order_drafts import OrderDraft, OrderSize, PriceLevel, SizeKind
from bot.domain.orders import CancelRequest, LegSettings, MarginMode, OrderRequest, PositionMode, TimeInForce, direction
from bot.domain.portfolio import Balance, FeeRate, Orders, OrderType, Positions, Side
from bot.domain.risk import RiskLimits
from bot.domain.risk_rules import LossMarks
from bot.domain.risk_tiers import RiskTier
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.margins import assess
from bot.exchange.matching.model import (
    EngineAccount,
    EngineFill,
    EngineOrder,
    EngineRejected,
    Markets,
    MarketView,
    SymbolRules,
)
from ops.campaigns.report import Report

TRADES: Final = 10_000
CENT: Final = Decimal("0.01")
SLIP_KEPT: Final = Decimal("0.99")
_SYMBOL: Final = Symbol("SEEDUSDT")
_ACCOUNT: Final = AccountId(1)
_LONGEST_MOVE: Final = 0.0099
_ROUNDS: Final = 40  # ticks that an exit may take
_EIGHTH: Final = Decimal("0.00000001")  # the digit that the exchange rounds the fee of each fill to
_MOST_FAILURES: Final = 20
_FAST, _LIMIT, _WITHOUT_STOP = 0.3, 0.25, 0.3  # shares of the trades: in a fast market, by limit, without a stop
_TIERS: Final = (
    RiskTier(limit=Decimal(200_000), maintenance=Decimal("0.005"), max_leverage=Decimal(100), deduction=Decimal(0)),
    RiskTier(limit=Decimal(1_000_000), maintenance=Decimal("0.01"), max_leverage=Decimal(50), deduction=Decimal(1_000)),
    RiskTier(
        limit=Decimal(9_000_000), maintenance=Decimal("0.02"), max_leverage=Decimal(25), deduction=Decimal(11_000)
    ),
)


class CardWrong(AssertionError):  # noqa: N818  named by what is wrong
    """The card said one thing, the engine did another."""


@dataclass(slots=True)
class _Trade:
    """One seeded trade: its market, its account, what was filled."""

    random: Random
    rules: SymbolRules
    price: Decimal
    now: int = 1_760_000_000_000
    engine: Engine = field(default_factory=Engine)
    entries: list[EngineFill] = field(default_factory=list)
    exits: list[EngineFill] = field(default_factory=list)

    @property
    def instrument(self) -> Instrument:
        return self.rules.instrument

    def markets(self, mark: Decimal | None = None) -> Markets:
        """The book around the price: a few levels of changing size."""
        tick, draw = self.instrument.tick_size, self.random
        self.now += 1_000
        sizes = [self.instrument.qty_step * draw.randint(1, 10 ** draw.randint(1, 5)) for _ in range(6)]
        view = MarketView(
            rules=self.rules,
            last=self.price,
            mark=mark or self.price,
            index=self.price,
            bids=tuple((self.price - tick * (number + 1), size) for number, size in enumerate(sizes[:3])),
            asks=tuple((self.price + tick * (number + 1), size) for number, size in enumerate(sizes[3:])),
            ts=Millis(self.now),
        )
        return Markets(views={_SYMBOL: view}, now=Millis(self.now))

    def moved(self, share: float) -> None:
        tick = self.instrument.tick_size
        self.price = max(tick * 20, formulas.floor_to(self.price * Decimal(1 + share), tick))


def run(seed: int, budget: float, trades: int = TRADES) -> Report:
    """So many trades, or as many as the budget of seconds allows."""
    began, failures, done, slipped, steps = time.monotonic(), list[str](), 0, 0, 0
    for number in range(trades):
        if time.monotonic() - began > budget or len(failures) > _MOST_FAILURES:
            break
        try:
            outcome = trade(f"{seed}:{number}")
        except CardWrong as wrong:
            failures.append(f"trade {seed}:{number}: {wrong}")
            continue
        done += 1
        steps += outcome.steps
        slipped += outcome.has_slipped
    if done and Decimal(done - slipped) / done < SLIP_KEPT:
        failures.append(f"{slipped} of {done} trades slipped beyond their card")
    return Report(
        name="card truth",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=steps,
        failures=tuple(failures),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a trade went: fills in all, and whether one was beyond the card."""

    steps: int
    has_slipped: bool
    was_liquidated: bool


def trade(name: str) -> Outcome:
    """One trade by its name. Raises CardWrong."""
    random = Random(name)  # noqa: S311  a seed that repeats it
    while True:
        one, wish, equity, leverage = _drawn(random)
        card = make_card(_inputs(one, wish, equity, leverage))
        if not card.refusals:
            break
    account = EngineAccount(
        prefix="c-",
        wallet={"USDT": equity},
        position_mode=PositionMode.ONE_WAY,
        margin_mode=MarginMode.ISOLATED,
        default_leverage=leverage,
    )
    one.moved(random.uniform(-1, 1) * (_LONGEST_MOVE if random.random() < _FAST else 0.002))
    _enter(one, account, card)
    filled = sum((each.qty for each in one.entries), Decimal(0))
    if not filled:
        return Outcome(steps=0, has_slipped=False, was_liquidated=False)
    _check_entry(one, card, filled)
    was_liquidated = _check_liquidation(one, account, card, filled, leverage)
    _leave(one, account, card)
    _check_money(one, account, card, equity)
    slips = [(each.price - card.entries[0].price) * direction(wish.side) > 0 for each in one.entries]
    return Outcome(steps=len(one.entries) + len(one.exits), has_slipped=any(slips), was_liquidated=was_liquidated)


def _drawn(random: Random) -> tuple[_Trade, OrderDraft, Decimal, Decimal]:
    """A market, a wish, an account value and a leverage."""
    price = Decimal(f"{10 ** random.uniform(-2, 5):.6g}")
    tick = Decimal(10) ** (floor(log10(price)) - random.randint(3, 5))
    step = Decimal(10) ** (floor(log10(10 / price)) - random.randint(0, 2))
    rules = SymbolRules(instrument=_instrument(tick, step), tiers=_TIERS)
    one = _Trade(random=random, rules=rules, price=max(tick * 50, formulas.floor_to(price, tick)))
    kind = random.choice((SizeKind.VALUE, SizeKind.EQUITY, SizeKind.RISK))
    equity = Decimal(f"{10 ** random.uniform(2, 5.5):.2f}")
    amounts = {
        SizeKind.VALUE: equity * Decimal(f"{random.uniform(0.05, 3):.3f}"),
        SizeKind.EQUITY: Decimal(f"{random.uniform(5, 300):.1f}"),
        SizeKind.RISK: Decimal(f"{random.uniform(0.2, 10):.2f}"),
    }
    side = random.choice((Side.BUY, Side.SELL))
    away = one.price * Decimal(f"{random.uniform(-0.01, 0.01):.5f}")
    wish = OrderDraft(
        account_id=_ACCOUNT,
        symbol=_SYMBOL,
        side=side,
        size=OrderSize(kind, amounts[kind]),
        limits=(one.price - away,) if random.random() < _LIMIT else (),
        stop=PriceLevel(percent=Decimal(f"{random.uniform(0.8, 12):.2f}")),
        no_target=True,
    )
    if random.random() < _WITHOUT_STOP:
        wish = replace(wish, stop=None, no_stop=True)
    return one, wish, equity, Decimal(random.choice((1, 2, 3, 5, 10, 20, 25, 50)))


def _instrument(tick: Decimal, step: Decimal) -> Instrument:
    return Instrument(
        category=Category.LINEAR,
        symbol=_SYMBOL,
        status="Trading",
        base_coin="SEED",
        quote_coin="USDT",
        tick_size=tick,
        qty_step=step,
        min_order_qty=step,
        max_order_qty=step * 10**9,
        max_market_order_qty=step * 10**9,
        min_notional=Decimal(5),
        max_leverage=Decimal(100),
        price_limit_near=Decimal("0.05"),
        price_limit_far=Decimal("0.1"),
    )


def _inputs(one: _Trade, wish: OrderDraft, equity: Decimal, leverage: Decimal) -> CardInputs:
    return CardInputs(
        draft=wish,
        defaults=TradeSettings(),
        instrument=one.instrument,
        ticker=_ticker(one),
        tiers={_SYMBOL: _TIERS},
        balance=_balance(one, equity),
        positions=Positions(account_id=_ACCOUNT, items=(), as_of=Millis(one.now)),
        orders=Orders(account_id=_ACCOUNT, items=(), as_of=Millis(one.now)),
        settings=LegSettings(
            symbol=_SYMBOL,
            position_mode=PositionMode.ONE_WAY,
            margin_mode=MarginMode.ISOLATED,
            buy_leverage=leverage,
            sell_leverage=leverage,
        ),
        fee=FeeRate(symbol=_SYMBOL, taker=one.rules.taker, maker=one.rules.maker),
        plan=None,
        limits=RiskLimits(),
        marks=LossMarks(),
        exposures=(),
        now=Millis(one.now),
    )


def _ticker(one: _Trade) -> Ticker:
    return Ticker(
        category=Category.LINEAR,
        symbol=_SYMBOL,
        last_price=one.price,
        mark_price=one.price,
        index_price=one.price,
        bid_price=one.price - one.instrument.tick_size,
        ask_price=one.price + one.instrument.tick_size,
        high_24h=None,
        low_24h=None,
        price_24h_change=None,
        volume_24h=None,
        turnover_24h=None,
        funding_rate=None,
        next_funding_ts=None,
        as_of=Millis(one.now),
    )


def _balance(one: _Trade, equity: Decimal) -> Balance:
    return Balance(
        account_id=_ACCOUNT,
        total_equity=equity,
        total_wallet_balance=equity,
        total_available=equity,
        total_unrealised_pnl=Decimal(0),
        total_initial_margin=Decimal(0),
        coins=(),
        as_of=Millis(one.now),
    )


def _enter(one: _Trade, account: EngineAccount, card: OrderCard) -> None:
    """The entry as it is sent; a resting one gets a few ticks of the market to be filled in."""
    (entry,) = card.entries
    request = OrderRequest(
        order_link_id=OrderLinkId("entry"),
        category=Category.LINEAR,
        symbol=_SYMBOL,
        position_idx=0,
        side=card.draft.side,
        order_type=OrderType.LIMIT,
        qty=entry.qty,
        price=entry.price,
        time_in_force=TimeInForce.IOC if entry.is_market else TimeInForce.GTC,
        stop_loss=card.stop,
    )
    try:
        order, changes = one.engine.create(account, request, one.markets())
    except EngineRejected:
        return  # the market has passed the stop, or the margin is not enough any more
    one.entries += changes.fills
    if order.is_open:
        _wait(one, account, order, entry.price)


def _wait(one: _Trade, account: EngineAccount, order: EngineOrder, price: Decimal) -> None:
    """The market comes to a resting entry; what is not filled then is taken back."""
    one.price = price
    one.entries += one.engine.tick(account, _SYMBOL, one.markets()).fills
    request = CancelRequest(category=Category.LINEAR, symbol=_SYMBOL, order_id=order.order_id)
    with suppress(EngineRejected):  # it was filled
        one.engine.cancel(account, request, one.markets())


def _check_entry(one: _Trade, card: OrderCard, filled: Decimal) -> None:
    way = direction(card.draft.side)
    for each in one.entries:
        if (each.price - card.entries[0].price) * way > 0:
            raise CardWrong(f"filled at {each.price}, beyond {card.entries[0].price}")
    charged = sum((each.fee for each in one.entries), Decimal(0))
    allowed = card.entry_fee * filled / card.qty + _EIGHTH * len(one.entries)
    if charged > allowed:
        raise CardWrong(f"a fee of {charged}, {allowed} was shown")


def _check_liquidation(
    one: _Trade, account: EngineAccount, card: OrderCard, filled: Decimal, leverage: Decimal
) -> bool:
    """By formula, by what the card showed, and of a trade without a stop by what happens there."""
    side, way, tick = card.draft.side, direction(card.draft.side), one.instrument.tick_size
    entry = formulas.average([each.qty for each in one.entries], [each.price for each in one.entries])
    told = formulas.isolated_liquidation(side, filled, entry, leverage, _TIERS)
    leg = assess(account, one.markets()).legs.get((_SYMBOL, 0))
    if leg is None:
        raise CardWrong("a position that was filled does not stand")
    if (told is None) != (leg.liquidation is None):
        raise CardWrong(f"liquidation {told}, the engine has {leg.liquidation}")
    if told is None or leg.liquidation is None:
        return False
    if abs(told - leg.liquidation) > leg.liquidation / 1000:
        raise CardWrong(f"liquidation {told}, the engine has {leg.liquidation}")
    if filled == card.qty and card.liquidation is not None and (leg.liquidation - card.liquidation) * way > tick:
        raise CardWrong(f"liquidation {leg.liquidation}, nearer than the {card.liquidation} that was shown")
    return card.stop is None and _drive(one, account, told, way)


def _drive(one: _Trade, account: EngineAccount, told: Decimal, way: int) -> bool:
    """The mark price goes to just before the liquidation, and then just beyond."""
    before, after = (told * (1 + way * Decimal(share)) for share in ("0.001", "-0.001"))
    if after <= 0 or (one.price - before) * way <= 0:
        return False
    one.exits += one.engine.tick(account, _SYMBOL, one.markets(mark=before)).fills
    if one.exits:
        raise CardWrong(f"liquidated at {before}, before {told}")
    one.exits += one.engine.tick(account, _SYMBOL, one.markets(mark=after)).fills
    if account.position((_SYMBOL, 0)).size:
        raise CardWrong(f"not liquidated at {after}, beyond {told}")
    return True


def _leave(one: _Trade, account: EngineAccount, card: OrderCard) -> None:
    """The price goes to the stop, or past it; what has no stop and stands is closed at the market."""
    way = direction(card.draft.side)
    if card.stop is not None:
        gap = card.stop * Decimal(f"{one.random.uniform(0, 0.01):.5f}")
        one.price = formulas.floor_to(card.stop - way * gap, one.instrument.tick_size)
    for _ in range(_ROUNDS):
        if not account.position((_SYMBOL, 0)).size:
            return
        one.exits += one.engine.tick(account, _SYMBOL, one.markets()).fills
        if account.position((_SYMBOL, 0)).size and card.stop is None:
            _close(one, account, card)


def _close(one: _Trade, account: EngineAccount, card: OrderCard) -> None:
    request = OrderRequest(
        order_link_id=OrderLinkId(f"close-{one.now}"),
        category=Category.LINEAR,
        symbol=_SYMBOL,
        position_idx=0,
        side=Side.SELL if card.draft.side is Side.BUY else Side.BUY,
        order_type=OrderType.MARKET,
        qty=Decimal(0),
        reduce_only=True,
        close_on_trigger=True,
    )
    try:
        _, changes = one.engine.create(account, request, one.markets())
    except EngineRejected as refusal:
        raise CardWrong(f"a close was refused: {refusal}") from refusal
    one.exits += changes.fills


def _check_money(one: _Trade, account: EngineAccount, card: OrderCard, equity: Decimal) -> None:
    """What the card's formulas make of the actual fills is what the wallet has become, to the cent."""
    if account.position((_SYMBOL, 0)).size:
        return  # too thin a market to leave in the rounds there were
    side = card.draft.side
    qty = sum((each.qty for each in one.exits), Decimal(0))
    entry = formulas.average([each.qty for each in one.entries], [each.price for each in one.entries])
    end = formulas.average([each.qty for each in one.exits], [each.price for each in one.exits])
    told = formulas.result(side, qty, entry, end, card.fee_rate)
    saved = sum(
        ((formulas.fee(each.qty, each.price, card.fee_rate) - each.fee) for each in one.entries if each.is_maker),
        Decimal(0),
    )
    found = account.wallet["USDT"] - equity
    if abs(told + saved - found) > CENT / 2:
        raise CardWrong(f"the wallet changed by {found}, the formulas say {told + saved}")
