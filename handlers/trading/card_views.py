"""How a consequence card reads: four lines that matter, and the rest in a quote that a tap opens."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.errors import LicenseNeeded
from bot.domain.ids import AccountId, Symbol
from bot.domain.market import Instrument
from bot.domain.order_card import CardNote, CardOutdated, ConfirmedCard, EntryLine, EntryRefused, OrderCard, TargetLine
from bot.domain.order_drafts import OrderDraft
from bot.domain.orders import MarginMode
from bot.domain.portfolio import Side
from handlers.core.links import AskRefill, ShowCancels, ShowLeg
from handlers.texts.catalog import Markup, Value, join
from handlers.trading.leg_codes import AskManage
from handlers.views.cards import Card, CardButton, Row, button
from handlers.views.figures import Figures, percent_away
from handlers.views.frame import command_button, menu_row
from handlers.views.levels import FAR
from handlers.views.problems import sentence_card
from handlers.views.render_context import RenderContext
from handlers.views.times import span

_TENTH: Final = Decimal("0.1")
_FUNDING_STEP: Final = Decimal("0.0001")
_FEE_STEP: Final = Decimal("0.001")
_CURES: Final[Mapping[str, str]] = {
    "leverage": "button-cure-leverage",
    "stop": "button-cure-stop",
    "size": "button-cure-size",
    "price": "button-entry-new-price",
}


def order_card(viewer: RenderContext, card: OrderCard, buttons: Row, change: Row, *, is_old: bool = False) -> Card:
    """What and how much, what is lost at the stop, the liquidation, the account; behind them all else.

    `buttons`: [Buy …], or the cures of what stands against it, or [New price] where the prices `is_old`.
    """
    say = viewer.say
    lines = [_what(viewer, card), _at_the_stop(viewer, card), _liquidation(viewer, card), _account(viewer, card)]
    if card.refusals:
        lines += [
            Markup(""),
            *(say("order-card-refusal", reason=note_text(viewer, each, card)) for each in card.refusals),
        ]
    if is_old:
        lines += [Markup(""), say("order-card-old")]
    lines.append(Markup(f"<blockquote expandable>{join(_details(viewer, card))}</blockquote>"))
    return Card(text=join(lines), rows=(buttons, _ways_out(viewer, card), (*change, *menu_row(viewer))))


def _ways_out(viewer: RenderContext, card: OrderCard) -> Row:
    """To what stands in the way: the position, orders that rest, a license."""
    draft, row = card.draft, Row()
    for refusal in card.refusals:
        if refusal.key == "card-foreign":
            row = (*row, *_foreign(viewer, draft.account_id, draft.symbol, card.position_idx))
        elif refusal.key == "card-opposite" or (refusal.key == "risk-trade-held" and not row):
            code = ShowLeg(draft.account_id, draft.symbol, card.position_idx)
            row = (*row, button(viewer.say.plain("button-live-position"), viewer.data(code)))
        elif refusal.key == "card-opposite-resting":
            row = (*row, button(viewer.say.plain("button-cancel-some"), viewer.data(ShowCancels(draft.account_id))))
        elif refusal.key == "card-margin" and _is_demo(viewer, draft.account_id):
            row = (*row, button(viewer.say.plain("button-refill"), viewer.data(AskRefill(draft.account_id))))
        elif refusal.cure == "license":
            row = (*row, *command_button(viewer, "button-license", "license"))
    return row


def _is_demo(viewer: RenderContext, account_id: AccountId) -> bool:
    """Whether its money is Bybit's play money, of which there is more."""
    account = viewer.config.account(account_id)
    return account is not None and account.account_type is AccountType.DEMO


def _foreign(viewer: RenderContext, account_id: AccountId, symbol: Symbol, position_idx: int) -> Row:
    """[Manage it for me], [Watch only] of the position that an entry would have met."""
    key = (account_id, symbol, position_idx)
    return (
        button(viewer.say.plain("button-manage"), viewer.data(AskManage(*key))),
        button(viewer.say.plain("button-watch"), viewer.data(ShowLeg(*key))),
    )


def asking_card(viewer: RenderContext, draft: OrderDraft) -> Card:
    """The card that stands until the prices come."""
    title = viewer.say("order-card-title", side=side_word(viewer, draft.side), symbol=draft.symbol)
    return Card(text=join([title, viewer.say("footer-asking")]), rows=(menu_row(viewer),))


def outdated_card(viewer: RenderContext, draft: OrderDraft, outdated: CardOutdated, new_price: CardButton) -> Card:
    """Nothing was sent: the price was too old or has moved."""
    title = viewer.say("order-card-title", side=side_word(viewer, draft.side), symbol=draft.symbol)
    text = join([title, viewer.say(outdated.key, **_values(viewer, outdated.values, None))])
    return Card(text=text, rows=((new_price,), menu_row(viewer)))


