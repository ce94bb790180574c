"""Messages about keys."""

from collections.abc import Mapping
from typing import Final

from bot.domain.accounts import (
    EgressRefusedMessage,
    KeyAskLostMessage,
    KeyAttachedMessage,
    KeyExpiresMessage,
    KeyRemovedMessage,
    KeysLostMessage,
    KeyTroubleMessage,
    LegacyKeysMessage,
    VaultLostMessage,
)
from bot.domain.ids import Millis
from handlers.core.messages import KEYS, MessageSpec, message
from handlers.texts.catalog import Markup, Translator, Value, join
from handlers.views.times import day

_COUNTS: Final = frozenset({"days", "code", "count"})


def key_expires(say: Translator, payload: KeyExpiresMessage) -> Markup:
    return say(
        "promise-key-expires",
        account_type=payload.account_type.value,
        days=payload.days,
        date=day(payload.date),
    )


def key_trouble(say: Translator, payload: KeyTroubleMessage) -> Markup:
    """A finding of the daily check, with its cure."""
    finding = say(payload.finding, **_finding_values(payload.values))
    return say("promise-key-trouble", finding=finding, account_type=payload.account_type.value)


def egress_refused(say: Translator, _: EgressRefusedMessage) -> Markup:
    return say("promise-egress-refused")


def key_ask_lost(say: Translator, _: KeyAskLostMessage) -> Markup:
    return say("promise-key-ask-lost")


def legacy_keys(say: Translator, payload: LegacyKeysMessage) -> Markup:
    parts = (("promise-legacy-keys", payload.has_keys), ("promise-legacy-wallet", payload.has_wallet))
    return join([say(key) for key, is_meant in parts if is_meant])


def key_attached(say: Translator, payload: KeyAttachedMessage) -> Markup:
    return say("promise-key-attached", account_type=payload.account_type.value)


def key_removed(say: Translator, payload: KeyRemovedMessage) -> Markup:
    return say("promise-key-removed", account_type=payload.account_type.value)


def keys_lost(say: Translator, payload: KeysLostMessage) -> Markup:
    return say("promise-keys-lost", accounts=payload.accounts)


def vault_lost(say: Translator, payload: VaultLostMessage) -> Markup:
    accounts, people = str(payload.accounts), str(payload.people)
    return say("promise-vault-lost", accounts=accounts, people=people, codes=str(payload.codes))


def _finding_values(values: Mapping[str, str]) -> dict[str, Value]:
    """They are stored as text: counts become numbers again for their plural, moments become dates."""
    return {name: _value(name, text) for name, text in values.items()}


def _value(name: str, text: str) -> Value:
    if name == "date":
        return day(Millis(int(text)))
    return int(text) if name in _COUNTS else text


MESSAGES: Final[tuple[MessageSpec, ...]] = (
    message(KeyExpiresMessage, key_expires, KEYS),
    message(KeyTroubleMessage, key_trouble, KEYS),
    message(EgressRefusedMessage, egress_refused),
    message(KeyAskLostMessage, key_ask_lost, KEYS),
    message(LegacyKeysMessage, legacy_keys, KEYS),
    message(KeyAttachedMessage, key_attached, KEYS),
    message(KeyRemovedMessage, key_removed, KEYS),
    message(KeysLostMessage, keys_lost, KEYS),
    message(VaultLostMessage, vault_lost),
)
