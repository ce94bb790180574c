"""Messages of the outbox: what was enqueued in a transaction, in the person's language when it is sent."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from telegram import InlineKeyboardMarkup

from bot.domain.ids import Millis
from bot.domain.users import Language
from handlers.core.callbacks import token_data
from handlers.core.links import RunCommand
from handlers.payments.views import told
from handlers.support.views import SUPPORT_MESSAGES
from handlers.texts.catalog import Markup, Texts, Translator, Value
from handlers.views.cards import RenderedCard, button
from handlers.views.split import split
from handlers.views.times import day, moment, span

Values = Mapping[str, str]


class OutboxTexts:
    """Renders them; `render` is what the root hands to the outbox."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def render(self, kind: str, values: Values, language: Language) -> list[RenderedCard]:
        """The parts of one message. Raises LookupError for a kind that nobody wrote a text for."""
        say = Translator(self._texts, language)
        if (draw := SUPPORT_MESSAGES.get(kind)) is not None:
            return [draw(say, values)]
        write, label, command = _KINDS[kind]
        data = token_data(values["token"]) if "token" in values else RunCommand(command).encode()
        *first, last = split(write(say, values))
        keyboard = InlineKeyboardMarkup([[button(say.plain(label), data)]]) if label else None
        return [*(RenderedCard(text_html=part) for part in first), RenderedCard(text_html=last, reply_markup=keyboard)]


def _says(key: str) -> Callable[[Translator, Values], Markup]:
    def write(say: Translator, values: Values) -> Markup:
        return say(key, **_typed(values))

    return write


def _key_trouble(say: Translator, values: Values) -> Markup:
    """A finding of the daily check, with its cure."""
    typed = _typed(values)
    finding = say(values["finding"], **{name: value for name, value in typed.items() if name != "finding"})
    return say("promise-key-trouble", finding=finding, account_type=values["account_type"])


def _license(key: str) -> Callable[[Translator, Values], Markup]:
    """A reminder: the type in the reader's words, the day as it is on the reader's calendar."""

    def write(say: Translator, values: Values) -> Markup:
        kind = say.plain("license-type", kind=values["kind"])
        return say(key, **(_typed(values) | {"kind": kind}))

    return write


def _granted(say: Translator, values: Values) -> Markup:
    end = Millis(int(values["end"]))
    kind = say.plain("license-type", kind=values["kind"])
    return say("promise-desk-granted", kind=kind, days=int(values["days"]), date=moment(end, Millis(0), "UTC"))


def _role(say: Translator, values: Values) -> Markup:
    return say("promise-desk-role", role=say.plain("role-name", role=values["role"]))


def _pin_locked(say: Translator, values: Values) -> Markup:
    until = Millis(int(values["until"]))
    return say("promise-pin-locked", user=values["user"], until=moment(until, until, "UTC"))


def _campaign(key: str) -> Callable[[Translator, Values], Markup]:
    """An alarm about a promo campaign: which one it is, in a few words."""

    def write(say: Translator, values: Values) -> Markup:
        kind = say.plain("license-type", kind=values["kind"])
        terms = say.plain("promo-days", kind=kind, days=int(values["days"]))
        named = f"{terms}, {values['note']}" if values["note"] else terms
        return say(key, **(_typed(values) | {"terms": named}))

    return write


def _promo_taken(say: Translator, values: Values) -> Markup:
    kind = say.plain("license-type", kind=values["kind"])
    return say("promise-promo-taken", kind=kind, span=span(say, int(values["span"]) / 1000))


def _typed(values: Values) -> dict[str, Value]:
    """Messages keep text: counts become numbers again for their plural, moments become dates."""
    return {name: _value(name, text) for name, text in values.items()}


def _value(name: str, text: str) -> Value:
    if name == "date":
        return day(Millis(int(text)))
    return int(text) if name in _COUNTS else text


_COUNTS: Final = frozenset({"days", "code", "count"})
_KINDS: Final[Mapping[str, tuple[Callable[[Translator, Values], Markup], str, str]]] = MappingProxyType(
    {
        "restarted": (_says("promise-restarted"), "button-menu", "menu"),
        "send-secret-again": (_says("promise-send-secret-again"), "button-keys", "keys"),
        "set-aside": (_says("promise-set-aside"), "button-menu", "menu"),
        "too-fast": (_says("promise-too-fast"), "", ""),
        "key-expires": (_says("promise-key-expires"), "button-keys", "keys"),
        "key-trouble": (_key_trouble, "button-keys", "keys"),
        "key-attached": (_says("promise-key-attached"), "button-keys", "keys"),
        "key-removed": (_says("promise-key-removed"), "button-keys", "keys"),
        "license-ends": (_license("promise-license-ends"), "button-license", "license"),
        "license-ended": (_license("promise-license-ended"), "button-license", "license"),
        "payment-receipt": (told("promise-payment-receipt"), "button-license", "license"),
        "payment-receipt-again": (told("promise-payment-receipt-again"), "button-license", "license"),
        "payment-unclaimed": (told("promise-payment-unclaimed"), "button-license-subscribe", "subscribe"),
        "payment-unclaimed-admin": (told("promise-payment-unclaimed-admin"), "button-payments", "payments"),
        "payment-returned": (told("promise-payment-returned"), "button-license", "license"),
        "payment-returned-admin": (told("promise-payment-returned-admin"), "button-payments", "payments"),
        "payment-charged-back-admin": (told("promise-payment-charged-back-admin"), "button-payments", "payments"),
        "payment-stuck-admin": (told("promise-payment-stuck-admin"), "button-payments", "payments"),
        "promo-given": (_license("promise-promo-given"), "button-license", "license"),
        "promo-taken": (_promo_taken, "button-license", "license"),
        "promo-used": (_campaign("promise-promo-used"), "button-promo-pause", "promo"),
        "promo-fast": (_campaign("promise-promo-fast"), "button-promo-pause", "promo"),
        "promo-guessing": (_says("promise-promo-guessing"), "button-promo-list", "promo"),
        "promo-undo-asked": (_campaign("promise-promo-undo-asked"), "button-promo-list", "promo"),
        "banned": (_says("banned"), "", ""),
        "desk-granted": (_granted, "button-license", "license"),
        "desk-revoked": (_says("promise-desk-revoked"), "button-license", "license"),
        "desk-role": (_role, "button-help", "help"),
        "broadcast-done": (_says("promise-broadcast-done"), "", ""),
        "pin-locked": (_pin_locked, "", ""),
        "pin-forgotten": (_says("promise-pin-forgotten"), "button-menu", "menu"),
        "unbanned": (_says("promise-unbanned"), "button-menu", "menu"),
    }
)
KINDS: Final = frozenset(_KINDS) | frozenset(SUPPORT_MESSAGES)
