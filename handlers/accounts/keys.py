"""/keys: connect, check and remove Bybit keys. By default no secret passes through Telegram.

Whoever wants it is asked for the PIN where connecting begins, not by the service that ends it: between the two stands
a dialogue whose answer may be a secret, which is not kept to be used after a keypad.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import BadInput, ButtonExpired, ExchangeError, KeyRefused, NoAccount
from bot.domain.ids import AccountId
from bot.domain.key_rules import Finding
from bot.domain.secrets import Secret, carries_secret, key_pair_in, may_carry_secret
from bot.domain.sites import DEFAULT_SITE, Site, site_of
from bot.services.accounts.key_places import KeyQuestion
from bot.services.accounts.keys import KeyReport
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from handlers.accounts.callbacks import ShowKey, ShowKeyOfType, ShowSite
from handlers.accounts.key_places import attached_card, first_button
from handlers.accounts.key_views import (
    account_choice_card,
    ask_secret_card,
    checked_card,
    keys_card,
    no_account_card,
    offer_card,
    refused_card,
    site_without_keys_card,
    unchecked_card,
)
from handlers.core.account_screen import account_type_of
from handlers.core.context import UpdateContext
from handlers.core.phrases import is_sentence
from handlers.core.short_memory import TypedKey
from handlers.core.slow_reply import refuse_while_asking, show_when_ready
from handlers.core.specs import AFTER_TERMS, EVERYONE, HandlerSpec, action, command, dialogue, view
from handlers.views.cards import Card
from handlers.views.problems import ProblemCard

_WORDS_TO_ADD: Final = (4, 5)  # add demo KEY SECRET, and the site after it
_WORDS_OF_A_KEY: Final = 2
_WORDS_OF_AN_ACCOUNT: Final = (1, 2)  # live, live 2
_SHORTEST_KEY: Final = 8
_API_KEY: Final = re.compile(r"[A-Za-z0-9]{16,24}")  # Bybit's are 18 letters and digits


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPair(ButtonAction):
    """Demo or live, on that site."""

    ACTION = "keys.pair"
    account_type: AccountType
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskTypedSecret(ButtonAction):
    """[I have a key and a secret]."""

    ACTION = "keys.ask-typed"
    account_type: AccountType
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddKeptKey(ButtonAction):
    """The key that was typed before the terms were accepted."""

    ACTION = "keys.held"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyIdDialogue(DialoguePayload):
    """The id of the key that belongs to the offered public key."""

    DIALOGUE = "keys.key-id"
    account_type: AccountType
    site: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedKeyDialogue(DialoguePayload):
    """Key and secret in one message."""

    DIALOGUE = "keys.key-and-secret"
    account_type: AccountType
    site: str


async def show_keys(ctx: UpdateContext) -> None:
    """What is connected, and where to connect from."""
    endings = {each.account_id: await ctx.services.keys.ending(each) for each in _connected(ctx)}
    await ctx.show(keys_card(ctx.viewer, await _findings(ctx), endings))


async def show_site(ctx: UpdateContext, code: ShowSite) -> None:
    """Demo or live on that site; on some sites API keys cannot work."""
    site = _site(code.site)
    if not site.api_keys_work:
        await ctx.show(site_without_keys_card(ctx.viewer, site))
        return
    types = (AccountType.DEMO, AccountType.LIVE) if site.has_demo else (AccountType.LIVE,)
    actions = [OfferPair(account_type=each, site=site.code) for each in types]
    labels = [ctx.viewer.type_name(each) for each in types]
    await ctx.show(account_choice_card(ctx.viewer, site, await ctx.buttons(list(zip(labels, actions, strict=True)))))


async def offer_pair(ctx: UpdateContext, payload: OfferPair) -> None:
    """Make a pair, show its public half, wait for the key's id."""
    await ctx.services.pin.demand_for_keys(ctx.user_id)
    account_type, site = payload.account_type, _site(payload.site)
    asks = KeyIdDialogue(account_type=account_type, site=site.code)
    offer = await ctx.services.keys.offer_pair(ctx.user_id, account_type, site.code, asks=asks)
    secret = AskTypedSecret(account_type=account_type, site=site.code)
    (typed_secret,) = await ctx.buttons([(ctx.say.plain("button-typed-secret"), secret)])
    await ctx.show(offer_card(ctx.viewer, offer, typed_secret))


