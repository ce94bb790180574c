"""/keys remove: what stays at Bybit is named and confirmed, entries are canceled, then the key is forgotten."""

from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.errors import NoAccount
from bot.domain.ids import AccountId
from bot.services.chat.buttons import ButtonAction
from handlers.accounts.callbacks import AskRemoval, AskRemovalOfType
from handlers.accounts.key_views import domain_of, removed_card
from handlers.accounts.keys import typed_account
from handlers.core.context import UpdateContext
from handlers.core.leaving import what_may_fill, what_stands
from handlers.core.specs import EVERYONE, HandlerSpec, action, command, view
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card
from handlers.views.frame import command_button


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveKey(ButtonAction):
    """[Remove], confirmed. Those of earlier versions name the type alone. `anyway`: with orders that are unknown."""

    ACTION = "keys.remove"
    account_type: AccountType
    account_id: AccountId | None = None
    anyway: bool = False


async def ask_removal_by_type(ctx: UpdateContext) -> None:
    """`/keys remove demo|live`, `/keys remove live 2` asks first."""
    await _ask_removal(ctx, *typed_account(ctx, "keys-remove-usage"))


async def ask_key_removal(ctx: UpdateContext, code: AskRemoval) -> None:
    """[Remove] asks first."""
    await _ask_removal(ctx, code.account_type, code.account_id)


async def ask_key_removal_of_type(ctx: UpdateContext, code: AskRemovalOfType) -> None:
    """[Remove] of an old card."""
    await _ask_removal(ctx, code.account_type)


async def remove_key(ctx: UpdateContext, act: RemoveKey) -> None:
    """Confirmed: entries are canceled first; what may fill all the same is asked about."""
    await ctx.services.pin.demand_for_keys(ctx.user_id)
    account = ctx.config.resolve(act.account_type, act.account_id)
    if not act.anyway and ctx.viewer.trades(account):
        left = await ctx.services.trading.leaving.leave(account.account_id, idempotency_key=ctx.idempotency_key)
        if left:
            wish = RemoveKey(account_type=account.account_type, account_id=account.account_id, anyway=True)
            await _ask(ctx, what_may_fill(ctx, left), "button-leave-anyway", wish)
            return
    removed = await ctx.services.keys.remove(ctx.user_id, account.account_id)
    await ctx.show(removed_card(ctx.viewer, removed))


async def _ask_removal(ctx: UpdateContext, account_type: AccountType, account_id: AccountId | None = None) -> None:
    account = ctx.config.resolve(account_type, account_id)
    if account_type is AccountType.PAPER:
        raise NoAccount("error-no-account", account_type=account_type.value)
    title = ctx.say("keys-ask-removal", account=ctx.viewer.account_name(account), site=domain_of(account))
    standing = await what_stands(ctx, account)
    wish = RemoveKey(account_type=account_type, account_id=account.account_id)
    await _ask(ctx, join([title, *standing.lines]), "button-confirm-removal", wish)


async def _ask(ctx: UpdateContext, text: Markup, label: str, wish: RemoveKey) -> None:
    (confirm,) = await ctx.buttons([(ctx.say.plain(label), wish)])
    await ctx.show(Card(text=text, rows=((confirm,), command_button(ctx.viewer, "button-keep", "keys"))))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("keys", ask_removal_by_type, verb="remove", access=EVERYONE),
    view(AskRemoval, ask_key_removal, access=EVERYONE),
    view(AskRemovalOfType, ask_key_removal_of_type, access=EVERYONE),
    action(RemoveKey, remove_key, access=EVERYONE),
)
