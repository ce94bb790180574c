"""/keys: connect, check and remove Bybit keys. By default no secret passes through Telegram."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.chat import Dialogue
from bot.domain.errors import BadInput, ButtonExpired, NoAccount
from bot.domain.ids import AccountId
from bot.domain.key_rules import Finding
from bot.domain.secrets import Secret, carries_secret
from bot.domain.sites import DEFAULT_SITE, Site, site_of
from bot.services.accounts.keys import KeyReport
from bot.services.chat.buttons import Wish
from handlers.accounts.key_views import (
    account_choice_card,
    ask_removal_card,
    ask_secret_card,
    checked_card,
    connected_card,
    keys_card,
    offer_card,
    removed_card,
    site_without_keys_card,
)
from handlers.core.account_screen import account_type_of
from handlers.core.callbacks import AskRemoval, ShowKey, ShowSite
from handlers.core.context import Turn
from handlers.core.short_memory import TypedKey
from handlers.core.slow_reply import show_in_time, still_asking
from handlers.core.specs import AFTER_TERMS, EVERYONE, Entry, command, continues, does, shows
from handlers.views.cards import Card

PAIR: Final = "keys.pair"
ASK_TYPED: Final = "keys.ask-typed"
HELD: Final = "keys.held"
REMOVE: Final = "keys.remove"
ASKS_KEY_ID: Final = "keys.key-id"
ASKS_TYPED: Final = "keys.key-and-secret"
_STATE: Final = "asked"
_WORDS_TO_ADD: Final = (4, 5)  # add demo KEY SECRET, and the site after it
_WORDS_OF_A_KEY: Final = 2


async def show(turn: Turn) -> None:
    """What is connected, and where to connect from."""
    await turn.show(keys_card(turn.viewer, await _findings(turn)))


async def show_site(turn: Turn, code: ShowSite) -> None:
    """Demo or live on that site; on some sites API keys cannot work."""
    site = _site(code.site)
    if not site.api_keys_work:
        await turn.show(site_without_keys_card(turn.viewer, site))
        return
    types = (AccountType.DEMO, AccountType.LIVE) if site.has_demo else (AccountType.LIVE,)
    wishes = [Wish(action=PAIR, values={"account_type": each.value, "site": site.code}) for each in types]
    labels = [turn.viewer.type_name(each) for each in types]
    await turn.show(account_choice_card(turn.viewer, site, await turn.buttons(list(zip(labels, wishes, strict=True)))))


async def offer_pair(turn: Turn, wish: Wish) -> None:
    """Make a pair, show its public half, wait for the key's id."""
    account_type, site = _meant(wish)
    offer = await turn.services.keys.offer_pair(turn.user_id, account_type, site.code)
    await turn.services.dialogues.begin(turn.user_id, ASKS_KEY_ID, _STATE, wish.values)
    secret = Wish(action=ASK_TYPED, values=wish.values)
    (typed_secret,) = await turn.buttons([(turn.say.plain("button-typed-secret"), secret)])
    await turn.show(offer_card(turn.viewer, offer, typed_secret))


async def take_key_id(turn: Turn, dialogue: Dialogue) -> None:
    """What Bybit showed after the public key was pasted there."""
    still_asking(turn)
    account_type = AccountType(dialogue.values["account_type"])

    async def finish() -> Card:
        report = await turn.services.keys.finish_pair(turn.user_id, account_type, turn.text)
        await _end(turn, ASKS_KEY_ID)
        return await _connected(turn, report)

    await show_in_time(turn, finish())


async def ask_secret(turn: Turn, wish: Wish) -> None:
    """The second way: key and secret, typed."""
    account_type, site = _meant(wish)
    await turn.services.dialogues.begin(turn.user_id, ASKS_TYPED, _STATE, wish.values)
    await turn.show(ask_secret_card(turn.viewer, account_type, site))


async def take_secret(turn: Turn, dialogue: Dialogue) -> None:
    """Whatever comes now is taken out of the chat first; the guard has done so if it looked like a secret."""
    if not carries_secret(turn.text):
        await turn.delete_message()
    still_asking(turn)
    words = turn.text.split()
    if len(words) != _WORDS_OF_A_KEY:
        raise BadInput("keys-secret-format")
    key = TypedKey(
        account_type=AccountType(dialogue.values["account_type"]),
        site=dialogue.values["site"],
        api_key=Secret(words[0]),
        api_secret=Secret(words[1]),
    )

    async def add() -> Card:
        report = await _add(turn, key)
        await _end(turn, ASKS_TYPED)
        return await _connected(turn, report)

    await show_in_time(turn, add())


async def add_typed(turn: Turn) -> None:
    """`/keys add demo|live KEY SECRET [SITE]`; the guard has deleted the message."""
    key = _typed_key(turn)
    still_asking(turn)
    await show_in_time(turn, _add_and_report(turn, key))


def hold_typed(turn: Turn) -> Wish:
    """Keep a typed key in memory until the terms are accepted, so that it need not be sent twice."""
    turn.data.held_keys.hold(turn.user_id, _typed_key(turn))
    return Wish(action=HELD)


async def add_held(turn: Turn, _: Wish) -> None:
    """The terms are accepted: go on with what was typed before."""
    still_asking(turn)
    key = turn.data.held_keys.take(turn.user_id)
    if key is None:
        raise BadInput("keys-send-again")
    await show_in_time(turn, _add_and_report(turn, key))


