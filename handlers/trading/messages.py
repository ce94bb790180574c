"""What became of orders while nobody looked: fills, stops, targets, liquidations, disagreements."""

from decimal import Decimal
from typing import Final

from bot.domain.closings import (
    EntriesHaltedMessage,
    EntriesUnlicensedMessage,
    RestingEntriesMessage,
    UpdatesTakenMessage,
)
from bot.domain.disagreements import LegFacts
from bot.domain.drills import DrillOverMessage
from bot.domain.ids import Millis
from bot.domain.maintenance import MaintenanceMessage
from bot.domain.orders import TriggerBy, opposite
from bot.domain.portfolio import Side
from bot.domain.trade_messages import (
    BreakevenMessage,
    ClosedMessage,
    EntryMessage,
    ExitRefusedMessage,
    FoundOrderMessage,
    LegForeignMessage,
    MarginModeMessage,
    PositionGoneMessage,
    StopChangedMessage,
    StopMissingMessage,
    TargetGoneMessage,
    TradeMessage,
)
from bot.domain.trade_plans import LIVE, IntentState
from handlers.core.links import RunCommand, ShowCancels, ShowClosed, ShowLeg, ShowPositions, ShowReceipt
from handlers.core.messages import MessageSpec, message, message_card
from handlers.texts.catalog import Markup, Translator, join
from handlers.trading.brief_orders import brief_lines
from handlers.trading.drill_views import drill_over
from handlers.trading.leg_codes import WHOLE, AskClose, AskStop, OrderAgain, ShowDisagreement
from handlers.trading.leg_views import target_line
from handlers.trading.limit_messages import LIMIT_MESSAGES
from handlers.trading.reasons import reason_text
from handlers.views.cards import Card, Row, button
from handlers.views.figures import Figures, arrow
from handlers.views.receipts import receipt_button
from handlers.views.render_context import account_name
from handlers.views.results import share_row
from handlers.views.symbols import base_of, quote_of
from handlers.views.times import moment

_DIGITS: Final = 7
_REST: Final = {Side.BUY: "button-rest-buy", Side.SELL: "button-rest-sell"}
_OVER: Final = frozenset(IntentState) - LIVE
_UNANSWERED: Final = frozenset({IntentState.UNKNOWN, IntentState.NOT_PLACED})  # a code of theirs was no refusal


def entry(say: Translator, told: EntryMessage) -> Card:
    """Filled, wholly or in part, refused, or never sent; never failed while nobody knows."""
    figures, coin = Figures(say.language), base_of(told.symbol)
    price = _price(say, told.avg_price, told.tick)
    side = say.plain("side-buy" if told.side is Side.BUY else "side-sell")
    if told.filled:
        text = say(
            "told-entry-filled",
            side=side,
            filled=figures.size(told.filled, None, coin),
            price=price,
            rest=figures.size(max(told.qty - told.filled, Decimal(0)), None, coin),
            whole=int(told.filled >= told.qty),
        )
    else:
        size = figures.size(told.qty, None, coin)
        text = say(
            "told-entry-none",
            side=side,
            size=size,
            state=told.state.value,
            reason=reason_text(say, told.symbol, told.reason, 0 if told.state in _UNANSWERED else told.code),
        )
    return _card(say, told, text, first=_again(say, told), receipt=_receipt_of(say, told))


