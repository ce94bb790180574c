"""A stop that follows the price: by button, by `/trail btc 2%`, or by the words for it; shown before it is set."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.errors import BadInput
from bot.domain.leg_rules import check_trailing
from bot.domain.legs import LegOutlook
from bot.domain.market import Instrument
from bot.domain.order_drafts import PriceLevel
from bot.domain.size_words import is_none, read_level
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from handlers.core.context import UpdateContext
from handlers.core.plain_words import plain
from handlers.core.specs import EVERYONE, HandlerSpec, action, command, dialogue, view
from handlers.trading.leg_codes import AskTrail, LegName, ShowTrail
from handlers.trading.leg_views import distance_text
from handlers.trading.legs import ActOutcome, known_instrument, may_be_level, named_leg, own_leg, show_outcome
from handlers.trading.level_views import at_distance, level_changed_card, near_tick
from handlers.trading.trail_views import TRAIL_DISTANCES, TrailWish, ask_trail_card, trail_card
from handlers.views.cards import Card

_PERCENT: Final = 100  # hundredths of a percent in a percent
_HUNDRED: Final = Decimal(100)
_MOST: Final = Decimal("0.5")  # of the price: beyond it a price was typed, not a distance
_FROM: Final = frozenset(
    {
        *("from", "at", "start", "starts", "after", "stop", "by", "с", "со", "от", "после", "на", "стоп"),
        *("від", "з", "зі", "із", "після"),
    }
)  # between the distance and where it starts


@dataclass(frozen=True, slots=True, kw_only=True)
class SetTrailing(ButtonAction):
    """[Set it], [Take it away]. `distance` None takes the trailing stop away; it starts at `active`, None: at once."""

    ACTION = "trade.trail"
    leg: LegName
    distance: Decimal | None = None
    active: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailDialogue(DialoguePayload):
    """How far the stop shall follow: a percentage or a difference of prices, and from which price on; or none."""

    DIALOGUE = "trade.trail"
    leg: LegName


async def trail_command(ctx: UpdateContext) -> None:
    """`/trail btc 2%`, `/trail btc 2% from 66k`, `/trail btc off`; without a distance it asks for one."""
    account, outlook, rest = await named_leg(ctx, ctx.arguments)
    instrument = await known_instrument(ctx, outlook.leg.symbol)
    if rest:
        await _show_wish(ctx, account, outlook, instrument, trail_of(rest, outlook, instrument))
    else:
        await _ask(ctx, account, outlook, instrument)


async def ask_trail(ctx: UpdateContext, code: AskTrail) -> None:
    """[Trail]: presets, and a typed distance is taken, too."""
    await _ask(ctx, *await own_leg(ctx, LegName(code.account_id, code.symbol, code.position_idx)))


async def show_trail(ctx: UpdateContext, code: ShowTrail) -> None:
    """A preset: what it would mean, with the button that sets it."""
    account, outlook, instrument = await own_leg(ctx, LegName(code.account_id, code.symbol, code.position_idx))
    wish = None
    if code.hundredths:
        percent = Decimal(code.hundredths) / _PERCENT
        wish = TrailWish(distance=_distance(percent, outlook, instrument))
    await _show_wish(ctx, account, outlook, instrument, wish)


async def take_typed_trail(ctx: UpdateContext, asked: TrailDialogue) -> None:
    """The next message; one that does not fit is explained and may be sent again."""
    account, outlook, instrument = await own_leg(ctx, asked.leg)
    wish = trail_of(ctx.text.split(), outlook, instrument)
    await ctx.services.dialogues.end(ctx.user_id)
    await _show_wish(ctx, account, outlook, instrument, wish)


async def set_trailing(ctx: UpdateContext, act: SetTrailing) -> None:
    """Confirmed. Raises BadInput where the price has passed the start."""
    account, outlook, instrument = await own_leg(ctx, act.leg)
    intent = await ctx.services.trading.legs.trail(
        ctx.config, outlook.leg, act.distance, active=act.active, idempotency_key=ctx.idempotency_key
    )
    done = ctx.say("trail-off")
    if act.distance is not None:
        distance = distance_text(ctx.viewer, outlook, act.distance, instrument)
        start = "" if act.active is None else ctx.viewer.figures.price(act.active, instrument)
        done = ctx.say("trail-set", distance=distance, start=start, starts=int(act.active is not None))

    async def draw(outcome: ActOutcome) -> Card:
        return level_changed_card(ctx.viewer, account, outlook, outcome.intents[0], done)

    await show_outcome(ctx, (intent,), draw)


def trail_of(words: Sequence[str], outlook: LegOutlook, instrument: Instrument | None) -> TrailWish | None:
    """2%; 500; 2% from 66k; None for none. Raises BadInput."""
    left = [word for each in words if (word := plain(each)) not in _FROM]
    if len(left) == 1 and is_none(left[0]):
        return None
    if not 1 <= len(left) <= 2:  # noqa: PLR2004  a distance, and where it starts
        raise BadInput("trail-how")
    distance, *start = left
    active = read_level(start[0], near=outlook.position.mark_price) if start else None
    level = read_level(distance)
    if level is None:
        raise BadInput("trail-how")
    wish = TrailWish(
        distance=_distance(level.percent, outlook, instrument, level.price),
        active=None if active is None else _start(active, outlook, instrument),
    )
    mark = outlook.position.mark_price
    if instrument is not None and mark is not None:
        check_trailing(outlook.position, wish.distance, wish.active, mark, instrument)
    return wish


def _distance(
    percent: Decimal | None, outlook: LegOutlook, instrument: Instrument | None, price: Decimal | None = None
) -> Decimal:
    """On the tick, one at least. Raises BadInput where it is more than half of the price, or no price is known."""
    mark = outlook.position.mark_price
    if mark is None:
        raise BadInput("trail-no-price")
    distance = mark * (percent or Decimal(0)) / _HUNDRED if price is None else price
    if distance > mark * _MOST:
        raise BadInput("trail-how")
    found = near_tick(distance, instrument)
    return found or (distance if instrument is None else instrument.tick_size)


def _start(level: PriceLevel, outlook: LegOutlook, instrument: Instrument | None) -> Decimal:
    """Where it begins to follow: a price, or so many percent ahead of the mark price."""
    if level.price is not None:
        return near_tick(level.price, instrument)
    start = at_distance(outlook.position, level.percent or Decimal(0), instrument, ahead=True)
    if start is None:
        raise BadInput("trail-no-price")
    return start


async def _ask(ctx: UpdateContext, account: Account, outlook: LegOutlook, instrument: Instrument | None) -> None:
    leg = outlook.leg
    key = (leg.account_id, leg.symbol, leg.position_idx)
    presets = [*(ShowTrail(*key, int(each * _PERCENT)) for each in TRAIL_DISTANCES), ShowTrail(*key, 0)]
    await ctx.services.dialogues.begin(ctx.user_id, TrailDialogue(leg=LegName(*key)))
    await ctx.show(ask_trail_card(ctx.viewer, account, outlook, instrument, presets))


async def _show_wish(
    ctx: UpdateContext, account: Account, outlook: LegOutlook, instrument: Instrument | None, wish: TrailWish | None
) -> None:
    leg = outlook.leg
    name = LegName(leg.account_id, leg.symbol, leg.position_idx)
    act = SetTrailing(leg=name)
    if wish is not None:
        act = SetTrailing(leg=name, distance=wish.distance, active=wish.active)
    label = ctx.say.plain("button-trail-off" if wish is None else "button-trail-set")
    (made,) = await ctx.buttons([(label, act)])
    await ctx.show(trail_card(ctx.viewer, account, outlook, instrument, wish, made))


async def _is_trail(ctx: UpdateContext, _: TrailDialogue) -> bool:
    words = [word for each in ctx.text.split() if (word := plain(each)) not in _FROM]
    return bool(words) and all(map(may_be_level, words))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("trail", trail_command, access=EVERYONE, listed=False),
    view(AskTrail, ask_trail, access=EVERYONE),
    view(ShowTrail, show_trail, access=EVERYONE),
    action(SetTrailing, set_trailing, access=EVERYONE, repeats=True),
    dialogue(TrailDialogue, take_typed_trail, access=EVERYONE, takes=_is_trail),
)
