"""Where an order goes that names no account."""

from bot.domain.accounts import Account
from handlers.core.context import UpdateContext


def trading_account(ctx: UpdateContext) -> Account:
    """Practice: the default account may be one that can't trade here yet."""
    return ctx.config.practice or ctx.config.default_account