def closed(say: Translator, told: ClosedMessage) -> Card:
    """Why it was closed, what it brought, and what it cost."""
    figures, unit, coin = Figures(say.language), quote_of(told.symbol), base_of(told.symbol)
    side = say.plain("side-long" if told.side is Side.BUY else "side-short")
    lines = [
        say(
            "told-closed",
            reason=told.exit_reason.value,
            side=side,
            size=figures.size(told.qty, None, coin),
            target=told.target,
        ),
        say("told-closed-prices", **_both(say, told.tick, entry=told.avg_entry_price, exit=told.avg_exit_price)),
        say("closing-result", arrow=arrow(told.pnl), pnl=figures.money(told.pnl, unit, signed=True)),
        say(
            "closing-cost",
            fees=figures.money(told.fees, unit),
            slippage="" if told.slippage is None else figures.money(told.slippage, unit),
            known=int(told.slippage is not None),
        ),
    ]
    if told.funding:
        lines.append(say("closing-funding", funding=figures.money(-told.funding, unit, signed=True)))
    if told.remaining:
        lines.append(say("told-remaining", size=figures.size(told.remaining, None, coin)))
    if told.whole is not None:
        whole = figures.money(told.whole, unit, signed=True)
        lines.append(say("told-closed-whole", whole=whole, count=told.closes))
    receipt = receipt_button(say.plain("button-receipt"), told.account_id, told.order_id)
    share = share_row(say.plain("button-share"), told.account_id, told.order_id, told.position_idx)
    return _card(say, told, join(lines), is_open=bool(told.remaining), receipt=receipt, first=share)


def exit_refused(say: Translator, told: ExitRefusedMessage) -> Card:
    """A close, a stop or a target that the exchange does not take: what to do instead."""
    text = say(
        "told-exit-refused",
        intent=told.intent.value,
        target=told.target,
        reason=reason_text(say, told.symbol, told.reason, told.code),
    )
    if not told.blocking:
        return _card(say, told, text)
    lines = [text, *brief_lines(say, told.blocking)]
    cancels = button(say.plain("button-cancel-some"), ShowCancels(told.account_id).encode())
    return _card(say, told, join(lines), first=(cancels,))


def stop_missing(say: Translator, told: StopMissingMessage) -> Card:
    """The promised stop is not there yet; it is being set."""
    stop = _price(say, told.stop, told.tick)
    return _card(say, told, say("told-stop-missing", stop=stop), closes=True)


def stop_changed(say: Translator, told: StopChangedMessage) -> Card:
    """Bybit and I disagree: what was promised, and what stands there."""
    is_stop = (told.stop, told.take_profit) != (told.stop_seen, told.take_profit_seen)
    is_alone = not is_stop and (told.stop_by, told.take_profit_by) == (told.stop_by_seen, told.take_profit_by_seen)
    lines = [say("told-trailing-changed" if is_alone and told.trailing != told.trailing_seen else "told-stop-changed")]
    stops = (told.stop, told.stop_by), (told.stop_seen, told.stop_by_seen)
    targets = (told.take_profit, told.take_profit_by), (told.take_profit_seen, told.take_profit_by_seen)
    for key, (promised, seen) in (("told-stop-was", stops), ("told-target-was", targets)):
        if promised != seen:
            prices = _both(say, told.tick, promised=promised[0], seen=seen[0])
            levels = (_level(say, prices["promised"], promised[1]), _level(say, prices["seen"], seen[1]))
            lines.append(say(key, promised=levels[0], seen=levels[1]))
    if told.trailing != told.trailing_seen:
        lines.append(say("told-trailing-was", **_both(say, told.tick, promised=told.trailing, seen=told.trailing_seen)))
    return _card(say, told, join(lines), moves=True, disagreement=told.disagreement_id)


def target_gone(say: Translator, told: TargetGoneMessage) -> Card:
    """The order of a target was moved or canceled by somebody else, or not taken."""
    promised = LegFacts(target=told.number, target_price=told.price)
    shown = LegFacts(target_price=told.price_seen, is_refused=told.is_refused, reason=told.reason, code=told.code)
    text = target_line(say, promised, shown, told.symbol, lambda price: _price(say, price, told.tick))
    return _card(say, told, text, disagreement=told.disagreement_id)


def breakeven(say: Translator, told: BreakevenMessage) -> Card:
    """After the first target: the stop goes to breakeven, or could not."""
    if told.stop is None:
        return _card(say, told, say("told-breakeven-passed"), closes=True)
    return _card(say, told, say("told-breakeven", stop=_price(say, told.stop, told.tick)))