async def finish_pair(ctx: UpdateContext, payload: KeyIdDialogue) -> None:
    """What Bybit showed after the public key was pasted there."""
    refuse_while_asking(ctx)

    async def finish() -> Card:
        keys = ctx.services.keys
        found = await keys.finish_pair(ctx.user_id, payload.account_type, ctx.text, answers=KeyIdDialogue.DIALOGUE)
        return await attached_card(ctx, found)

    await show_when_ready(ctx, finish())


async def finish_waiting_pair(ctx: UpdateContext) -> bool:
    """A key's id that comes after its question: making a key at Bybit takes time. False if no pair waits for it."""
    api_key = ctx.text.strip()
    is_key = _API_KEY.fullmatch(api_key) and api_key.upper() != api_key != api_key.lower()
    for account_type in (AccountType.LIVE, AccountType.DEMO) if is_key else ():
        offer = await ctx.services.keys.waiting_offer(ctx.user_id, account_type)
        if offer is not None:
            await ctx.services.dialogues.begin(ctx.user_id, KeyIdDialogue(account_type=account_type, site=offer.host))
            asked = await ctx.services.dialogues.current(ctx.user_id)
            if asked is not None:
                await ctx.data.router.continue_dialogue(ctx, asked)
            return True
    return False


async def ask_secret(ctx: UpdateContext, payload: AskTypedSecret) -> None:
    """The second way: key and secret, typed."""
    await ctx.services.pin.demand_for_keys(ctx.user_id)
    account_type, site = payload.account_type, _site(payload.site)
    await ctx.services.dialogues.begin(ctx.user_id, TypedKeyDialogue(account_type=account_type, site=site.code))
    await ctx.show(ask_secret_card(ctx.viewer, account_type, site))


async def add_typed_secret(ctx: UpdateContext, payload: TypedKeyDialogue) -> None:
    """Whatever comes now is taken out of the chat first; the guard has done so if it looked like a secret."""
    if not carries_secret(ctx.text):
        await ctx.delete_message()
    refuse_while_asking(ctx)
    pair = key_pair_in(ctx.text) or tuple(ctx.text.split())
    if len(pair) != _WORDS_OF_A_KEY:
        raise BadInput("keys-secret-format")
    key = TypedKey(
        account_type=payload.account_type,
        site=payload.site,
        api_key=Secret(pair[0]),
        api_secret=Secret(pair[1]),
    )

    async def add() -> Card:
        return await attached_card(ctx, await _add_key(ctx, key, answers=TypedKeyDialogue.DIALOGUE))

    await show_when_ready(ctx, add())


async def add_typed_key(ctx: UpdateContext) -> None:
    """`/keys add demo|live KEY SECRET [SITE]`; the guard has deleted the message."""
    await ctx.services.pin.demand_for_keys(ctx.user_id)
    key = _typed_key(ctx)
    refuse_while_asking(ctx)
    await show_when_ready(ctx, _add_and_report(ctx, key))


def keep_typed_key(ctx: UpdateContext) -> ButtonAction:
    """Keep a typed key in memory until the terms are accepted, so that it need not be sent twice."""
    ctx.data.typed_keys.put(ctx.user_id, _typed_key(ctx))
    return AddKeptKey()


async def add_kept_key(ctx: UpdateContext, _: AddKeptKey) -> None:
    """The terms are accepted: go on with what was typed before."""
    await ctx.services.pin.demand_for_keys(ctx.user_id)
    refuse_while_asking(ctx)
    key = ctx.data.typed_keys.take(ctx.user_id)
    if key is None:
        raise BadInput("keys-send-again")
    await show_when_ready(ctx, _add_and_report(ctx, key))


async def check_key_by_type(ctx: UpdateContext) -> None:
    """`/keys check demo|live`, `/keys check live 2`."""
    await _check_key(ctx, *typed_account(ctx, "keys-check-usage"))


async def check_key(ctx: UpdateContext, code: ShowKey) -> None:
    """Checks the key of a card's button at Bybit and shows the card anew."""
    await _check_key(ctx, code.account_type, code.account_id)


async def check_key_of_type(ctx: UpdateContext, code: ShowKeyOfType) -> None:
    """[Check] of an old card."""
    await _check_key(ctx, code.account_type)


async def _is_key_id(ctx: UpdateContext, _: KeyIdDialogue) -> bool:
    """One long word that asks for nothing else."""
    words = ctx.text.split()
    return len(words) == 1 and len(words[0]) >= _SHORTEST_KEY and await is_sentence(ctx)


