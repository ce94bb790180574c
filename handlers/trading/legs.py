"""What the screens of positions share: whose account, which leg, how it stands, and what became of what was asked."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from telegram.error import TelegramError

from bot.domain.accounts import Account
from bot.domain.disagreements import Disagreement
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import Millis, OrderLinkId, Symbol
from bot.domain.legs import LegOutlook
from bot.domain.market import Category, Instrument
from bot.domain.portfolio import LegKey, Position, Side
from bot.domain.size_words import is_none
from bot.domain.trade_plans import LIVE, CardPlace, ClosedTrade, OrderIntent
from bot.domain.update_attempt import current_attempt
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown, nothing_known
from handlers.core import delivery
from handlers.core.context import UpdateContext
from handlers.core.live_messages import LEFT
from handlers.core.plain_words import account_type_named, plain
from handlers.trading.accounts import demand_traded, managed_account, trading_account
from handlers.trading.leg_codes import LegName
from handlers.views.cards import Card
from handlers.views.symbols import base_of

_logger = logging.getLogger(__name__)
_FIRST_LOOK: Final = 0.7  # seconds that an answer waits for what was sent
_SOME_NUMBER: Final = re.compile(r"[+-]?[\d.,' ]*\d[\d.,' ]*[k%к]?")
_STEP: Final = 2.0  # seconds of one look while a card is followed
_LOOKS: Final = 20  # at the rows of what was sent, in the time of one look


@dataclass(frozen=True, slots=True, kw_only=True)
class Legs:
    """An account's open positions as they are managed, as of a moment, and what Bybit shows otherwise of them.

    `positions`: all of them, the largest first, where `items` is the one that is looked at. `unreadable`: symbols in
    which something stands that can't be read.
    """

    items: tuple[LegOutlook, ...]
    as_of: Millis
    positions: tuple[Position, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    unreadable: tuple[str, ...] = ()


SIDE_WORDS: Final = {
    word: side for side, words in {Side.BUY: "long лонг", Side.SELL: "short шорт"}.items() for word in words.split()
}
LegsShown = Shown[WithInstruments[Legs]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActOutcome:
    """What was asked of the exchange, as far as it has come, and the closes that came of it."""

    intents: tuple[OrderIntent, ...]
    closed: tuple[ClosedTrade, ...] = ()
    going: frozenset[OrderLinkId] = frozenset()  # attempts of closes that are still tried, by one order after another

    @property
    def is_final(self) -> bool:
        """Whether the exchange has said its last word, and every fill is booked."""
        return not self.going and not any(each.state in LIVE or each.is_counting for each in self.intents)


def leg_of(account: Account, symbol: Symbol, position_idx: int) -> LegKey:
    """The key of a perpetual's leg: the only ones that are traded here."""
    return LegKey(account_id=account.account_id, category=Category.LINEAR, symbol=symbol, position_idx=position_idx)


def may_be_level(word: str) -> bool:
    """Whether a typed word can be a price or a distance: a number, with k or % or without; or a word for none."""
    return is_none(word) or _SOME_NUMBER.fullmatch(word) is not None


def find_leg(shown: LegsShown, symbol: Symbol, position_idx: int) -> LegOutlook | None:
    """None: that leg is flat, or nothing is known yet."""
    items = shown.value.value.items if shown.value is not None else ()
    return next((each for each in items if (each.leg.symbol, each.leg.position_idx) == (symbol, position_idx)), None)


def instrument_of(shown: LegsShown, symbol: Symbol) -> Instrument | None:
    return None if shown.value is None else shown.value.instrument(Category.LINEAR, symbol)


def place_of(ctx: UpdateContext) -> CardPlace:
    """The message that was tapped; what becomes of an order is told below it."""
    tapped = ctx.query.message if ctx.query is not None else None
    return CardPlace(chat_id=ctx.chat_id, message_id=0 if tapped is None else tapped.message_id)


async def read_legs(ctx: UpdateContext, account: Account) -> LegsShown:
    """How the account's positions stand. Raises ExchangeError."""
    screens = ctx.services.account_screens

    async def load() -> Legs:
        items = await ctx.services.trading.legs.outlooks(ctx.config, account.account_id)
        as_of = min((each.as_of for each in items), default=ctx.services.clock.now())
        stand = await ctx.services.trading.disagreements.of_account(ctx.config, account.account_id)
        hidden = await unreadable_legs(ctx, account)
        return Legs(items=items, as_of=as_of, disagreements=tuple(stand), unreadable=hidden)

    return await screens.reader.read(screens.instruments.beside(load(), Category.LINEAR), nothing_known)