async def check_typed(turn: Turn) -> None:
    """`/keys check demo|live`."""
    await _check(turn, _typed_account_type(turn, "keys-check-usage"))


async def check_tapped(turn: Turn, code: ShowKey) -> None:
    """[Check]."""
    await _check(turn, code.account_type)


async def remove_typed(turn: Turn) -> None:
    """`/keys remove demo|live` asks first."""
    await _ask_removal(turn, _typed_account_type(turn, "keys-remove-usage"))


async def remove_tapped(turn: Turn, code: AskRemoval) -> None:
    """[Remove] asks first."""
    await _ask_removal(turn, code.account_type)


async def remove(turn: Turn, wish: Wish) -> None:
    """Confirmed."""
    account = await turn.services.keys.remove(turn.user_id, AccountType(wish.values["account_type"]))
    await turn.show(removed_card(turn.viewer, account))


async def _findings(turn: Turn) -> Mapping[AccountId, Sequence[Finding]]:
    """What is known of the connected keys; nothing where Bybit takes its time: the card does not wait for it."""
    connected = [each for each in turn.config.accounts if each.account_type is not AccountType.PAPER]
    try:
        async with asyncio.timeout(turn.data.asides.patience):
            reports = await asyncio.gather(*(turn.services.keys.report(each) for each in connected))
    except TimeoutError:
        return {}
    return {report.account.account_id: report.findings for report in reports if report is not None}


async def _add(turn: Turn, key: TypedKey) -> KeyReport:
    return await turn.services.keys.add_secret(turn.user_id, key.account_type, key.site, key.api_key, key.api_secret)


async def _add_and_report(turn: Turn, key: TypedKey) -> Card:
    return await _connected(turn, await _add(turn, key))


async def _end(turn: Turn, name: str) -> None:
    """End the dialogue that asked; another one may have begun while Bybit took its time."""
    dialogue = await turn.services.dialogues.current(turn.user_id)
    if dialogue is not None and dialogue.dialogue == name:
        await turn.services.dialogues.end(turn.user_id)


async def _connected(turn: Turn, report: KeyReport) -> Card:
    config = await turn.services.people.config(turn.user_id)  # with the account that was just added
    turn = turn if config is None else replace(turn, config=config)
    return connected_card(turn.viewer, report, turn.services.keys.egress_ip)


async def _check(turn: Turn, account_type: AccountType) -> None:
    async def ask() -> Card:
        report = await turn.services.keys.check(turn.user_id, account_type)
        return checked_card(turn.viewer, report, turn.services.keys.egress_ip)

    still_asking(turn)
    await show_in_time(turn, ask())


async def _ask_removal(turn: Turn, account_type: AccountType) -> None:
    account = turn.config.account_of_type(account_type)
    if account is None or account_type is AccountType.PAPER:
        raise NoAccount("error-no-account", account_type=account_type.value)
    wish = Wish(action=REMOVE, values={"account_type": account_type.value})
    (confirm,) = await turn.buttons([(turn.say.plain("button-confirm-removal"), wish)])
    await turn.show(ask_removal_card(turn.viewer, account, confirm))


def _typed_key(turn: Turn) -> TypedKey:
    """Raises BadInput for anything but the typed form."""
    words = turn.arguments
    if len(words) not in _WORDS_TO_ADD:
        raise BadInput("keys-add-usage")
    return TypedKey(
        account_type=_bybit_type(words[1], "keys-add-usage"),
        site=words[4].lower() if len(words) == _WORDS_TO_ADD[1] else DEFAULT_SITE,
        api_key=Secret(words[2]),
        api_secret=Secret(words[3]),
    )


def _typed_account_type(turn: Turn, usage: str) -> AccountType:
    if len(turn.arguments) != _WORDS_OF_A_KEY:
        raise BadInput(usage)
    return _bybit_type(turn.arguments[1], usage)


def _bybit_type(word: str, usage: str) -> AccountType:
    account_type = account_type_of(word)
    if account_type is AccountType.PAPER:
        raise BadInput(usage)  # practice has no key
    return account_type


def _meant(wish: Wish) -> tuple[AccountType, Site]:
    return AccountType(wish.values["account_type"]), _site(wish.values["site"])


def _site(code: str) -> Site:
    site = site_of(code)
    if site is None:
        raise ButtonExpired
    return site


ENTRIES: Final[tuple[Entry, ...]] = (
    command("keys", add_typed, verb="add", access=AFTER_TERMS, resume=hold_typed, pin_for_keys=True),
    command("keys", check_typed, verb="check", access=EVERYONE),
    command("keys", remove_typed, verb="remove", access=EVERYONE),
    command("keys", show, access=EVERYONE, description="command-keys"),
    shows(ShowSite, show_site, access=EVERYONE),
    shows(ShowKey, check_tapped, access=EVERYONE),
    shows(AskRemoval, remove_tapped, access=EVERYONE),
    does(PAIR, offer_pair, access=AFTER_TERMS, pin_for_keys=True),
    does(ASK_TYPED, ask_secret, access=AFTER_TERMS, pin_for_keys=True),
    does(HELD, add_held, access=AFTER_TERMS, pin_for_keys=True),
    does(REMOVE, remove, access=EVERYONE, pin_for_keys=True),
    continues(ASKS_KEY_ID, take_key_id, access=AFTER_TERMS),
    continues(ASKS_TYPED, take_secret, access=AFTER_TERMS),
)
