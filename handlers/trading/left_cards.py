"""Cards of the last run: a kill between a tap and its outcome leaves them as they were when they were tapped."""

from collections import defaultdict

from telegram import Update

from bot.domain.accounts import Account
from bot.domain.trade_plans import CardPlace, IntentKind, OrderIntent
from handlers.core.context import App, UpdateContext
from handlers.trading.again import draft_of
from handlers.trading.closing import drawn_closing
from handlers.trading.legs import take_up_outcome
from handlers.trading.live import take_up
from handlers.trading.live_views import of_message

_NO_UPDATE = 0


async def take_up_cards(app: App) -> None:
    """Follow each of them again, before presses of that time are replayed, which take their messages over.

    Raises StorageTrouble.
    """
    places = defaultdict[CardPlace, list[OrderIntent]](list)
    for each in await app.bot_data.services.trading.watch.left_over():
        if each.card is not None:
            places[each.card].append(each)
    for place, intents in places.items():
        config = await app.bot_data.services.people.config(intents[0].user_id)
        account = None if config is None else config.account(intents[0].leg.account_id)
        if config is None or account is None:
            continue
        ctx = UpdateContext(update=Update(_NO_UPDATE), bot=app.bot, data=app.bot_data, config=config)
        if intents[0].kind is IntentKind.ENTRY:
            await _take_up_entries(ctx, account, place, intents[0])
        else:
            _take_up_closes(ctx, account, place, intents)


async def _take_up_entries(ctx: UpdateContext, account: Account, place: CardPlace, entry: OrderIntent) -> None:
    trade = None if entry.plan_id is None else await ctx.services.trading.watch.trade(entry.plan_id)
    if trade is not None:
        shown = of_message(trade, place.message_id)
        take_up(ctx, shown, draft_of(shown, account.account_id), place.message_id)


def _take_up_closes(ctx: UpdateContext, account: Account, place: CardPlace, closes: list[OrderIntent]) -> None:
    take_up_outcome(ctx, place.message_id, tuple(closes), lambda outcome: drawn_closing(ctx, account, outcome))
