"""Where an order goes that names no account, and what stops it."""

from bot.domain.accounts import Account
from handlers.core.account_screen import account_argument
from handlers.core.context import UpdateContext


def trading_account(ctx: UpdateContext) -> Account:
    """Practice: the default account may be one that can't trade here yet."""
    return ctx.config.practice or ctx.config.default_account


def named_or_trading_account(ctx: UpdateContext) -> Account:
    """The named account; without a word the one that entries go to. Raises BadInput, NoAccount."""
    return account_argument(ctx) if ctx.arguments else trading_account(ctx)
