"""What is said before an account goes from here, with its key or its owner: what stands there, and what is unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import Millis
from bot.domain.intent_states import UNDECIDED
from bot.domain.patience import BYBIT
from bot.domain.portfolio import Orders, Position, Positions, Side
from bot.domain.trade_plans import OrderIntent
from bot.services.instruments import WithInstruments
from handlers.core.context import UpdateContext, known_or_trouble
from handlers.texts.catalog import Markup, join
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of

_NAMED: Final = 5  # positions that are told one by one


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands in an account: its sentences. `is_empty`: nothing does, and that was read."""

    lines: tuple[Markup, ...]
    is_empty: bool


async def what_stands(ctx: UpdateContext, account: Account) -> Standing:
    """Positions and orders as the screens show them."""
    screens = ctx.services.account_screens
    positions = (await known_or_trouble(lambda: screens.positions(account))).value
    orders = (await known_or_trouble(lambda: screens.orders(account))).value
    if positions is None or orders is None:
        return Standing(lines=(ctx.say("leaving-unread"),), is_empty=False)
    is_empty = not positions.value.items and not orders.value.items
    return Standing(lines=tuple(_standing(ctx.viewer, account, positions, orders)), is_empty=is_empty)


def what_may_fill(ctx: UpdateContext, left: Sequence[OrderIntent]) -> Markup:
    """Orders that are unknown, and until when; entries whose cancel was refused."""
    say, now = ctx.say, ctx.services.clock.now()
    unknown = [each for each in left if each.state in UNDECIDED]
    lines = []
    if unknown:
        last = max((each.sent_ts or each.created_ts) + BYBIT.window for each in unknown)
        time = ctx.viewer.when(Millis(last if last > now else now + BYBIT.over))
        lines.append(say("leaving-unknown", count=len(unknown), time=time))
    if len(unknown) < len(left):
        lines.append(say("leaving-refused", count=len(left) - len(unknown)))
    return join([*lines, say("leaving-anyway")])


def _standing(
    viewer: RenderContext, account: Account, positions: WithInstruments[Positions], orders: WithInstruments[Orders]
) -> Iterable[Markup]:
    say = viewer.say
    held, resting = positions.value.items, orders.value.items
    if not held and not resting:
        yield say("leaving-nothing")
        return
    if held:
        names = ", ".join(_named(viewer, each, positions) for each in held[:_NAMED])
        yield say("leaving-stays", names=names, more=max(0, len(held) - _NAMED), orders=len(resting))
    else:
        yield say("leaving-orders", orders=len(resting))
    if viewer.trades(account):
        yield say("leaving-entries")


def _named(viewer: RenderContext, position: Position, known: WithInstruments[Positions]) -> str:
    """BTC Long 0.01."""
    side = viewer.say.plain("side-long" if position.side is Side.BUY else "side-short")
    size = viewer.figures.size(position.size, known.instrument(position.category, position.symbol))
    return f"{base_of(position.symbol)} {side} {size}"
