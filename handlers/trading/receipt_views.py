"""How a receipt reads: its moments in a table, what it cost, and the ids behind a tap."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from bot.domain.accounts import Account
from bot.domain.ids import MINUTE, Millis
from bot.domain.market import Instrument
from bot.domain.portfolio import Side
from bot.domain.receipts import Receipt, ReceiptStep, StepKind
from bot.domain.trade_plans import ExitReason, OrderIntent
from handlers.core.links import LONGEST_SYMBOL, ShowLeg, ShowReceipt, ShowTrades
from handlers.texts.catalog import Markup, join
from handlers.trading.reasons import reason_text
from handlers.views.cards import Card, Row, button, copy_button
from handlers.views.figures import Figures
from handlers.views.frame import menu_row, notice, screen_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of, quote_of
from handlers.views.tables import table
from handlers.views.times import exact_clock

_MOST_FILLS: Final = 8  # that have rows of their own
_IN_MILLIS: Final = 10_000  # up to which a time is told in milliseconds
_IN_SECONDS: Final = 10 * MINUTE  # up to which it is told in seconds; later ones by the clock
_SECOND: Final = 1_000  # ms
_TENTH: Final = Decimal("0.1")
_PERCENT_STEP: Final = Decimal("0.001")
_BY_THE_EXCHANGE: Final = frozenset(ExitReason) - {ExitReason.MANUAL, ExitReason.ELSEWHERE, ExitReason.UNKNOWN}


def receipt_card(viewer: RenderContext, account: Account, receipt: Receipt, instrument: Instrument | None) -> Card:
    """What it was, how it stands, its moments, what it cost, its ids."""
    lines = [
        viewer.say("receipt-title", symbol=receipt.symbol, account=viewer.account_name(account)),
        _what(viewer, receipt, instrument),
        *_state(viewer, receipt),
    ]
    rows = _moments(viewer, receipt, instrument)
    if rows:
        lines.append(table(rows))
    lines += _notes(viewer, receipt, instrument)
    lines.append(Markup(f"<blockquote expandable>{join(_ids(viewer, receipt))}</blockquote>"))
    return Card(text=join(lines), rows=(_copies(viewer, receipt), _siblings(viewer, receipt), _ways(viewer, receipt)))


def nothing_kept_card(viewer: RenderContext, account: Account, order_id: str) -> Card:
    """Of an order that is older than what is kept, or was never told of here."""
    text = viewer.say("receipt-nothing", account=viewer.account_name(account), order=order_id)
    return notice(text, (*screen_button(viewer, "button-trades", ShowTrades(account.account_id)), *menu_row(viewer)))


def _what(viewer: RenderContext, receipt: Receipt, instrument: Instrument | None) -> Markup:
    say, coin = viewer.say, base_of(receipt.symbol)
    side = receipt.side
    word = "" if side is None else say.plain("side-buy" if side is Side.BUY else "side-sell")
    size = receipt.qty or receipt.filled
    return say(
        "receipt-what",
        kind=_kind(receipt),
        number=0 if receipt.intent is None else receipt.intent.target_number or 0,
        side=word,
        size=viewer.figures.size(size, instrument, coin) if size else say.plain("receipt-whole"),
    )


def _kind(receipt: Receipt) -> str:
    """entry, target, close, reduce; of what was not asked for from here, why it closed, or that it is of elsewhere."""
    if receipt.intent is not None:
        return receipt.intent.kind.value
    return "elsewhere" if receipt.closed is None else f"by-{receipt.closed.exit_reason.value}"


def _state(viewer: RenderContext, receipt: Receipt) -> Iterable[Markup]:
    """How it stands, and why where something stood against it."""
    intent = receipt.intent
    if intent is None:
        if receipt.order is not None and not receipt.fills:
            yield viewer.say("receipt-state", state="open")
        return
    state = "counting" if intent.is_counting else intent.state.value
    is_part = intent.cum_exec_qty > 0 and state in {"canceled", "rejected"}
    yield viewer.say("receipt-state", state="part" if is_part else state)
    if intent.reason or intent.code:
        yield _reason(viewer, intent)


def _reason(viewer: RenderContext, intent: OrderIntent) -> Markup:
    text = reason_text(viewer.say, intent.leg.symbol, intent.reason, intent.code or 0)
    return viewer.say("receipt-reason", reason=text, code=intent.code or 0)


# --- its moments ------------------------------------------------------------------------------------------------------


def _moments(viewer: RenderContext, receipt: Receipt, instrument: Instrument | None) -> list[tuple[str, str]]:
    """When it began, by the reader's clock; then how much later each thing was."""
    steps, rows, fills = receipt.steps, list[tuple[str, str]](), 0
    for number, step in enumerate(steps):
        when = _exact(viewer, step.ts) if number == 0 else _later(viewer, step.ts, steps[0].ts)
        if step.kind is StepKind.FILLED and step.fill is not None:
            fills += 1
            if fills > _MOST_FILLS:
                continue
        rows += _moment(viewer, step, when, instrument)
    if fills > _MOST_FILLS:
        last = [each for each in steps if each.kind is StepKind.FILLED][-1]
        label = viewer.say.plain("receipt-more-fills", count=fills - _MOST_FILLS)
        rows.append((label, _later(viewer, last.ts, steps[0].ts)))
    return rows