def leg_foreign(say: Translator, told: LegForeignMessage) -> Card:
    """The position holds more than was opened from here, or stands the other way."""
    figures, coin = Figures(say.language), base_of(told.symbol)
    held, ours = figures.size(told.size, None, coin), figures.size(told.ours, None, coin)
    if told.turned_to is None:
        text = say("told-foreign", size=held, ours=ours)
    else:
        sides = {Side.BUY: say.plain("side-long"), Side.SELL: say.plain("side-short")}
        ours = f"{sides[opposite(told.turned_to)]} {ours}"
        text = say("told-turned", size=f"{sides[told.turned_to]} {held}", ours=ours)
    return _card(say, told, text, closes=True, disagreement=told.disagreement_id)


def gone(say: Translator, told: PositionGoneMessage) -> Card:
    """A position that nothing known has closed."""
    return _card(say, told, say("told-gone"), is_open=False)


def found(say: Translator, told: FoundOrderMessage) -> Card:
    """An order or a position of ours that a restored backup did not know."""
    return _card(say, told, say("told-found"), moves=True, disagreement=told.disagreement_id)


def entries_halted(say: Translator, told: EntriesHaltedMessage) -> Card:
    """Entries of everybody were stopped; those that rest may still be filled, or be canceled here."""
    lines = [say("told-entries-halted", count=told.count)]
    if told.reason:
        lines.append(say("halt-reason", reason=told.reason))
    return _resting_card(say, told, lines)


def entries_unlicensed(say: Translator, told: EntriesUnlicensedMessage) -> Card:
    """The same of an account that the license does not open any more."""
    return _resting_card(say, told, [say("told-entries-unlicensed", count=told.count)])


def margin_mode(say: Translator, told: MarginModeMessage) -> Card:
    """The mode that decides what a liquidation takes was switched elsewhere."""
    before, after = (say.plain("margin-mode", mode=mode) for mode in (told.before, told.after))
    account = say("told-account", account=account_name(say, told.account_type, told.account_number))
    ways = (
        button(say.plain("button-positions"), ShowPositions(told.account_id).encode()),
        button(say.plain("button-cancel-some"), ShowCancels(told.account_id).encode()),
    )
    return Card(text=join([account, say("told-margin-mode", before=before, after=after)]), rows=(ways,))


def maintenance(say: Translator, told: MaintenanceMessage) -> Card:
    """What may take longer now, and what works all the same."""
    end = moment(told.end, Millis(0), "UTC") if told.end else ""
    lines = [say("told-maintenance", end=end, known=int(bool(end)))]
    if told.title:
        lines.append(say("told-maintenance-title", title=told.title))
    return Card(text=join(lines), rows=((button(say.plain("button-positions"), RunCommand("positions").encode()),),))


def _resting_card(say: Translator, told: RestingEntriesMessage, lines: list[Markup]) -> Card:
    """Whose entries rest, each in a line, and the way to their cancels."""
    if told.account_type is not None:
        lines.insert(0, say("told-account", account=account_name(say, told.account_type, told.account_number)))
    lines += brief_lines(say, told.entries, told.count)
    cancels = button(say.plain("button-cancel-some"), ShowCancels(told.account_id).encode())
    return Card(text=join(lines), rows=((cancels,),))


