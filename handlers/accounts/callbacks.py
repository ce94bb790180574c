"""Codes of an account's screens and of its keys."""

from dataclasses import dataclass
from typing import Annotated

from bot.domain.accounts import AccountType
from bot.domain.ids import AccountId
from bot.domain.payloads import Matching
from bot.domain.sites import SITES
from handlers.core.callbacks import Code, PageNumber


@dataclass(frozen=True, slots=True)
class ShowPositionDetails(Code):
    """A page of an account's positions with every level, from 0."""

    TAG = "posd"
    account_id: AccountId
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class ShowSite(Code):
    """What can be connected on a Bybit site."""

    TAG = "site"
    site: Annotated[str, Matching("|".join(site.code for site in SITES))]


@dataclass(frozen=True, slots=True)
class ShowKey(Code):
    """A connected key: ask Bybit about it."""

    TAG = "akey"
    account_type: AccountType
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class ShowKeyOfType(Code):
    """ShowKey as buttons had it while a user had one key of a type."""

    TAG = "key"
    account_type: AccountType


@dataclass(frozen=True, slots=True)
class AskRemoval(Code):
    """Asks before a key is removed."""

    TAG = "unakey"
    account_type: AccountType
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class AskRemovalOfType(Code):
    """AskRemoval as buttons had it while a user had one key of a type."""

    TAG = "unkey"
    account_type: AccountType