def _moment(
    viewer: RenderContext, step: ReceiptStep, when: str, instrument: Instrument | None
) -> Iterable[tuple[str, str]]:
    say, figures = viewer.say, viewer.figures
    size = "" if step.fill is None else figures.size(step.fill.exec_qty, instrument)
    label = say.plain("receipt-step", step=step.kind.value, size=size, number=step.number)
    yield label.strip(), when
    if step.fill is not None and step.fill.exec_price is not None:
        yield "  @", figures.price(step.fill.exec_price, instrument)


def _exact(viewer: RenderContext, at: Millis) -> str:
    return exact_clock(at, viewer.now, viewer.config.settings.time_zone if viewer.owner is None else "UTC")


def _later(viewer: RenderContext, at: Millis, began: Millis) -> str:
    """+190 ms, +75.2 s; of what was much later, or before it by another clock, the moment itself."""
    wait, figures = at - began, viewer.figures
    if wait < 0 or wait >= _IN_SECONDS:
        return _exact(viewer, at)
    if wait < _IN_MILLIS:
        return viewer.say.plain("receipt-millis", wait=figures.count(wait))
    return viewer.say.plain("receipt-seconds", wait=figures.number(Decimal(wait) / _SECOND, _TENTH))


# --- what it cost, and its ids ----------------------------------------------------------------------------------------


def _notes(viewer: RenderContext, receipt: Receipt, instrument: Instrument | None) -> Iterable[Markup]:
    say, figures, quote = viewer.say, viewer.figures, quote_of(receipt.symbol)
    average = receipt.average
    if average is not None:
        yield say("receipt-average", price=figures.price(average, instrument))
    slip = receipt.slippage
    if slip is not None:
        yield say(
            "receipt-slippage",
            money=f"{figures.small(slip.money, signed=True)} {quote}",
            share=figures.percent(slip.fraction, step=_PERCENT_STEP),
            price=figures.price(slip.price, instrument),
            way="worse" if slip.money > 0 else "better" if slip.money < 0 else "none",
        )
    if receipt.fees:
        yield say("receipt-fees", fees=_fees(figures, receipt))
    closed = receipt.closed
    if closed is not None:
        yield say("receipt-result", pnl=figures.money(closed.pnl, quote, signed=True))
    if receipt.filled and not receipt.fills:
        yield say("receipt-no-fills")
    marks = receipt.marks
    if marks.unknown_ts is not None:
        yield say("receipt-unknown", settled=int(marks.settled_ts is not None), count=marks.questions)
    if receipt.intent is None:
        by_itself = closed is not None and closed.exit_reason in _BY_THE_EXCHANGE
        yield say("receipt-not-ours", who="exchange" if by_itself else "other" if closed is None else "somebody")


def _fees(figures: Figures, receipt: Receipt) -> str:
    return ", ".join(f"{figures.small(fee)} {coin or quote_of(receipt.symbol)}" for coin, fee in receipt.fees)


def _ids(viewer: RenderContext, receipt: Receipt) -> Iterable[Markup]:
    say = viewer.say
    if receipt.marks.request_id:
        yield say("receipt-request-id", id=receipt.marks.request_id)
    if receipt.order_id:
        yield say("receipt-order-id", id=receipt.order_id)
    if receipt.order_link_id:
        yield say("receipt-link-id", id=receipt.order_link_id)
    yield say("receipt-clock", zone=viewer.zone_name)


def _copies(viewer: RenderContext, receipt: Receipt) -> Row:
    """[Copy for Bybit's support]: every id in one line, none of which is a secret."""
    ids = [each for each in (receipt.marks.request_id, receipt.order_id, receipt.order_link_id) if each]
    return (copy_button(viewer.say.plain("button-receipt-copy"), " ".join(ids)),) if ids else ()


def _siblings(viewer: RenderContext, receipt: Receipt) -> Row:
    """◀ ▶ through the orders of the same trade."""
    mine, orders = receipt.intent, receipt.siblings
    places = [place for place, each in enumerate(orders) if mine is not None and each.intent_id == mine.intent_id]
    if not places or len(orders) < 2:  # noqa: PLR2004  one has no neighbors
        return ()
    here = places[0]
    ways = ((here - 1, "receipt-before"), (here + 1, "receipt-after"))
    return tuple(
        button(
            viewer.say.plain(key, kind=orders[to].kind.value, number=orders[to].target_number or 0),
            viewer.data(ShowReceipt(orders[to].intent_id)),
        )
        for to, key in ways
        if 0 <= to < len(orders)
    )


def _ways(viewer: RenderContext, receipt: Receipt) -> Row:
    """The position, as far as there is one, the trades, the menu."""
    leg: Row = ()
    plan = receipt.plan
    if plan is not None and plan.ended_ts is None and len(receipt.symbol) <= LONGEST_SYMBOL:
        code = ShowLeg(plan.account_id, plan.symbol, plan.position_idx)
        leg = (button(viewer.say.plain("button-live-position"), viewer.data(code)),)
    trades = screen_button(viewer, "button-trades", ShowTrades(receipt.account_id))
    return (*leg, *trades, *menu_row(viewer))