def refused_card(viewer: RenderContext, refusal: EntryRefused, agreed: ConfirmedCard, buttons: Row) -> Card:
    """A rule that stands against an entry, and its cure."""
    text = viewer.say("order-card-refusal", reason=viewer.say(refusal.key, **_values(viewer, refusal.values, None)))
    foreign: Row = ()
    if refusal.key == "entry-leg-foreign":
        foreign = _foreign(viewer, agreed.account_id, agreed.symbol, agreed.position_idx)
    return Card(text=text, rows=(buttons, foreign, menu_row(viewer)))


def license_needed_card(viewer: RenderContext, error: LicenseNeeded) -> Card:
    """Which license would open it, and the way there."""
    return sentence_card(viewer, error, command_button(viewer, "button-license", "license"))


def cure_label(viewer: RenderContext, cure: str, instrument: Instrument | None) -> str:
    """[Leverage 3x], [Stop at 62,000.5], [Take 0.001 BTC]."""
    what, _, value = cure.partition(":")
    key, figures = _CURES[what], viewer.figures
    match what:
        case "leverage":
            return viewer.say.plain(key, leverage=figures.number(Decimal(value)))
        case "stop":
            return viewer.say.plain(key, price=figures.price(Decimal(value), instrument))
        case "size":
            coin = "" if instrument is None else instrument.base_coin
            return viewer.say.plain(key, size=figures.size(Decimal(value), instrument, coin))
        case _:
            return viewer.say.plain(key)


def size_text(viewer: RenderContext, card: OrderCard) -> str:
    """What all entries of the card buy or sell together: 0.001 BTC."""
    return viewer.figures.size(card.qty, card.instrument, card.instrument.base_coin)


def note_text(viewer: RenderContext, note: CardNote, card: OrderCard) -> Markup:
    return viewer.say(note.key, **_values(viewer, note.values, card.instrument))


def side_word(viewer: RenderContext, side: Side) -> str:
    return viewer.say.plain("side-buy" if side is Side.BUY else "side-sell")


def _what(viewer: RenderContext, card: OrderCard) -> Markup:
    """Buy 0.001 BTC · 64.21 USDT, and at what price."""
    figures, (first, *more) = viewer.figures, card.entries
    values: dict[str, Value] = {
        "side": side_word(viewer, card.draft.side),
        "size": size_text(viewer, card),
        "value": figures.money(card.value, card.instrument.quote_coin),
        "price": figures.price(first.price, card.instrument),
        "leverage": figures.number(card.leverage, _TENTH).removesuffix(".0"),
    }
    if more:
        return viewer.say("order-card-what-several", count=len(card.entries), **values)
    return viewer.say("order-card-what-market" if first.is_market else "order-card-what-limit", **values)


def _at_the_stop(viewer: RenderContext, card: OrderCard) -> Markup:
    say, figures = viewer.say, viewer.figures
    if card.loss_at_stop is None:
        return say("order-card-no-stop-unknown")
    loss = figures.money(-card.loss_at_stop, card.instrument.quote_coin)
    share = figures.percent(-(card.loss_percent or Decimal(0)) / 100)
    if card.stop is None:
        return say("order-card-no-stop", loss=loss, share=share)
    return say("order-card-stop", stop=figures.price(card.stop, card.instrument), loss=loss, share=share)


def _liquidation(viewer: RenderContext, card: OrderCard) -> Markup:
    say, figures = viewer.say, viewer.figures
    if card.liquidation is None:
        return say("order-card-liquidation-none")
    away = percent_away(card.liquidation, _market(card)) or Decimal(0)
    is_far = abs(away) > FAR
    return say(
        "order-card-liquidation-estimate" if card.is_liquidation_estimate else "order-card-liquidation",
        price=figures.price(card.liquidation, card.instrument),
        away=say.plain("position-far") if is_far else figures.percent(away, step=_TENTH),
    )


def _account(viewer: RenderContext, card: OrderCard) -> Markup:
    account = viewer.config.account(card.draft.account_id)
    return viewer.say(
        "order-card-account",
        account="" if account is None else viewer.account_name(account),
        value=viewer.figures.money(card.account_value, card.instrument.quote_coin),
    )


def _market(card: OrderCard) -> Decimal:
    """The price that the order would meet."""
    return card.ask if card.draft.side is Side.BUY else card.bid


