"""The words for the types of accounts in three languages; no other word is ever taken for one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from bot.domain.accounts import AccountType

ACCOUNT_WORDS: Final[Mapping[str, AccountType]] = MappingProxyType(
    {
        word: account_type
        for account_type, words in {
            AccountType.PAPER: "paper practice практика практики практику тренування учебный навчальний",
            AccountType.DEMO: "demo демо",
            AccountType.LIVE: "live real реал реальный реальний боевой бойовий лайв",
        }.items()
        for word in words.split()
    }
)
