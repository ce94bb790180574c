"""Where an order goes that names no account, and which accounts' orders are placed and managed here at all."""

from bot.domain.accounts import Account
from bot.domain.errors import NotAllowed
from bot.domain.ids import AccountId
from handlers.core.account_screen import account_argument
from handlers.core.context import UpdateContext


def trading_account(ctx: UpdateContext) -> Account:
    """The default account; practice while the orders of that one are not placed here."""
    first = ctx.config.default_account
    if first.account_type in ctx.services.trading.account_types:
        return first
    return ctx.config.practice or first


def named_or_trading_account(ctx: UpdateContext) -> Account:
    """The named account; without a word the one that entries go to. Raises BadInput, NoAccount."""
    return account_argument(ctx) if ctx.arguments else trading_account(ctx)


def managed_account(ctx: UpdateContext, account_id: AccountId) -> Account:
    """The presser's own account of a button. Raises ButtonExpired, NotAllowed as `demand_traded`."""
    return demand_traded(ctx, ctx.config.own_account(account_id))


def demand_traded(ctx: UpdateContext, account: Account) -> Account:
    """The account itself. Raises NotAllowed where its orders are not placed here: nothing could be done there."""
    if account.account_type not in ctx.services.trading.account_types:
        raise NotAllowed("account-not-traded", account_type=account.account_type.value)
    return account
