"""The stop, the targets and breakeven of a position: by presets or typed, at once, taken back by another tap."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.errors import BadInput
from bot.domain.legs import LegOutlook
from bot.domain.market import Instrument
from bot.domain.numbers import parse_number
from bot.domain.orders import direction
from bot.domain.size_words import is_none, read_level
from bot.domain.trade_plans import MOST_TARGETS, OrderIntent, PlannedTarget
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from handlers.core.context import UpdateContext
from handlers.core.plain_words import plain
from handlers.core.specs import EVERYONE, HandlerSpec, action, command, dialogue, view
from handlers.texts.catalog import Markup
from handlers.trading.leg_codes import AskBreakeven, AskStop, AskTargets, LegName
from handlers.trading.legs import ActOutcome, known_instrument, may_be_level, named_leg, own_leg, show_outcome
from handlers.trading.level_views import (
    STOP_DISTANCES,
    TARGET_DISTANCES,
    at_distance,
    breakeven_card,
    can_go_to_breakeven,
    distance_label,
    level_changed_card,
    near_tick,
    stop_card,
    targets_card,
    targets_set_card,
)
from handlers.views.cards import Card

_HUNDRED: Final = Decimal(100)
_SHARES: Final = re.compile(r"\d{1,3}%?(?:/\d{1,3}%?){1,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStop(ButtonAction):
    """[−2% · 62,925.80], [No stop]: the one stop of the position. `price` None takes it away."""

    ACTION = "trade.stop"
    leg: LegName
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopToBreakeven(ButtonAction):
    """[Move the stop there]: to where closing brings back all costs."""

    ACTION = "trade.breakeven"
    leg: LegName


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTarget(ButtonAction):
    """[+3% · 66,136.30], [No targets]: one target for all of it. `price` None takes all away."""

    ACTION = "trade.target"
    leg: LegName
    price: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDialogue(DialoguePayload):
    """Where the stop shall stand: a price, a distance in percent, or none."""

    DIALOGUE = "trade.stop"
    leg: LegName


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetsDialogue(DialoguePayload):
    """Up to five prices, and their shares if they are not equal: 64k 66k 68k 50/30/20."""

    DIALOGUE = "trade.targets"
    leg: LegName


async def stop_command(ctx: UpdateContext) -> None:
    """`/sl btc 62k`, `/sl btc 2%`, `/sl btc off`: done at once; without a level it asks for one."""
    account, outlook, rest = await named_leg(ctx, ctx.arguments)
    instrument = await known_instrument(ctx, outlook.leg.symbol)
    if rest:
        await _move_stop(ctx, account, outlook, instrument, _price_of(" ".join(rest), outlook, instrument, ahead=False))
    else:
        await _ask_stop(ctx, account, outlook, instrument)


async def targets_command(ctx: UpdateContext) -> None:
    """`/tp btc 66k 68k 50/50`, `/tp btc off`: done at once; without a level it asks for some."""
    account, outlook, rest = await named_leg(ctx, ctx.arguments)
    instrument = await known_instrument(ctx, outlook.leg.symbol)
    if rest:
        await _set_targets(ctx, account, outlook, instrument, targets_of(" ".join(rest), outlook, instrument))
    else:
        await _ask_targets(ctx, account, outlook, instrument)


async def breakeven_command(ctx: UpdateContext) -> None:
    """`/breakeven btc`: where that is, with the button that moves the stop there."""
    account, outlook, _ = await named_leg(ctx, ctx.arguments)
    await _ask_breakeven(ctx, account, outlook, await known_instrument(ctx, outlook.leg.symbol))


async def ask_stop(ctx: UpdateContext, code: AskStop) -> None:
    """[Stop]: presets, and a typed price is taken, too."""
    await _ask_stop(ctx, *await own_leg(ctx, LegName(code.account_id, code.symbol, code.position_idx)))


async def ask_targets(ctx: UpdateContext, code: AskTargets) -> None:
    """[Targets]: one preset for all of it, or typed prices with shares."""
    await _ask_targets(ctx, *await own_leg(ctx, LegName(code.account_id, code.symbol, code.position_idx)))


async def ask_breakeven(ctx: UpdateContext, code: AskBreakeven) -> None:
    """[Breakeven]: where that is, and the button that moves the stop there."""
    await _ask_breakeven(ctx, *await own_leg(ctx, LegName(code.account_id, code.symbol, code.position_idx)))


async def _ask_stop(ctx: UpdateContext, account: Account, outlook: LegOutlook, instrument: Instrument | None) -> None:
    leg = _name_of(outlook)
    choices: list[tuple[str, ButtonAction]] = []
    for percent in STOP_DISTANCES:
        price = at_distance(outlook.position, percent, instrument, ahead=False)
        if price is not None and price > 0:
            label = distance_label(ctx.viewer, outlook.position, price, instrument)
            choices.append((label, MoveStop(leg=leg, price=price)))
    if outlook.position.stop_loss is not None:
        choices.append((ctx.say.plain("button-no-stop"), MoveStop(leg=leg)))
    presets = await ctx.buttons(choices)
    await ctx.services.dialogues.begin(ctx.user_id, StopDialogue(leg=leg))
    await ctx.show(stop_card(ctx.viewer, account, outlook, instrument, presets))


async def _ask_targets(
    ctx: UpdateContext, account: Account, outlook: LegOutlook, instrument: Instrument | None
) -> None:
    leg = _name_of(outlook)
    choices: list[tuple[str, ButtonAction]] = []
    for percent in TARGET_DISTANCES:
        price = at_distance(outlook.position, percent, instrument, ahead=True)
        if price is not None and price > 0:
            label = distance_label(ctx.viewer, outlook.position, price, instrument)
            choices.append((label, SetTarget(leg=leg, price=price)))
    if outlook.position.take_profit is not None or (outlook.plan is not None and outlook.plan.targets):
        choices.append((ctx.say.plain("button-no-targets"), SetTarget(leg=leg)))
    presets = await ctx.buttons(choices)
    await ctx.services.dialogues.begin(ctx.user_id, TargetsDialogue(leg=leg))
    await ctx.show(targets_card(ctx.viewer, account, outlook, instrument, presets))


async def _ask_breakeven(
    ctx: UpdateContext, account: Account, outlook: LegOutlook, instrument: Instrument | None
) -> None:
    act = None
    if can_go_to_breakeven(outlook.position):
        (act,) = await ctx.buttons([(ctx.say.plain("button-to-breakeven"), StopToBreakeven(leg=_name_of(outlook)))])
    await ctx.show(breakeven_card(ctx.viewer, account, outlook, instrument, act))


def _name_of(outlook: LegOutlook) -> LegName:
    return LegName(outlook.leg.account_id, outlook.leg.symbol, outlook.leg.position_idx)


async def move_stop(ctx: UpdateContext, act: MoveStop) -> None:
    """A preset: the stop is moved to its price at once."""
    account, outlook, instrument = await own_leg(ctx, act.leg)
    await _move_stop(ctx, account, outlook, instrument, act.price)


async def take_typed_stop(ctx: UpdateContext, asked: StopDialogue) -> None:
    """The next message; one that does not fit is explained and may be sent again."""
    account, outlook, instrument = await own_leg(ctx, asked.leg)
    price = _price_of(ctx.text, outlook, instrument, ahead=False)
    await _move_stop(ctx, account, outlook, instrument, price, is_typed=True)


async def move_to_breakeven(ctx: UpdateContext, act: StopToBreakeven) -> None:
    """Confirmed: the stop goes where a close costs nothing."""
    account, outlook, _ = await own_leg(ctx, act.leg)
    legs, leg = ctx.services.trading.legs, outlook.leg
    intent = await legs.to_breakeven(ctx.config, leg, idempotency_key=ctx.idempotency_key)
    await _show_change(ctx, account, outlook, intent, ctx.say("breakeven-done", symbol=leg.symbol))


async def set_target(ctx: UpdateContext, act: SetTarget) -> None:
    """A preset's button: one target, or none."""
    targets = () if act.price is None else (PlannedTarget(number=1, price=act.price, share=Decimal(1)),)
    account, outlook, instrument = await own_leg(ctx, act.leg)
    await _set_targets(ctx, account, outlook, instrument, targets)


