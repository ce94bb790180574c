"""The table of terms, and catalogs that use its words alone."""

import re
from functools import cache
from pathlib import Path

import pytest
from harness.fluent_sources import messages, words

from bot.domain.users import Language

TABLE = (Path(__file__).parents[2] / "docs" / "terms.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in TABLE.split("## How numbers stand")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| thing")
]
BANNED = sorted({word.strip() for row in ROWS for word in row[4].split(",") if word.strip()})


def test_every_row_has_a_word_in_each_language() -> None:
    assert len(ROWS) > 30
    for row in ROWS:
        assert len(row) == 5, row
        assert all(row[:4]), row


def test_no_word_stands_for_two_things() -> None:
    for column in (1, 2, 3):
        words = [row[column].lower() for row in ROWS]
        assert len(words) == len(set(words)), sorted(word for word in words if words.count(word) > 1)


@pytest.mark.parametrize("language", list(Language))
def test_no_catalog_uses_a_banned_word(language: Language) -> None:
    texts = _texts(language)
    for word in BANNED:
        pattern = _pattern(word)
        assert [key for key, said in texts.items() if pattern.search(said)] == [], word


@pytest.mark.parametrize(("language", "bare"), [(Language.RUSSIAN, r"сч[её]т\w*"), (Language.UKRAINIAN, r"рахун\w+")])
def test_an_invoice_is_never_called_what_an_account_is_called(language: Language, bare: str) -> None:
    invoice_keys = [key for key in messages(language) if key.startswith(("pay-refused", "invoice-", "unclaimed-why"))]
    assert invoice_keys
    for key in invoice_keys:
        text = _said(words(messages(language)[key]))
        assert not re.search(rf"\b{bare}\b(?! на оплату)", text, re.IGNORECASE), key


@pytest.mark.parametrize("language", list(Language))
def test_an_id_stands_in_capitals(language: Language) -> None:
    for key, message in messages(language).items():
        assert not re.search(r"\b(id|Id|ids)\b", _said(words(message))), key


def test_ukrainian_says_when_with_another_word_than_how_often() -> None:
    """«за хвилину» is a rate or a span that is over; what is to come is «через хвилину»."""
    for key, message in messages(Language.UKRAINIAN).items():
        for found in re.finditer(r"(\S+) за хвилину", words(message)):
            assert found[1].startswith("спроб"), key


def test_the_patterns_see_what_they_ban() -> None:
    assert _pattern("учебн\\*").search("ваш Учебный счёт")
    assert _pattern("спрос").search("Спрос 64 210")
    assert not _pattern("спрос").search("Вы спросили")
    assert not _pattern("акци\\*").search("транзакция")


def _pattern(word: str) -> re.Pattern[str]:
    stem = word.removesuffix("\\*")
    end = r"\b" if stem == word else ""
    return re.compile(rf"\b{re.escape(stem)}{end}", re.IGNORECASE)


@cache
def _texts(language: Language) -> dict[str, str]:
    """What each message of a language can say."""
    return {key: _said(words(message)) for key, message in messages(language).items()}


def _said(html: str) -> str:
    """A text without its tags and without what is typed, which is no word of ours."""
    return re.sub(r"<[^>]+>", "", re.sub(r"<code>.*?</code>", "", html, flags=re.DOTALL))
