"""Cards of trades that the last run has left as they were: a kill between a tap and its fill leaves them "sending"."""

from telegram import Update

from handlers.core.context import App, UpdateContext
from handlers.trading.again import draft_of
from handlers.trading.live import take_up
from handlers.trading.live_views import of_message

_NO_UPDATE = 0


async def take_up_cards(app: App) -> None:
    """Follow each of them again, before presses of that time are replayed, which take their messages over.

    Raises StorageTrouble.
    """
    watch, people = app.bot_data.services.trading.watch, app.bot_data.services.people
    left = await watch.left_over()
    places = {(each.plan_id, each.card): each.user_id for each in left if each.plan_id is not None}
    for (plan_id, place), user_id in places.items():
        config, trade = await people.config(user_id), await watch.trade(plan_id)
        if config is None or trade is None or place is None:
            continue
        ctx = UpdateContext(update=Update(_NO_UPDATE), bot=app.bot, data=app.bot_data, config=config)
        shown = of_message(trade, place.message_id)
        take_up(ctx, shown, draft_of(shown, trade.plan.account_id), place.message_id)
