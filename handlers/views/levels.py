"""The prices that matter to a position, and how far each is from the mark price."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from bot.domain.market import Instrument
from bot.domain.portfolio import Position
from bot.domain.trade_plans import PlannedTarget
from handlers.texts.catalog import Markup
from handlers.views.figures import percent_away
from handlers.views.render_context import RenderContext
from handlers.views.tables import columns

FAR: Final = Decimal(1)  # a price that is twice or zero: nobody looks at how far exactly
_TENTH: Final = Decimal("0.1")
_NOT_TOLD: Final = "–"
_MARK: Final = " ⚠️"
_PLANNED: Final = "planned"  # no field of the exchange's: a target that does not stand has its line all the same
Disputed = Mapping[int, Decimal | None]
"""By number the targets that do not stand as they were promised, and where each stands; None: nowhere."""
UNDISPUTED: Final[Disputed] = MappingProxyType({})


def has_no_stop(position: Position) -> bool:
    """Whether nothing limits its loss, for certain: a stop that can't be read is one."""
    return position.stop_loss is None and "stopLoss" not in position.unread


def named_target(viewer: RenderContext, target: PlannedTarget, disputed: Disputed) -> tuple[str, Decimal | None]:
    """Target 2 with its price; of one that does not stand as it was promised ⚠️ and the price where it stands."""
    name = viewer.say.plain("leg-target", number=target.number)
    if target.number not in disputed:
        return name, target.price
    return name + _MARK, disputed[target.number]


def level_table(
    viewer: RenderContext,
    position: Position,
    instrument: Instrument | None,
    targets: Sequence[tuple[str, Decimal | None]] = (),
) -> Markup:
    """Entry, stop, target and liquidation. `targets`, each with its name, stand in the place of the one target."""
    say, figures = viewer.say, viewer.figures
    named = [(name, price, _PLANNED) for name, price in targets]
    prices = (
        (say.plain("position-entry"), position.entry_price, "avgPrice"),
        (say.plain("position-stop"), position.stop_loss, "stopLoss"),
        *(named or [(say.plain("position-target"), position.take_profit, "takeProfit")]),
        (say.plain("position-liquidation"), position.liquidation_price, "liqPrice"),
    )
    rows = []
    for name, price, field in prices:
        if price is not None:
            rows.append((name, figures.price(price, instrument), _distance(viewer, price, position)))
        elif field in {"avgPrice", _PLANNED} or field in position.unread:
            rows.append((name, _NOT_TOLD, ""))
    if position.trailing_stop is not None:
        rows.append((say.plain("position-trailing"), figures.price(position.trailing_stop, instrument), ""))
    head = (say.plain("position-level"), say.plain("order-price"), say.plain("position-away"))
    return columns(_marked_last([head, *rows]))


def _marked_last(rows: Sequence[tuple[str, str, str]]) -> Sequence[tuple[str, str, str]]:
    """Marks at the ends of their lines: fonts draw them in one column or two, which would shift what stands behind."""
    if not any(name.endswith(_MARK) for name, _, _ in rows):
        return rows
    return [
        (name.removesuffix(_MARK), price, far + (_MARK if name.endswith(_MARK) else " " * len(_MARK)))
        for name, price, far in rows
    ]


def away(price: Decimal | None, position: Position, base: Decimal | None = None) -> Decimal | None:
    """How far a price is from the mark price, or from another one, as a fraction of it."""
    base = position.mark_price if base is None else base
    return None if price is None or base is None else percent_away(price, base)


def _distance(viewer: RenderContext, price: Decimal, position: Position) -> str:
    distance = away(price, position)
    if distance is None:
        return _NOT_TOLD
    return viewer.say.plain("position-far") if abs(distance) > FAR else viewer.figures.percent(distance, step=_TENTH)
