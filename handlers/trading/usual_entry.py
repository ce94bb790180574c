"""What an order enters at that names neither a price nor the market: as `/settings order` says."""

from decimal import Decimal

from bot.domain.accounts import Account
from bot.domain.ids import Symbol
from bot.domain.market import Category
from bot.domain.portfolio import OrderType, Side
from handlers.core.context import UpdateContext


async def usual_limits(ctx: UpdateContext, account: Account, symbol: Symbol, side: Side) -> tuple[Decimal, ...]:
    """None for the market; for a limit order the best price of its own side, the bid of a buy, at which it waits.

    Raises ExchangeErrors while no price is known: it is no market order for that.
    """
    if account.settings.order_type is OrderType.MARKET:
        return ()
    ticker = await ctx.services.reads.ticker(symbol, Category.LINEAR)
    waiting = ticker.bid_price if side is Side.BUY else ticker.ask_price
    return (waiting or ticker.last_price,)