async def unreadable_legs(ctx: UpdateContext, account: Account) -> tuple[str, ...]:
    """The symbols in which something stands that can't be read. Raises ExchangeErrors."""
    return (await ctx.services.reads.positions(account)).unreadable


async def no_leg(ctx: UpdateContext, account: Account, symbol: Symbol) -> BadInput:
    """Why none is found in a symbol: what stands there can't be read, or nothing is open in that account.

    Another one of the person's that has some is named, with the word that leads there.
    """
    if symbol in await unreadable_legs(ctx, account):
        return BadInput("entry-leg-unreadable")
    elsewhere = "none"
    for each in ctx.config.accounts:
        if each.account_id != account.account_id and ctx.viewer.trades(each):
            known = await ctx.services.reads.last_positions(each)
            if known is not None and any(x.category is Category.LINEAR and x.symbol == symbol for x in known.items):
                elsewhere = each.account_type.value
    name = ctx.viewer.account_name(account)
    return BadInput("leg-none-there", symbol=base_of(symbol), account=name, elsewhere=elsewhere)


async def read_leg(ctx: UpdateContext, account: Account, symbol: Symbol, position_idx: int) -> LegsShown:
    """How one of the account's positions stands, among the others. Raises ExchangeError."""
    screens, leg = ctx.services.account_screens, leg_of(account, symbol, position_idx)

    async def load() -> Legs:
        found, positions = await ctx.services.trading.legs.among(ctx.config, leg)
        as_of = ctx.services.clock.now() if found is None else found.as_of
        stand = await ctx.services.trading.disagreements.of_account(ctx.config, account.account_id)
        items = () if found is None else (found,)
        return Legs(items=items, as_of=as_of, positions=positions, disagreements=tuple(stand))

    return await screens.reader.read(screens.instruments.beside(load(), Category.LINEAR), nothing_known)


async def one_leg(ctx: UpdateContext, account: Account, symbol: Symbol, position_idx: int) -> LegOutlook:
    """Raises ButtonExpired for a leg that is flat, ExchangeErrors."""
    outlook = await ctx.services.trading.legs.outlook(ctx.config, leg_of(account, symbol, position_idx))
    if outlook is None:
        raise ButtonExpired
    return outlook


async def own_leg(ctx: UpdateContext, name: LegName) -> tuple[Account, LegOutlook, Instrument | None]:
    """A leg of the presser's own by what a button or a question has of it, and its rules; raises as `one_leg` does."""
    account = managed_account(ctx, name.account_id)
    outlook = await one_leg(ctx, account, name.symbol, name.position_idx)
    return account, outlook, await known_instrument(ctx, name.symbol)


async def named_symbol(ctx: UpdateContext, words: Sequence[str], *, unnamed: str) -> tuple[Account, Symbol, list[str]]:
    """The account and the symbol that the words name (btc, demo btc, btc 2% demo), and those behind the symbol.

    Raises BadInput `unnamed` without a symbol, UnknownSymbol, NotAllowed for an account that is not traded here.
    """
    account, left = trading_account(ctx), list[str]()
    for each in words:
        account_type = account_type_named(each)
        if account_type is None:
            left.append(each)
        else:
            account = ctx.config.resolve(account_type)
    demand_traded(ctx, account)
    if not left:
        raise BadInput(unnamed)
    return account, (await ctx.services.market_screens.resolve(left.pop(0))).symbol, left


async def named_leg(ctx: UpdateContext, words: Sequence[str]) -> tuple[Account, LegOutlook, tuple[str, ...]]:
    """The position that the words name (btc, btc long, demo btc), and the words behind it.

    Raises BadInput where none is named, none is open, or the two legs of a symbol are not told apart; UnknownSymbol.
    """
    account, symbol, left = await named_symbol(ctx, words, unnamed="leg-which")
    side = SIDE_WORDS.get(plain(left[0])) if left else None
    if side is not None:
        left.pop(0)
    items = await ctx.services.trading.legs.outlooks(ctx.config, account.account_id)
    legs = [each for each in items if each.leg.symbol == symbol and side in {None, each.position.side}]
    if not legs:
        raise await no_leg(ctx, account, symbol)
    if len(legs) > 1:
        raise BadInput("leg-long-or-short", symbol=base_of(symbol))
    return account, legs[0], tuple(left)