def _card(
    say: Translator,
    told: TradeMessage,
    text: Markup,
    *,
    is_open: bool = True,
    closes: bool = False,
    moves: bool = False,
    disagreement: int = 0,
    first: Row = (),
    receipt: Row = (),
) -> Card:
    """Symbol and account above the text; below it the position's card, and what is nearest to be done.

    `disagreement`: which one it tells of; 0: none that has a row. `first`: a row above the others in its place.
    """
    account = account_name(say, told.account_type, told.account_number)
    key = (told.account_id, told.symbol, told.position_idx)
    row: Row = ()
    if is_open:
        row = (button(told.symbol, ShowLeg(*key).encode()),)
    if closes:
        row = (*row, button(say.plain("button-leg-close"), AskClose(*key, WHOLE).encode()))
    if moves:
        row = (*row, button(say.plain("button-leg-stop"), AskStop(*key).encode()))
    row = (*row, *receipt)
    ways = (
        button(say.plain("button-positions"), ShowPositions(told.account_id).encode()),
        button(say.plain("button-trades"), ShowClosed(told.account_id).encode()),
    )
    head = say("leg-head", name=told.symbol, account=account)
    decide = first
    if disagreement:
        decide = (button(say.plain("button-decide"), ShowDisagreement(disagreement).encode()),)
    return Card(text=join([head, text]), rows=(decide, row, ways))


def _receipt_of(say: Translator, told: EntryMessage) -> Row:
    """[Receipt] of an entry."""
    if not told.intent_id:
        return ()
    return (button(say.plain("button-receipt"), ShowReceipt(told.intent_id).encode()),)


def _again(say: Translator, told: EntryMessage) -> Row:
    """[Send again] of what never came to be, [Buy the rest] of what was filled in part."""
    if not told.plan_id or told.filled >= told.qty or told.state not in _OVER:
        return ()
    key = _REST[told.side] if told.filled else "button-entry-again"
    return (button(say.plain(key), OrderAgain(told.plan_id).encode()),)


def _price(say: Translator, price: Decimal | None, tick: Decimal) -> str:
    """In the digits of the symbol's tick, where it is known."""
    return say.plain("none") if price is None else Figures(say.language).price(_rounded(price, tick), None)


def _level(say: Translator, price: str, trigger: TriggerBy | None) -> str:
    """A stop or a target, with what sets it off where that is in question."""
    return price if trigger is None else say.plain("told-level-by", price=price, trigger=trigger.value)


def _both(say: Translator, tick: Decimal, **prices: Decimal | None) -> dict[str, str]:
    """Prices that stand beside each other, with as many decimals as the longest of them has: 2,999.59 and 3,100.00."""
    rounded = {name: _rounded(price, tick) for name, price in prices.items() if price is not None}
    last = min((int(price.as_tuple().exponent) for price in rounded.values()), default=0)
    step = Decimal(1).scaleb(min(last, 0))
    none = say.plain("none")
    return {
        name: Figures(say.language).price(rounded[name].quantize(step), None) if name in rounded else none
        for name in prices
    }


def _rounded(price: Decimal, tick: Decimal) -> Decimal:
    """In the digits of the tick. Without one: an average has more digits than a price, seven unless it has fewer."""
    if tick > 0:
        return price.quantize(Decimal(1).scaleb(min(0, int(tick.as_tuple().exponent))))
    step = Decimal(1).scaleb(price.adjusted() - _DIGITS + 1)
    return price if price == price.quantize(step) else price.quantize(step)


def updates_taken(say: Translator, told: UpdatesTakenMessage) -> Markup:
    management = say("told-managed" if told.is_managing else "told-not-managed")
    return join([say("told-updates-taken", by=told.by.value), management])


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message_card(EntryMessage, entry),
    message_card(ClosedMessage, closed),
    message_card(DrillOverMessage, drill_over),
    message_card(ExitRefusedMessage, exit_refused),
    message_card(StopMissingMessage, stop_missing),
    message_card(StopChangedMessage, stop_changed),
    message_card(TargetGoneMessage, target_gone),
    message_card(BreakevenMessage, breakeven),
    message_card(LegForeignMessage, leg_foreign),
    message_card(PositionGoneMessage, gone),
    message_card(FoundOrderMessage, found),
    message_card(MarginModeMessage, margin_mode),
    message_card(MaintenanceMessage, maintenance),
    message_card(EntriesHaltedMessage, entries_halted),
    message_card(EntriesUnlicensedMessage, entries_unlicensed),
    message(UpdatesTakenMessage, updates_taken),
    *LIMIT_MESSAGES,
)
