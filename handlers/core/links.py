"""Codes that other features link to: a command, an account's balance, a symbol's price, the symbols of a category."""

from dataclasses import dataclass
from typing import Annotated, Final

from bot.domain.ids import AccountId, Symbol
from bot.domain.market import Category
from bot.domain.payloads import Matching
from handlers.core.callbacks import Code, PageNumber

LONGEST_SYMBOL: Final = 30
SymbolName = Annotated[Symbol, Matching(rf"[A-Z0-9]{{2,{LONGEST_SYMBOL}}}")]


@dataclass(frozen=True, slots=True)
class RunCommand(Code):
    """A command without arguments: the menu's buttons, "did you mean /balance"."""

    TAG = "do"
    command: Annotated[str, Matching("[a-z0-9_]{1,32}")]


@dataclass(frozen=True, slots=True)
class ShowBalance(Code):
    """An account's balance."""

    TAG = "bal"
    account_id: AccountId


@dataclass(frozen=True, slots=True)
class ShowPrice(Code):
    """A symbol's price."""

    TAG = "px"
    symbol: SymbolName


@dataclass(frozen=True, slots=True)
class ShowSymbols(Code):
    """A page of a category's symbols."""

    TAG = "sym"
    category: Category
    page: PageNumber = 0
