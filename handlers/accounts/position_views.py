"""An account's open positions: one by one with every level, or one line each, the riskiest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.disagreements import Disagreement, disputed_targets
from bot.domain.ids import Symbol
from bot.domain.market import Instrument
from bot.domain.portfolio import LegKey, Position, Positions, Side
from bot.domain.trade_plans import PlannedTarget
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.accounts.callbacks import ShowPositionDetails
from handlers.accounts.views import lost_lines, other_screens, symbol_rows, told_money
from handlers.core.links import LONGEST_SYMBOL, ShowCloses, ShowLeg, ShowPositions, ShowVanish
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, Row, button, in_rows
from handlers.views.figures import CENT, Figures, arrow
from handlers.views.frame import (
    account_tabs,
    footer,
    menu_row,
    page_lines,
    page_of,
    page_row,
    refresh_button,
    screen_button,
)
from handlers.views.levels import FAR, Disputed, away, has_no_stop, level_table, named_target
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, quote_of
from handlers.views.tables import cut, named_columns

IN_DETAIL: Final = 3  # positions that are shown with every level at once
IN_LINES: Final = 8  # positions a page, one line each
_LEGS_IN_A_ROW: Final = 3
_NAME_WIDTH: Final = 6  # characters
_SEVERAL: Final = 2  # positions from which closing several is worth a button
_SCALES: Final = ((10_000_000, 1_000_000, "M"), (100_000, 1_000, "K"))  # USDT from which its digits have no room
_WHOLE_FROM: Final = 1_000  # USDT from which a line has no room for cents
_NAMED: Final = 4  # symbols without a stop that are told by name
_TENTH: Final = Decimal("0.1")
_BLANK: Final = Markup("")
_ZERO: Final = Decimal(0)
_UNIT: Final = Decimal(1)
_NOT_TOLD: Final = "–"
PositionsShown = Shown[WithInstruments[Positions]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Of the plans of an account the targets to be reached yet, nearest first, and what Bybit shows otherwise."""

    targets: Mapping[LegKey, Sequence[PlannedTarget]] = field(default_factory=dict)
    disagreements: Sequence[Disagreement] = ()

    def of(self, leg: LegKey) -> Sequence[PlannedTarget]:
        """The targets that are left of one leg."""
        return self.targets.get(leg, ())

    def disputed(self, leg: LegKey) -> Disputed:
        """Those of them that do not stand as they were promised."""
        return disputed_targets(self.disagreements, leg, self.of(leg))


NOTHING_PLANNED: Final = Planned()


def positions_card(
    viewer: RenderContext,
    account: Account,
    shown: PositionsShown,
    page_number: int = 0,
    planned: Planned = NOTHING_PLANNED,
) -> Card:
    """Three and fewer with every level; more in a line each."""
    if shown.value is None or len(shown.value.value.items) <= IN_DETAIL:
        return position_details_card(viewer, account, shown, page_number, planned)
    items = by_risk(shown.value.value.items)
    page = page_of(items, page_number, IN_LINES)
    say = viewer.say
    unprotected = _unprotected(items)
    parts = _head(viewer, account, shown.value.value)
    if unprotected:
        named = ", ".join(unprotected[:_NAMED])
        parts.append(say("positions-unprotected", symbols=named, more=max(0, len(unprotected) - _NAMED)))
    counts = [
        len(planned.of(each.leg_key(account.account_id))) or int(each.take_profit is not None) for each in page.items
    ]
    parts += [_lines(viewer, page.items, counts), say("positions-legend"), *page_lines(viewer, page)]
    parts.append(footer(viewer, shown))
    details = button(say.plain("button-details"), viewer.data(ShowPositionDetails(account.account_id, 0)))
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowPositions),
            *_leg_rows(viewer, account, page.items, planned),
            page_row(viewer, page, lambda number: ShowPositions(account.account_id, number)),
            _close_row(viewer, account, items),
            other_screens(viewer, account, ShowPositions),
            _vanish(viewer, account),
            (details, *refresh_button(viewer, ShowPositions(account.account_id, page.number)), *menu_row(viewer)),
        ),
    )


