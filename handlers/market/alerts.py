"""/alert and /alerts: prices that ring once, set by words or buttons."""

from dataclasses import dataclass
from typing import Final

from bot.domain.alert_words import AlertLevel, AlertWords, is_far, is_level, levels_of, read_level, read_words
from bot.domain.errors import BadInput
from bot.domain.ids import Symbol
from bot.domain.market import Category, MarketKey
from bot.domain.price_alerts import AlertSide, PriceAlert
from bot.domain.symbol_names import FoundSymbol
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from bot.services.market.alerts import AlertQuote
from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, SETTING, HandlerSpec, action, command, dialogue, view
from handlers.market.alert_views import (
    ask_delete_all_card,
    list_card,
    offer_card,
    set_card,
    which_card,
)
from handlers.market.callbacks import AskDeleteAlerts, DeleteAlert, SetAgain, SetAlert, ShowAlerts, ShowSymbolAlerts
from handlers.texts.catalog import Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteAllAlerts(ButtonAction):
    """[Delete all] below the question whether to."""

    ACTION = "alerts.delete-all"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDialogue(DialoguePayload):
    """What price of that symbol an alert shall wait for."""

    DIALOGUE = "alerts.price"
    category: Category
    symbol: Symbol


async def alert_command(ctx: UpdateContext) -> None:
    """`/alert btc 70k`, `/alert eth +5%`, `/alert btc below 60k`, `/alert btc`; alone it is the list."""
    words = read_words(ctx.arguments)
    if not words.coin:
        await show_alerts(ctx, ShowAlerts())
        return
    if not words.level and is_level(words.coin):
        raise BadInput("alert-coin")
    found = await ctx.services.market_screens.resolve(words.coin)
    if words.level:
        await _take(ctx, found, words)
    else:
        await _offer(ctx, found)


async def list_alerts(ctx: UpdateContext) -> None:
    """`/alerts`: the first page of the list."""
    await show_alerts(ctx, ShowAlerts())


async def show_alerts(ctx: UpdateContext, code: ShowAlerts) -> None:
    """A page of the list, with how far each price is."""
    await _show_list(ctx, code.page)


async def show_symbol_alerts(ctx: UpdateContext, code: ShowSymbolAlerts) -> None:
    """[🔔]. Raises UnknownSymbol for what is not traded."""
    await ctx.services.market_screens.demand_listed(code.symbol, code.category)
    await _offer(ctx, FoundSymbol(symbol=code.symbol, category=code.category))


async def set_alert(ctx: UpdateContext, code: SetAlert) -> None:
    """A price that was offered. Raises UnknownSymbol, BadInput, ExchangeErrors."""
    quote = await _quote(ctx, code)
    await _set(ctx, quote, AlertLevel(side=code.way, price=code.price))


async def set_again(ctx: UpdateContext, code: SetAgain) -> None:
    """The same price, from the side where the market is now. Raises as `set_alert` does."""
    quote = await _quote(ctx, code)
    if code.price == quote.price:
        raise BadInput("alert-here", price=quote.price)
    side = AlertSide.ABOVE if code.price > quote.price else AlertSide.BELOW
    await _set(ctx, quote, AlertLevel(side=side, price=code.price))


async def delete_alert(ctx: UpdateContext, code: DeleteAlert) -> None:
    """[✕]: gone at once, with [Undo]."""
    gone = await ctx.services.price_alerts.delete(ctx.user_id, code.number)
    await _show_list(ctx, code.page, deleted=gone)


async def ask_delete_alerts(ctx: UpdateContext, _: AskDeleteAlerts) -> None:
    """[Delete all]: asks first; without any alert it is the empty list."""
    alerts = await ctx.services.price_alerts.alerts(ctx.user_id)
    if not alerts:
        await _show_list(ctx, 0)
        return
    (act,) = await ctx.buttons([(ctx.say.plain("button-alerts-delete-all"), DeleteAllAlerts())])
    await ctx.show(ask_delete_all_card(ctx.viewer, len(alerts), act))


async def delete_all_alerts(ctx: UpdateContext, _: DeleteAllAlerts) -> None:
    """Delete them all; the list says how many there were."""
    gone = await ctx.services.price_alerts.delete_all(ctx.user_id)
    await _show_list(ctx, 0, note=ctx.say("alerts-all-deleted", count=len(gone)))


async def take_typed_price(ctx: UpdateContext, asked: AlertDialogue) -> None:
    """The price typed below an offer; one that can't be read is explained, and the question stays open."""
    found = FoundSymbol(symbol=asked.symbol, category=asked.category)
    await _take(ctx, found, read_level(ctx.text))


async def _take(ctx: UpdateContext, found: FoundSymbol, words: AlertWords) -> None:
    """Set at once where the words mean one price, and one that is not far away; else asked about."""
    quote = await ctx.services.price_alerts.quote(MarketKey(found.category, found.symbol))
    levels = levels_of(words, quote.price, quote.instrument)
    await ctx.services.dialogues.leave(ctx.user_id)
    if len(levels) == 1 and not is_far(levels[0].price, quote.price):
        await _set(ctx, quote, levels[0])
    else:
        await ctx.show(which_card(ctx.viewer, quote, levels))


async def _set(ctx: UpdateContext, quote: AlertQuote, level: AlertLevel) -> None:
    alert = await ctx.services.price_alerts.set(ctx.user_id, quote, level)
    await ctx.show(set_card(ctx.viewer, quote, level, alert))


async def _quote(ctx: UpdateContext, code: SetAlert | SetAgain) -> AlertQuote:
    await ctx.services.market_screens.demand_listed(code.symbol, code.market.category)
    return await ctx.services.price_alerts.quote(code.market)


async def _offer(ctx: UpdateContext, found: FoundSymbol) -> None:
    """Presets at the price of now; a typed price is taken, too."""
    market = MarketKey(found.category, found.symbol)
    own = [each for each in await ctx.services.price_alerts.alerts(ctx.user_id) if each.market == market]
    await ctx.services.dialogues.begin(ctx.user_id, AlertDialogue(category=found.category, symbol=found.symbol))
    await ctx.present(
        lambda: ctx.services.market_screens.ticker(found.symbol, found.category),
        lambda viewer, shown: offer_card(viewer, found, own, shown),
    )


async def _show_list(
    ctx: UpdateContext, page: int, *, deleted: PriceAlert | None = None, note: Markup | None = None
) -> None:
    alerts = await ctx.services.price_alerts.alerts(ctx.user_id)
    await ctx.present(
        lambda: ctx.services.market_screens.boards([each.market for each in alerts]),
        lambda viewer, shown: list_card(viewer, alerts, shown, page, deleted=deleted, note=note),
    )


async def _is_price(ctx: UpdateContext, _: AlertDialogue) -> bool:
    return is_level(ctx.text)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("alert", alert_command, access=EVERYONE, good_for_s=SETTING),
    command("alerts", list_alerts, access=EVERYONE),
    view(ShowAlerts, show_alerts, access=EVERYONE),
    view(ShowSymbolAlerts, show_symbol_alerts, access=EVERYONE),
    view(SetAlert, set_alert, access=EVERYONE),
    view(SetAgain, set_again, access=EVERYONE),
    view(DeleteAlert, delete_alert, access=EVERYONE),
    view(AskDeleteAlerts, ask_delete_alerts, access=EVERYONE),
    action(DeleteAllAlerts, delete_all_alerts, access=EVERYONE),
    dialogue(AlertDialogue, take_typed_price, access=EVERYONE, takes=_is_price),
)