def _details(viewer: RenderContext, card: OrderCard) -> Iterable[Markup]:
    say, figures, quote = viewer.say, viewer.figures, card.instrument.quote_coin
    if len(card.entries) > 1:
        yield from (_entry(viewer, card, number, each) for number, each in enumerate(card.entries, 1))
    if card.stop is not None and card.stop_before is not None and card.stop_before != card.stop:
        before, after = (figures.price(each, card.instrument) for each in (card.stop_before, card.stop))
        yield say("order-card-stop-moves", before=before, after=after)
    yield from (_target(viewer, card, each) for each in card.targets)
    if card.trailing is not None:
        percent = figures.percent((card.draft.trailing or Decimal(0)) / 100, signed=False, step=_TENTH)
        yield say("order-card-trailing", distance=figures.price(card.trailing, card.instrument), percent=percent)
    if card.draft.breakeven:
        yield say("order-card-breakeven")
    yield from (note_text(viewer, each, card) for each in card.notes)
    fee = figures.small(card.entry_fee)
    rate = figures.percent(card.fee_rate, step=_FEE_STEP, signed=False)
    yield say("order-card-fee-standard" if card.is_standard_fee else "order-card-fee", fee=fee, quote=quote, rate=rate)
    mode = say.plain("margin-isolated" if card.margin_mode is MarginMode.ISOLATED else "margin-cross")
    yield say("order-card-margin", margin=figures.money(card.margin, quote), mode=mode)
    yield from _funding(viewer, card)
    yield from _bounds(viewer, card)
    yield _positions(viewer, card)
    if card.loss_budget_left is not None:
        yield say("order-card-loss-budget", left=figures.money(card.loss_budget_left, quote))
    prices = (figures.price(each, card.instrument) for each in (card.bid, card.ask))
    bid, ask = prices
    yield say("order-card-prices", bid=bid, ask=ask, time=viewer.when(card.quoted_ts))


def _entry(viewer: RenderContext, card: OrderCard, number: int, entry: EntryLine) -> Markup:
    return viewer.say(
        "order-card-entry",
        number=number,
        size=viewer.figures.size(entry.qty, card.instrument, card.instrument.base_coin),
        price=viewer.figures.price(entry.price, card.instrument),
    )


def _target(viewer: RenderContext, card: OrderCard, target: TargetLine) -> Markup:
    figures = viewer.figures
    return viewer.say(
        "order-card-target",
        number=target.number,
        price=figures.price(target.price, card.instrument),
        size=figures.size(target.qty, card.instrument, card.instrument.base_coin),
        gain=figures.money(target.gain, card.instrument.quote_coin, signed=True),
    )


def _funding(viewer: RenderContext, card: OrderCard) -> Iterable[Markup]:
    """What longs pay shorts, or the other way, and when next."""
    if card.funding_rate is None or card.next_funding_ts is None:
        return
    pays = (card.funding_rate > 0) == (card.draft.side is Side.BUY)
    yield viewer.say(
        "order-card-funding-pay" if pays else "order-card-funding-get",
        rate=viewer.figures.percent(abs(card.funding_rate), step=_FUNDING_STEP, signed=False),
        wait=span(viewer.say, (card.next_funding_ts - viewer.now) / 1000),
    )


def _bounds(viewer: RenderContext, card: OrderCard) -> Iterable[Markup]:
    """The smallest order, and the price that the exchange lets no limit order of that side lie beyond."""
    figures = viewer.figures
    if card.min_value is not None:
        yield viewer.say("order-card-min-order", value=figures.money(card.min_value, card.instrument.quote_coin))
    is_buy = card.draft.side is Side.BUY
    bound = card.highest_price if is_buy else card.lowest_price
    if bound is not None:
        key = "order-card-highest-price" if is_buy else "order-card-lowest-price"
        yield viewer.say(key, price=figures.price(bound, card.instrument))


def _positions(viewer: RenderContext, card: OrderCard) -> Markup:
    if card.positions_most is None:
        return viewer.say("order-card-positions", open=card.positions_open)
    return viewer.say("order-card-positions-of", open=card.positions_open, most=card.positions_most)


def _values(viewer: RenderContext, values: Mapping[str, object], instrument: Instrument | None) -> dict[str, Value]:
    """What fills a note: numbers by what their names say they count."""
    return {name: _value(viewer.figures, name, value, instrument) for name, value in values.items()}


def _value(figures: Figures, name: str, value: object, instrument: Instrument | None) -> Value:
    if isinstance(value, int):
        return value
    if not isinstance(value, Decimal):
        return str(value)
    if "percent" in name or "share" in name:
        return figures.percent_sign(figures.number(value))
    if instrument is not None and any(each in name for each in ("price", "stop", "liquidation", "target", "tick")):
        return figures.price(value, instrument)
    if instrument is not None and name == "held":
        return figures.size(value, instrument, instrument.base_coin)
    return figures.number(value)