def position_details_card(
    viewer: RenderContext,
    account: Account,
    shown: PositionsShown,
    page_number: int = 0,
    planned: Planned = NOTHING_PLANNED,
) -> Card:
    """Size, value, PnL, and the distance of the mark price to entry, stop, target and liquidation."""
    say = viewer.say
    items = by_risk(shown.value.value.items) if shown.value is not None else ()
    page = page_of(items, page_number, IN_DETAIL)
    parts = [_title(viewer, account)] if shown.value is None else _head(viewer, account, shown.value.value)
    for position in page.items:
        instrument = shown.value.instrument(position.category, position.symbol) if shown.value is not None else None
        parts += [_BLANK, *_position(viewer, position, instrument, _named_targets(viewer, account, position, planned))]
    parts += [_BLANK, *page_lines(viewer, page), footer(viewer, shown)]
    code = ShowPositionDetails if len(items) > IN_DETAIL else ShowPositions
    whole = button(say.plain("button-all-positions"), viewer.data(ShowPositions(account.account_id, 0)))
    list_button = (whole,) if len(items) > IN_DETAIL else ()
    return Card(
        text=join(parts),
        rows=(
            account_tabs(viewer, account, ShowPositions),
            *_leg_rows(viewer, account, page.items, planned),
            page_row(viewer, page, lambda number: ShowPositionDetails(account.account_id, number)),
            _close_row(viewer, account, items),
            other_screens(viewer, account, ShowPositions),
            _vanish(viewer, account),
            (*list_button, *refresh_button(viewer, code(account.account_id, page.number)), *menu_row(viewer)),
        ),
    )


def _leg_rows(viewer: RenderContext, account: Account, items: Sequence[Position], planned: Planned) -> tuple[Row, ...]:
    """[BTC Long]: each position's own card, where it is closed and its stop moved.

    ⚠️ marks one without a stop, and one of which the exchange shows something else than was promised.

    Prices instead, for accounts whose orders are not placed here.
    """
    if not viewer.trades(account):
        return symbol_rows(viewer, items, marked=_unprotected(items))

    disputed = {each.leg for each in planned.disagreements}

    def label(each: Position) -> str:
        side = viewer.say.plain("side-long" if each.side is Side.BUY else "side-short")
        is_odd = has_no_stop(each) or each.leg_key(account.account_id) in disputed
        return f"{'⚠️ ' if is_odd else ''}{base_of(each.symbol)} {side}"

    return in_rows(
        [
            button(label(each), viewer.data(ShowLeg(account.account_id, each.symbol, each.position_idx)))
            for each in items
            if each.symbol.isalnum() and len(each.symbol) <= LONGEST_SYMBOL  # dated contracts are not traded here
        ],
        _LEGS_IN_A_ROW,
    )


def _close_row(viewer: RenderContext, account: Account, items: Sequence[Position]) -> Row:
    """[Close several]: all of them, half of each, winners, losers, longs, shorts."""
    if len(items) < _SEVERAL or not viewer.trades(account):
        return ()
    return (button(viewer.say.plain("button-close-several"), viewer.data(ShowCloses(account.account_id))),)


def _named_targets(
    viewer: RenderContext, account: Account, position: Position, planned: Planned
) -> list[tuple[str, Decimal | None]]:
    """Those planned ones that are left; none where the position's own take profit says it all."""
    leg = position.leg_key(account.account_id)
    targets, disputed = planned.of(leg), planned.disputed(leg)
    if len(targets) <= 1 and not disputed:
        return []
    return [named_target(viewer, each, disputed) for each in targets]


def _vanish(viewer: RenderContext, account: Account) -> Row:
    """[If I vanish]: what of all that would go on without this bot."""
    return screen_button(viewer, "button-vanish", ShowVanish(account.account_id))


def by_risk(positions: Sequence[Position]) -> tuple[Position, ...]:
    """Those without a stop first, then the nearest to liquidation."""
    return tuple(sorted(positions, key=lambda each: (not has_no_stop(each), _nearness(each))))


def _nearness(position: Position) -> Decimal:
    distance = away(position.liquidation_price, position)
    return Decimal("Infinity") if distance is None else abs(distance)


def _title(viewer: RenderContext, account: Account) -> Markup:
    return viewer.say("positions-title", account=viewer.account_name(account))


def _head(viewer: RenderContext, account: Account, positions: Positions) -> list[Markup]:
    """How many, their result, and those that can't be read."""
    say, items = viewer.say, positions.items
    parts = [_title(viewer, account)]
    if items:
        total = _total([each.unrealised_pnl for each in items])
        pnl = told_money(viewer, total, "USDT", signed=True)
        parts.append(say("positions-total", count=len(items), arrow=_arrow(total), pnl=pnl))
    elif positions.is_flat:
        parts.append(say("positions-none"))
    return parts + lost_lines(viewer, "positions-unreadable", positions.unreadable)


def _total(results: Sequence[Decimal | None]) -> Decimal | None:
    """Of all of them; None if one is not told."""
    told = [each for each in results if each is not None]
    return sum(told, _ZERO) if len(told) == len(results) else None


