"""Three languages with the same keys and placeholders, and nothing that Telegram would refuse."""

import re
from html.parser import HTMLParser

import pytest
from fluent.syntax import ast
from fluent.syntax.visitor import Visitor
from harness.fluent_sources import messages, placeholders, sample, selections

from bot.domain.users import Language
from handlers.texts.catalog import Texts

TEXTS = Texts.load()
KEYS = sorted(TEXTS.keys(Language.ENGLISH))
COUNTS = (0, 1, 2, 5, 11, 21, 22, 25, 101, 112)
PLAIN_PREFIXES = ("button-", "command-", "bot-", "account-", "tab-", "page", "span-", "side-", "category-", "notify-",
                  "order-type-", "banned-alert", "not-yours", "none", "role-name")  # fmt: skip
SAME_EVERYWHERE = {
    "account-demo", "forget-account", "button-next", "button-previous", "button-page-back", "button-page-first",
    "button-page-last", "button-page-on", "command-lang", "finding-good", "finding-refuse",
    "finding-warn", "keys-line", "order-head", "order-kind", "order-state", "position-head",
    "position-result", "edit-moved", "trade-pnl", "trades-day",
    "position-pnl", "price-title", "setting-saved", "setting-title", "tab-current", "trade-kind", "license-type",
    "whoami-id", "audit-details", "pin-title", "user-account", "user-account-paper", "button-pin", "button-pin-back",
    "promo-list-line", "promo-redeemer", "payment-line", "payment-line-of", "older-line", "history-note",
    "history-line", "user-id", "health-telegram", "health-bybit", "user-error",
    "audit-action", "health-region", "order-card-title", "order-card-refusal", "live-title",
    "ticket-title", "button-ticket-symbol",
    "typed-what", "leg-title", "leg-head", "leg-target", "leg-before", "leg-after", "close-line", "button-leg-half",
    "button-leg-quarter", "targets-line", "cancels-line", "button-cancel-order", "panic-line", "panic-line-result",
    "limit-title", "told-closed-prices",
    "order-brief", "told-account", "chart-title", "curve-head", "notices-line",
}  # fmt: skip
SLAVIC = {"one", "few", "many"}
FORMS = {Language.ENGLISH: {"one", "other"}, Language.RUSSIAN: SLAVIC, Language.UKRAINIAN: SLAVIC}


@pytest.mark.parametrize("language", list(Language))
def test_every_language_has_the_same_keys(language: Language) -> None:
    assert TEXTS.keys(language) == TEXTS.keys(Language.ENGLISH)


@pytest.mark.parametrize("language", list(Language))
def test_every_language_has_the_same_placeholders(language: Language) -> None:
    for key in KEYS:
        assert placeholders(messages(language)[key]) == placeholders(messages(Language.ENGLISH)[key]), key


@pytest.mark.parametrize("language", list(Language))
def test_a_count_has_all_the_plural_forms_of_its_language(language: Language) -> None:
    """A count of days or orders must read right for 1, 2, 5 and 21."""
    lenient = {"error-number-places", "error-too-long", "error-unknown-symbol", "error-time-zone"}  # two cases agree
    for key, message in messages(language).items():
        for name, forms in selections(message):
            if forms & {"one", "few", "many"} and key not in lenient:
                assert forms == FORMS[language], (key, name, forms)


@pytest.mark.parametrize("language", list(Language))
def test_every_text_is_filled_in_completely(language: Language, caplog: pytest.LogCaptureFixture) -> None:
    for key in KEYS:
        for count in COUNTS:
            text = TEXTS.html(language, key, sample(key, count))
            assert text.strip(), key
            assert "{" not in text, key
            assert not re.search(r" {2}|\s$", text), f"{key}: a stray blank"
    assert not caplog.records


@pytest.mark.parametrize("language", list(Language))
def test_every_text_is_html_that_telegram_reads(language: Language) -> None:
    for key in KEYS:
        text = TEXTS.html(language, key, sample(key))
        assert _fault(text) == "", key
        assert len(text) <= 1500, f"{key} is a wall of text"


@pytest.mark.parametrize("language", list(Language))
def test_what_knows_no_html_has_none(language: Language) -> None:
    for key in KEYS:
        if key.startswith(PLAIN_PREFIXES):
            raw = TEXTS.plain(language, key, dict.fromkeys(sample(key), "x"))
            assert "<" not in raw, key
            assert "&" not in raw, key


@pytest.mark.parametrize("language", list(Language))
def test_telegrams_limits_are_kept(language: Language) -> None:
    def longest(prefix: str) -> int:
        return max(len(TEXTS.plain(language, key, sample(key))) for key in KEYS if key.startswith(prefix))

    assert longest("command-") <= 64, "256 is the limit; a phone shows fewer"
    assert longest("button-") <= 36
    assert longest("banned-alert") <= 200
    assert longest("not-yours") <= 200
    assert longest("bot-description") <= 512
    assert longest("bot-short-description") <= 120


@pytest.mark.parametrize("language", [Language.RUSSIAN, Language.UKRAINIAN])
def test_nothing_was_left_in_english(language: Language) -> None:
    """Names and layouts are the same everywhere; sentences are not."""
    for key in set(KEYS) - SAME_EVERYWHERE:
        assert re.search("[а-яґєії]", TEXTS.html(language, key, sample(key)), re.IGNORECASE), key


def test_ukrainian_is_not_russian() -> None:
    """ы, э, ъ and ё are no Ukrainian letters; і, ї, є and ґ are no Russian ones."""
    for key in set(KEYS) - {"command-lang"}:
        assert not re.search("[ыэъё]", TEXTS.html(Language.UKRAINIAN, key, sample(key)), re.IGNORECASE), key
        assert not re.search("[іїєґ]", TEXTS.html(Language.RUSSIAN, key, sample(key)), re.IGNORECASE), key


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.fault = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_link = tag == "a" and [name for name, value in attrs if (value or "").startswith("https://")] == ["href"]
        if not is_link and (tag not in {"b", "i", "code", "pre", "blockquote"} or attrs):
            self.fault = f"<{tag}>"
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.fault = f"</{tag}>"


def _fault(text: str) -> str:
    reader = _Html()
    reader.feed(text)
    reader.close()
    return reader.fault or "".join(reader.open)


def test_no_text_refers_to_another_one() -> None:
    """Each is parsed by itself, when it is first asked for."""

    class References(Visitor):
        found: list[str]

        def visit_MessageReference(self, node: ast.MessageReference) -> None:  # noqa: N802  Fluent's name
            self.found.append(node.id.name)

        def visit_TermReference(self, node: ast.TermReference) -> None:  # noqa: N802  Fluent's name
            self.found.append(node.id.name)

    look = References()
    look.found = []
    for language in Language:
        for message in messages(language).values():
            look.visit(message)
    assert look.found == []
