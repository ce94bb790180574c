"""/keys remove: what stays at Bybit is named and confirmed, entries are canceled, then the key is forgotten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from telegram import InlineKeyboardButton

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import NoAccount
from bot.domain.ids import AccountId, Millis
from bot.domain.patience import BYBIT
from bot.domain.portfolio import Orders, Position, Positions, Side
from bot.domain.trade_plans import OrderIntent
from bot.services.chat.buttons import ButtonAction
from bot.services.instruments import WithInstruments
from bot.services.screens import Shown
from handlers.accounts.callbacks import AskRemoval, AskRemovalOfType
from handlers.accounts.key_views import domain_of, removed_card
from handlers.accounts.keys import typed_account
from handlers.core.context import UpdateContext, known_or_trouble
from handlers.core.specs import EVERYONE, HandlerSpec, action, command, view
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card
from handlers.views.frame import command_button
from handlers.views.render_context import RenderContext
from handlers.views.symbols import base_of

_NAMED: Final = 5  # positions that are told one by one

PositionsShown = Shown[WithInstruments[Positions]]
OrdersShown = Shown[WithInstruments[Orders]]


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
    """Confirmed: entries are canceled first; an order that is still unknown then is asked about."""
    await ctx.services.pin.demand_for_keys(ctx.user_id)
    account = ctx.config.resolve(act.account_type, act.account_id)
    if not act.anyway and ctx.viewer.trades(account):
        unknown = await ctx.services.trading.legs.leave(
            ctx.config, account.account_id, idempotency_key=ctx.idempotency_key
        )
        if unknown:
            await ctx.show(await _unknown(ctx, account, unknown))
            return
    removed = await ctx.services.keys.remove(ctx.user_id, account.account_id)
    await ctx.show(removed_card(ctx.viewer, removed))


async def _ask_removal(ctx: UpdateContext, account_type: AccountType, account_id: AccountId | None = None) -> None:
    account = ctx.config.resolve(account_type, account_id)
    if account_type is AccountType.PAPER:
        raise NoAccount("error-no-account", account_type=account_type.value)
    screens = ctx.services.account_screens
    positions = await known_or_trouble(lambda: screens.positions(account))
    orders = await known_or_trouble(lambda: screens.orders(account))
    wish = RemoveKey(account_type=account_type, account_id=account.account_id)
    (confirm,) = await ctx.buttons([(ctx.say.plain("button-confirm-removal"), wish)])
    await ctx.show(ask_removal_card(ctx.viewer, account, positions, orders, confirm))


async def _unknown(ctx: UpdateContext, account: Account, unknown: Sequence[OrderIntent]) -> Card:
    say, now = ctx.say, ctx.services.clock.now()
    last = max((each.sent_ts or each.created_ts) + BYBIT.window for each in unknown)
    time = ctx.viewer.when(Millis(last if last > now else now + BYBIT.over))
    wish = RemoveKey(account_type=account.account_type, account_id=account.account_id, anyway=True)
    (confirm,) = await ctx.buttons([(say.plain("button-remove-anyway"), wish)])
    text = say("keys-removal-unknown", count=len(unknown), time=time)
    return Card(text=text, rows=((confirm,), command_button(ctx.viewer, "button-keep", "keys")))


def ask_removal_card(
    viewer: RenderContext,
    account: Account,
    positions: PositionsShown,
    orders: OrdersShown,
    confirm: InlineKeyboardButton,
) -> Card:
    """Asks whether the key is to be removed, and names what stands at Bybit and stays there."""
    title = viewer.say("keys-ask-removal", account=viewer.account_name(account), site=domain_of(account))
    lines = [title, *_standing(viewer, account, positions, orders)]
    return Card(text=join(lines), rows=((confirm,), command_button(viewer, "button-keep", "keys")))


def _standing(
    viewer: RenderContext, account: Account, positions: PositionsShown, orders: OrdersShown
) -> Iterable[Markup]:
    say = viewer.say
    if positions.value is None or orders.value is None:
        yield say("keys-removal-unread")
        return
    held, resting = positions.value.value.items, orders.value.value.items
    if not held and not resting:
        yield say("keys-removal-nothing")
        return
    names = ", ".join(_named(viewer, each, positions.value) for each in held[:_NAMED])
    yield say("keys-removal-stays", names=names, more=max(0, len(held) - _NAMED), orders=len(resting))
    if viewer.trades(account):
        yield say("keys-removal-entries")


def _named(viewer: RenderContext, position: Position, known: WithInstruments[Positions]) -> str:
    """BTC Long 0.01."""
    side = viewer.say.plain("side-long" if position.side is Side.BUY else "side-short")
    size = viewer.figures.size(position.size, known.instrument(position.category, position.symbol))
    return f"{base_of(position.symbol)} {side} {size}"


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("keys", ask_removal_by_type, verb="remove", access=EVERYONE),
    view(AskRemoval, ask_key_removal, access=EVERYONE),
    view(AskRemovalOfType, ask_key_removal_of_type, access=EVERYONE),
    action(RemoveKey, remove_key, access=EVERYONE),
)