def _arrow(result: Decimal | None) -> str:
    return "?" if result is None else arrow(result)


def _unprotected(items: Sequence[Position]) -> list[Symbol]:
    return [each.symbol for each in items if has_no_stop(each)]


def _lines(viewer: RenderContext, items: Sequence[Position], targets: Sequence[int]) -> Markup:
    say = viewer.say
    heads = ("positions-symbol", "position-pnl", "positions-stop", "positions-liquidation", "positions-targets")
    lines = (_line(viewer, each, count) for each, count in zip(items, targets, strict=True))
    return named_columns([tuple(say.plain(key) for key in heads), *lines])


def _line(viewer: RenderContext, position: Position, targets: int) -> tuple[str, str, str, str, str]:
    figures = viewer.figures
    side = viewer.say.plain("side-long-letter" if position.side is Side.BUY else "side-short-letter")
    pnl = position.unrealised_pnl
    return (
        f"{cut(base_of(position.symbol), _NAME_WIDTH)} {side}",
        _NOT_TOLD if pnl is None else _result_text(figures, pnl),
        _far(figures, position.stop_loss, position),
        _far(figures, position.liquidation_price, position),
        str(targets) if targets else _NOT_TOLD,
    )


def _result_text(figures: Figures, pnl: Decimal) -> str:
    """In seven characters: cents, from a thousand on whole, from a hundred thousand on +348K, then +12M."""
    for least, scale, name in _SCALES:
        if abs(pnl) >= least:
            return figures.number(pnl / scale, _UNIT, signed=True) + name
    return figures.number(pnl, _UNIT if abs(pnl) >= _WHOLE_FROM else CENT, signed=True)


def _far(figures: Figures, price: Decimal | None, position: Position) -> str:
    """How far from the mark price, in percent."""
    far = away(price, position)
    return _NOT_TOLD if far is None or abs(far) > FAR else _points(figures, far)


def _points(figures: Figures, fraction: Decimal) -> str:
    """Percent without its sign, which stands in the head: +12.3, −104."""
    return figures.number(fraction * 100, _TENTH if abs(fraction) < 1 else _UNIT, signed=True)


def _position(
    viewer: RenderContext,
    position: Position,
    instrument: Instrument | None,
    targets: Sequence[tuple[str, Decimal | None]],
) -> list[Markup]:
    say = viewer.say
    side = say.plain("side-long" if position.side is Side.BUY else "side-short")
    leverage = "" if position.leverage is None else f" · {viewer.figures.number(position.leverage)}x"
    leg = "" if position.position_idx == 0 else f" · {say.plain('position-hedge')}"
    lines = [
        say("position-head", symbol=position.symbol, side=side, more=leverage + leg),
        _result(viewer, position),
        *_worth(viewer, position, instrument),
    ]
    if has_no_stop(position):
        lines.append(say("position-unprotected"))
    lines.append(level_table(viewer, position, instrument, targets))
    if position.liquidation_price is None and "liqPrice" not in position.unread:
        lines.append(say("position-no-liquidation"))
    return lines


def _worth(viewer: RenderContext, position: Position, instrument: Instrument | None) -> list[Markup]:
    """The size and its value, and the mark price that the value is at, with the move since entry."""
    say, figures, mark = viewer.say, viewer.figures, position.mark_price
    size = figures.size(position.size, instrument, base_of(position.symbol))
    if mark is None:
        return [say("position-size-alone", size=size)]
    move = away(mark, position, position.entry_price)
    return [
        say("position-worth", size=size, value=figures.money(mark * position.size, quote_of(position.symbol))),
        say(
            "position-mark",
            mark=figures.price(mark, instrument),
            move=_NOT_TOLD if move is None else figures.change(move),
        ),
    ]


def _result(viewer: RenderContext, position: Position) -> Markup:
    pnl, roi = position.unrealised_pnl, _return_on_margin(position)
    return viewer.say(
        "position-result",
        arrow=_arrow(pnl),
        pnl=told_money(viewer, pnl, quote_of(position.symbol), signed=True),
        roi=_NOT_TOLD if roi is None else viewer.figures.change(roi),
    )


def _return_on_margin(position: Position) -> Decimal | None:
    """PnL by the margin that was put up: value at entry / leverage, as Bybit's own ROI. None where it is not known."""
    pnl, entry, leverage = position.unrealised_pnl, position.entry_price, position.leverage
    if pnl is None or not entry or not leverage:
        return None
    return pnl / (entry * position.size / leverage)