async def take_typed_targets(ctx: UpdateContext, asked: TargetsDialogue) -> None:
    """The next message; one that does not fit is explained and may be sent again."""
    account, outlook, instrument = await own_leg(ctx, asked.leg)
    targets = targets_of(ctx.text, outlook, instrument)
    await _set_targets(ctx, account, outlook, instrument, targets, is_typed=True)


def targets_of(text: str, outlook: LegOutlook, instrument: Instrument | None) -> tuple[PlannedTarget, ...]:
    """64k 66k 68k with 50/30/20 behind them, or 64k 50% 66k 50%, nearest first; () for none. Raises BadInput."""
    words = plain(text).split()
    if len(words) == 1 and is_none(words[0]):
        return ()
    shares: list[Decimal] = []
    if words and _SHARES.fullmatch(words[-1]):
        shares = [Decimal(each.rstrip("%")) / _HUNDRED for each in words.pop().split("/")]
    are_percents = [each.endswith("%") for each in words]
    if are_percents == [False, True] * (len(words) // 2) and not shares:  # as in the line of an order
        words, parts = words[::2], words[1::2]
        shares = [parse_number(each, minimum=Decimal(1), maximum=_HUNDRED, percent=True) / _HUNDRED for each in parts]
        if sum(shares) != 1:  # the exchange closes all that is left at the last one
            raise BadInput("targets-how", most=MOST_TARGETS)
    elif len(set(are_percents)) > 1:
        raise BadInput("targets-how", most=MOST_TARGETS)
    prices = [_price_of(each, outlook, instrument, ahead=True) for each in words]
    if not prices or len(prices) > MOST_TARGETS or None in prices:
        raise BadInput("targets-how", most=MOST_TARGETS)
    shares = shares or [Decimal(1) / len(prices)] * len(prices)
    if len(shares) != len(prices) or sum(shares) > 1 or not all(shares):
        raise BadInput("targets-shares", count=len(prices))
    way = direction(outlook.position.side)
    pairs = sorted(
        zip([each for each in prices if each is not None], shares, strict=True), key=lambda each: each[0] * way
    )
    return tuple(
        PlannedTarget(number=number, price=price, share=share) for number, (price, share) in enumerate(pairs, 1)
    )


async def _move_stop(
    ctx: UpdateContext,
    account: Account,
    outlook: LegOutlook,
    instrument: Instrument | None,
    price: Decimal | None,
    *,
    is_typed: bool = False,
) -> None:
    legs, before = ctx.services.trading.legs, outlook.position.stop_loss
    intent = await legs.move_stop(ctx.config, outlook.leg, price, idempotency_key=ctx.idempotency_key)
    if is_typed:  # what was refused above may be sent again
        await ctx.services.dialogues.end(ctx.user_id)
    figures, none = ctx.viewer.figures, ctx.say.plain("none")
    done = ctx.say(
        "stop-moved",
        before=none if before is None else figures.price(before, instrument),
        after=none if price is None else figures.price(price, instrument),
    )
    await _show_change(ctx, account, outlook, intent, done)


async def _show_change(
    ctx: UpdateContext, account: Account, outlook: LegOutlook, intent: OrderIntent, done: Markup
) -> None:
    async def draw(outcome: ActOutcome) -> Card:
        return level_changed_card(ctx.viewer, account, outlook, outcome.intents[0], done)

    await show_outcome(ctx, (intent,), draw)


async def _set_targets(
    ctx: UpdateContext,
    account: Account,
    outlook: LegOutlook,
    instrument: Instrument | None,
    targets: Sequence[PlannedTarget],
    *,
    is_typed: bool = False,
) -> None:
    legs = ctx.services.trading.legs
    plan = await legs.set_targets(ctx.config, outlook.leg, tuple(targets), idempotency_key=ctx.idempotency_key)
    if is_typed:  # what was refused above may be sent again
        await ctx.services.dialogues.end(ctx.user_id)
    left = tuple(each for each in plan.targets if not each.is_done)
    await ctx.show(targets_set_card(ctx.viewer, account, outlook, instrument, left))


def _price_of(text: str, outlook: LegOutlook, instrument: Instrument | None, *, ahead: bool) -> Decimal | None:
    """64210, 64k, 2%: a price, or a distance from the mark price. None for none. Raises BadInput."""
    level = read_level(plain(text), near=outlook.position.mark_price)
    if level is None:
        return None
    price = level.price
    if level.percent is not None:
        price = at_distance(outlook.position, level.percent, instrument, ahead=ahead)
    if price is None or price <= 0:
        raise BadInput("card-level-below-zero")
    return near_tick(price, instrument)


async def _is_price(ctx: UpdateContext, _: StopDialogue) -> bool:
    return may_be_level(plain(ctx.text))


async def _are_prices(ctx: UpdateContext, _: TargetsDialogue) -> bool:
    words = plain(ctx.text).split()
    return bool(words) and all(may_be_level(each) or _SHARES.fullmatch(each) for each in words)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("sl", stop_command, access=EVERYONE, listed=False),
    command("tp", targets_command, access=EVERYONE, listed=False),
    command("breakeven", breakeven_command, access=EVERYONE, listed=False),
    view(AskStop, ask_stop, access=EVERYONE),
    view(AskTargets, ask_targets, access=EVERYONE),
    view(AskBreakeven, ask_breakeven, access=EVERYONE),
    action(MoveStop, move_stop, access=EVERYONE, repeats=True),
    action(StopToBreakeven, move_to_breakeven, access=EVERYONE, repeats=True),
    action(SetTarget, set_target, access=EVERYONE, repeats=True),
    dialogue(StopDialogue, take_typed_stop, access=EVERYONE, takes=_is_price),
    dialogue(TargetsDialogue, take_typed_targets, access=EVERYONE, takes=_are_prices),
)