async def known_instrument(ctx: UpdateContext, symbol: Symbol) -> Instrument | None:
    """The symbol's rules where they are at hand."""
    return await ctx.services.account_screens.instruments.find(Category.LINEAR, symbol)


async def show_outcome(
    ctx: UpdateContext, intents: Sequence[OrderIntent], draw: Callable[[ActOutcome], Awaitable[Card]]
) -> None:
    """One card that stands at once and is edited until the exchange has said its last word.

    Once that stands there, the outbox does not tell it again.
    """
    outcome = await _look(ctx, tuple(intents), _FIRST_LOOK)
    message_id = await ctx.show(await draw(outcome))
    if outcome.is_final:
        await ctx.services.trading.watch.told(outcome.intents)
    elif message_id > 0:
        work = _follow(ctx, message_id, outcome, draw)
        ctx.data.live_messages.keep(ctx.target, message_id, work, "a card of orders")


def take_up_outcome(
    ctx: UpdateContext,
    message_id: int,
    intents: tuple[OrderIntent, ...],
    draw: Callable[[ActOutcome], Awaitable[Card]],
) -> None:
    """Bring a card of the last run up to date, and follow it; an edit of an old card rings nobody: the outbox tells."""
    work = _follow(ctx, message_id, ActOutcome(intents=()), draw, intents=intents, is_heard=False)
    ctx.data.live_messages.keep(ctx.target, message_id, work, "a card of orders of the last run")


async def _follow(
    ctx: UpdateContext,
    message_id: int,
    outcome: ActOutcome,
    draw: Callable[[ActOutcome], Awaitable[Card]],
    *,
    intents: tuple[OrderIntent, ...] = (),
    is_heard: bool = True,
) -> None:
    """Edits what becomes of `intents`, or of those that are shown.

    `is_heard`: the person waits for it, so that what the card says is told by it.
    """
    current_attempt.set(None)  # from here on it is no update's work
    for _ in range(round((ctx.data.live_messages.trade_s if is_heard else LEFT) / _STEP)):
        later = await _look(ctx, outcome.intents or intents, _STEP)
        if later == outcome:
            continue
        outcome = later
        try:
            if not await delivery.edit(ctx.bot, ctx.target, message_id, await draw(outcome)):
                return
        except TelegramError as refusal:
            _logger.info("a card of orders was not brought up to date: %s", refusal.message)
            continue
        if outcome.is_final:
            if is_heard:
                await ctx.services.trading.watch.told(outcome.intents)
            return


async def _look(ctx: UpdateContext, intents: tuple[OrderIntent, ...], timeout_s: float) -> ActOutcome:
    """As it stands once it is final, or when the time is over."""
    trading = ctx.services.trading
    outcome, step = ActOutcome(intents=intents), timeout_s / _LOOKS
    for _ in range(_LOOKS):
        answered = await trading.runner.finished(outcome.intents, timeout_s=step)
        intents, going = await trading.legs.followed(answered)
        outcome = replace(await outcome_of(ctx, intents), going=going)
        if outcome.is_final:
            break
        await asyncio.sleep(step)
    return outcome


async def outcome_of(ctx: UpdateContext, intents: tuple[OrderIntent, ...]) -> ActOutcome:
    """With the closes that these intents made, of their plans and of positions that have none."""
    watch, ours = ctx.services.trading.watch, {each.order_link_id for each in intents}
    closed: list[ClosedTrade] = []
    for plan_id in {each.plan_id for each in intents if each.plan_id is not None}:
        trade = await watch.trade(plan_id)
        closed += [] if trade is None else [each for each in trade.closed if each.order_link_id in ours]
    foreign = [await watch.closed_by(each) for each in intents if each.plan_id is None and each.order_id]
    closed += [each for each in foreign if each is not None]
    return ActOutcome(intents=intents, closed=tuple(closed))