async def _is_key_and_secret(ctx: UpdateContext, _: TypedKeyDialogue) -> bool:
    """Anything that holds a secret, and one or two words that ask for nothing else: they leave the chat."""
    is_short = 0 < len(ctx.text.split()) <= _WORDS_OF_A_KEY
    return may_carry_secret(ctx.text) or (is_short and await is_sentence(ctx))


async def _findings(ctx: UpdateContext) -> Mapping[AccountId, Sequence[Finding]]:
    """What is known of the connected keys; nothing where Bybit takes its time: the card does not wait for it."""
    try:
        async with asyncio.timeout(ctx.data.tasks.reply_within):
            reports = await asyncio.gather(*(ctx.services.keys.report(each) for each in _connected(ctx)))
    except TimeoutError:
        return {}
    return {report.account.account_id: report.findings for report in reports if report is not None}


def _connected(ctx: UpdateContext) -> tuple[Account, ...]:
    return tuple(each for each in ctx.config.accounts if each.account_type is not AccountType.PAPER)


async def _add_key(ctx: UpdateContext, key: TypedKey, *, answers: str | None = None) -> KeyReport | KeyQuestion:
    return await ctx.services.keys.add_secret(
        ctx.user_id, key.account_type, key.site, key.api_key, key.api_secret, answers=answers
    )


async def _add_and_report(ctx: UpdateContext, key: TypedKey) -> Card:
    return await attached_card(ctx, await _add_key(ctx, key))


async def _check_key(ctx: UpdateContext, account_type: AccountType, account_id: AccountId | None = None) -> None:
    async def ask() -> Card:
        keys = ctx.services.keys
        account = ctx.config.resolve(account_type, account_id)
        try:
            report = await keys.check(ctx.user_id, account.account_id)
        except ExchangeError as trouble:
            return unchecked_card(ctx.viewer, account, trouble)
        first = await first_button(ctx, account)
        return checked_card(ctx.viewer, report, await keys.ending(account), keys.egress_ip, first)

    refuse_while_asking(ctx)
    await show_when_ready(ctx, ask())


def _typed_key(ctx: UpdateContext) -> TypedKey:
    """Raises BadInput for anything but the typed form."""
    words = ctx.arguments
    if len(words) not in _WORDS_TO_ADD:
        raise BadInput("keys-add-usage")
    return TypedKey(
        account_type=_bybit_type(words[1], "keys-add-usage"),
        site=words[4].lower() if len(words) == _WORDS_TO_ADD[1] else DEFAULT_SITE,
        api_key=Secret(words[2]),
        api_secret=Secret(words[3]),
    )


def typed_account(ctx: UpdateContext, usage: str) -> tuple[AccountType, AccountId | None]:
    """The type, and the account itself where its number was typed. Raises BadInput, NoAccount."""
    _, *words = ctx.arguments
    if len(words) not in _WORDS_OF_AN_ACCOUNT or not all(each.isascii() and each.isdigit() for each in words[1:]):
        raise BadInput(usage)
    account_type = _bybit_type(words[0], usage)
    if not words[1:]:
        return account_type, None
    return account_type, ctx.config.numbered(account_type, int(words[1])).account_id


def _bybit_type(word: str, usage: str) -> AccountType:
    account_type = account_type_of(word)
    if account_type is AccountType.PAPER:
        raise BadInput(usage)  # practice has no key
    return account_type


def _site(code: str) -> Site:
    site = site_of(code)
    if site is None:
        raise ButtonExpired
    return site


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("keys", add_typed_key, verb="add", access=AFTER_TERMS, resume=keep_typed_key),
    command("keys", check_key_by_type, verb="check", access=EVERYONE),
    command("keys", show_keys, access=EVERYONE),
    view(ShowSite, show_site, access=EVERYONE),
    view(ShowKey, check_key, access=EVERYONE),
    view(ShowKeyOfType, check_key_of_type, access=EVERYONE),
    action(OfferPair, offer_pair, access=AFTER_TERMS),
    action(AskTypedSecret, ask_secret, access=AFTER_TERMS),
    action(AddKeptKey, add_kept_key, access=AFTER_TERMS),
    dialogue(KeyIdDialogue, finish_pair, access=AFTER_TERMS, takes=_is_key_id),
    dialogue(TypedKeyDialogue, add_typed_secret, access=AFTER_TERMS, takes=_is_key_and_secret, takes_secret=True),
)
PROBLEMS: Final = (ProblemCard(KeyRefused, refused_card), ProblemCard(NoAccount, no_account_card))
