"""What is asked after a key was checked: whether it takes another's place, and whether its account is shown first."""

from dataclasses import dataclass, replace
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.ids import AccountId
from bot.services.accounts.key_places import KeyQuestion
from bot.services.accounts.keys import KeyReport
from bot.services.chat.buttons import ButtonAction
from bot.services.users.preferences import SettingField
from handlers.accounts.key_views import (
    ask_place_card,
    connected_card,
    discarded_card,
    domain_of,
    place_label,
    shown_first_card,
)
from handlers.core.context import UpdateContext
from handlers.core.leaving import what_may_fill, what_stands
from handlers.core.specs import AFTER_TERMS, EVERYONE, HandlerSpec, action
from handlers.texts.catalog import Markup, join
from handlers.views.cards import Card, CardButton


@dataclass(frozen=True, slots=True, kw_only=True)
class TakePlace(ButtonAction):
    """[Replace Live]: the key that waits takes the place of that account's.

    `confirmed`: what stands in an account that goes was shown; `anyway`: with orders that may fill all the same.
    """

    ACTION = "keys.replace"
    account_type: AccountType
    waiting: AccountId
    place: AccountId
    confirmed: bool = False
    anyway: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscardKey(ButtonAction):
    """[Keep what is there]: the key that waits is forgotten."""

    ACTION = "keys.discard"
    account_type: AccountType
    waiting: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowFirst(ButtonAction):
    """[Show Live first]."""

    ACTION = "keys.first"
    account_id: AccountId


async def attached_card(ctx: UpdateContext, result: KeyReport | KeyQuestion) -> Card:
    """What became of a key that was sent: connected, or asked about."""
    if isinstance(result, KeyQuestion):
        return await _ask_place(ctx, result)
    ctx = await _with_present_config(ctx)
    keys = ctx.services.keys
    first = await first_button(ctx, result.account)
    return connected_card(ctx.viewer, result, await keys.ending(result.account), keys.egress_ip, first)


async def first_button(ctx: UpdateContext, account: Account) -> CardButton | None:
    """The offer to show the account first; None where it is."""
    if ctx.config.default_account.account_id == account.account_id:
        return None
    label = ctx.say.plain("button-show-first", account=ctx.viewer.account_name(account))
    (first,) = await ctx.buttons([(label, ShowFirst(account_id=account.account_id))])
    return first


async def take_place(ctx: UpdateContext, payload: TakePlace) -> None:
    """The key is stored in the other's place; an account that goes with that is left as /keys remove leaves it."""
    await ctx.services.pin.demand_for_keys(ctx.user_id)
    going = await ctx.services.keys.given_up(ctx.user_id, payload.waiting, payload.place)
    if going is not None and not payload.anyway and await _is_asked(ctx, payload, going):
        return
    report = await ctx.services.keys.replace(ctx.user_id, payload.account_type, payload.waiting, payload.place)
    await ctx.show(await attached_card(ctx, report))


async def _is_asked(ctx: UpdateContext, payload: TakePlace, going: Account) -> bool:
    """Whether there is something to be asked about before that account goes; its entries are canceled then."""
    if not payload.confirmed:
        standing = await what_stands(ctx, going)
        if not standing.is_empty:
            site, name = domain_of(going), ctx.viewer.account_name(going)
            title = ctx.say("keys-ask-replacement", account=name, site=site)
            wish = replace(payload, confirmed=True)
            await _ask_to_go_on(ctx, join([title, *standing.lines]), "button-confirm-replacement", wish)
            return True
    if not ctx.viewer.trades(going):
        return False
    left = await ctx.services.trading.leaving.leave(going.account_id, idempotency_key=ctx.idempotency_key)
    if left:
        wish = replace(payload, confirmed=True, anyway=True)
        await _ask_to_go_on(ctx, what_may_fill(ctx, left), "button-leave-anyway", wish)
    return bool(left)


async def _ask_to_go_on(ctx: UpdateContext, text: Markup, label: str, wish: TakePlace) -> None:
    keep = DiscardKey(account_type=wish.account_type, waiting=wish.waiting)
    buttons = await ctx.buttons([(ctx.say.plain(label), wish), (ctx.say.plain("button-keep-keys"), keep)])
    await ctx.show(Card(text=text, rows=tuple((each,) for each in buttons)))


async def discard_key(ctx: UpdateContext, payload: DiscardKey) -> None:
    """Everything stays as it was."""
    await ctx.services.keys.discard(ctx.user_id, payload.account_type, payload.waiting)
    await ctx.show(discarded_card(ctx.viewer))


async def show_first(ctx: UpdateContext, payload: ShowFirst) -> None:
    """Screens show that account first from now on."""
    account = ctx.config.own_account(payload.account_id)
    choice = f"{account.account_type}:{account.account_id}"
    await ctx.services.preferences.set(ctx.user_id, SettingField.DEFAULT_ACCOUNT, choice)
    await ctx.show(shown_first_card(ctx.viewer, account))


async def _ask_place(ctx: UpdateContext, question: KeyQuestion) -> Card:
    endings = {each.account_id: await ctx.services.keys.ending(each) for each in question.places}
    kind, waiting = question.account_type, question.waiting
    choices: list[tuple[str, ButtonAction]] = [
        (place_label(ctx.viewer, each), TakePlace(account_type=kind, waiting=waiting, place=each.account_id))
        for each in question.places
    ]
    choices.append((ctx.say.plain("button-keep-keys"), DiscardKey(account_type=kind, waiting=waiting)))
    return ask_place_card(ctx.viewer, question, endings, await ctx.buttons(choices))


async def _with_present_config(ctx: UpdateContext) -> UpdateContext:
    """With the account that was just added."""
    config = await ctx.services.people.config(ctx.user_id)
    return ctx if config is None else replace(ctx, config=config)


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    action(TakePlace, take_place, access=AFTER_TERMS),
    action(DiscardKey, discard_key, access=EVERYONE),
    action(ShowFirst, show_first, access=EVERYONE),
)
