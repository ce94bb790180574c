"""What buttons carry: versioned codes that only show (`v1:bal:17`), tokens for what changes anything (`t:…`).

A code names its screen and its arguments; nobody is trusted for it: account ids are looked up among the presser's own
accounts, symbols and pages are read strictly. In groups a code ends with its owner (`@1000`), so that one person's
buttons never work for another. A token is 128 random bits; its meaning is a row bound to its user and chat.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self

from bot.domain.accounts import AccountType
from bot.domain.admin import AdminActionKind, UserFilter
from bot.domain.broadcasts import AudienceLicense
from bot.domain.errors import ButtonExpired
from bot.domain.ids import AccountId, Symbol, UserId
from bot.domain.licensing import LicenseType
from bot.domain.market import Category
from bot.domain.payments import Listed
from bot.domain.promo_codes import MOST_DAYS, MOST_USES
from bot.domain.sites import site_of
from bot.domain.support import ThreadId, ThreadList
from bot.domain.users import Language
from bot.services.users.preferences import SettingField

VERSION: Final = "v1"
PRESS_PREFIX: Final = "t:"
MAX_BYTES: Final = 64
LARGEST_ID: Final = 2**63 - 1
LARGEST_PAGE: Final = 9_999
LARGEST_ROW: Final = 999_999_999_999
LONGEST_SYMBOL: Final = 30

_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,18}")
_SYMBOL: Final = re.compile(rf"[A-Z0-9]{{2,{LONGEST_SYMBOL}}}")
_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
_WHICH_CAMPAIGNS: Final = re.compile(r"open|all")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}")
_WORD: Final = re.compile(r"[a-z]{1,9}")
_PAD_KEY: Final = re.compile(r"[0-9bc]")
_READ: Final = "read"


def _account_id(text: str) -> AccountId:
    return AccountId(_number(text, LARGEST_ID))


def _page(text: str) -> int:
    return _number(text, LARGEST_PAGE)


def _number(text: str, largest: int) -> int:
    if not _NUMBER.fullmatch(text) or int(text) > largest:
        raise ButtonExpired
    return int(text)


def _symbol(text: str) -> Symbol:
    return Symbol(_matching(text, _SYMBOL))


def _command(text: str) -> str:
    return _matching(text, _COMMAND)


def _pad(text: str) -> str:
    return _matching(text, _TOKEN)


def _pad_key(text: str) -> str:
    return _matching(text, _PAD_KEY)


def _user_id(text: str) -> UserId:
    return UserId(_number(text, LARGEST_ID))


def _large_number(text: str) -> int:
    return _number(text, LARGEST_ID)


def _row(text: str) -> int:
    return _number(text, LARGEST_ROW)


def _flag(text: str) -> int:
    return _number(text, 1)


def _word(text: str) -> str:
    return _matching(text, _WORD)


def _matching(text: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(text):
        raise ButtonExpired
    return text


def _one_of(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return kind(text)
        except ValueError as unknown:
            raise ButtonExpired from unknown

    return read


def _site(text: str) -> str:
    if site_of(text) is None:
        raise ButtonExpired
    return text


def _days(text: str) -> int:
    return _number(text, MOST_DAYS)


def _uses(text: str) -> int:
    return _number(text, MOST_USES)


def _campaign(text: str) -> int:
    return _number(text, LARGEST_ID)


def _thread(text: str) -> ThreadId:
    return ThreadId(_number(text, LARGEST_ID))


def _which(text: str) -> str:
    return _matching(text, _WHICH_CAMPAIGNS)


_ACCOUNT_ID: Final = MappingProxyType({_READ: _account_id})
_THREAD: Final = MappingProxyType({_READ: _thread})
_THREAD_LIST: Final = MappingProxyType({_READ: _one_of(ThreadList)})
_ROW: Final = MappingProxyType({_READ: _row})
_LISTED: Final = MappingProxyType({_READ: _one_of(Listed)})
_PAGE: Final = MappingProxyType({_READ: _page})
_SYMBOL_NAME: Final = MappingProxyType({_READ: _symbol})
_COMMAND_NAME: Final = MappingProxyType({_READ: _command})
_SITE_CODE: Final = MappingProxyType({_READ: _site})
_CATEGORY: Final = MappingProxyType({_READ: _one_of(Category)})
_LICENSE_TYPE: Final = MappingProxyType({_READ: _one_of(LicenseType)})
_DAYS: Final = MappingProxyType({_READ: _days})
_USES: Final = MappingProxyType({_READ: _uses})
_CAMPAIGN: Final = MappingProxyType({_READ: _campaign})
_WHICH: Final = MappingProxyType({_READ: _which})
_LANGUAGE: Final = MappingProxyType({_READ: _one_of(Language)})
_FIELD: Final = MappingProxyType({_READ: _one_of(SettingField)})
_ACCOUNT_TYPE: Final = MappingProxyType({_READ: _one_of(AccountType)})
_USER_ID: Final = MappingProxyType({_READ: _user_id})
_LARGE_NUMBER: Final = MappingProxyType({_READ: _large_number})
_ROW_NUMBER: Final = MappingProxyType({_READ: _row})
_ONE_OR_NONE: Final = MappingProxyType({_READ: _flag})
_ONE_WORD: Final = MappingProxyType({_READ: _word})
_USER_FILTER: Final = MappingProxyType({_READ: _one_of(UserFilter)})
_ADMIN_ACTION: Final = MappingProxyType({_READ: _one_of(AdminActionKind)})
_AUDIENCE_LICENSE: Final = MappingProxyType({_READ: _one_of(AudienceLicense)})
_PAD_TOKEN: Final = MappingProxyType({_READ: _pad})
_PAD_KEY_NAME: Final = MappingProxyType({_READ: _pad_key})


@dataclass(frozen=True, slots=True)
class Code:
    """A button that shows something. Subclasses are its arguments, in order; `TAG` names the screen."""

    TAG: ClassVar[str] = ""

    def encode(self, owner: UserId | None = None) -> str:
        """The callback data; `owner` in groups only."""
        parts = [VERSION, self.TAG, *(str(getattr(self, each.name)) for each in fields(self))]
        return ":".join(parts) + ("" if owner is None else f"@{owner}")

    @classmethod
    def decode(cls, data: str) -> Self:
        """Raises ButtonExpired for anything that `encode` would not have written."""
        version, *rest = data.partition("@")[0].split(":")
        expected = fields(cls)
        if version != VERSION or rest[:1] != [cls.TAG] or len(rest) != len(expected) + 1:
            raise ButtonExpired
        return cls(*(each.metadata[_READ](text) for each, text in zip(expected, rest[1:], strict=True)))

    @classmethod
    def pattern(cls) -> str:
        """The regular expression that finds this screen's handler."""
        return rf"^{VERSION}:{cls.TAG}(?:[:@]|$)"


def owner_of(data: str) -> UserId | None:
    """Whose button a code is; None where it says nothing that can be read."""
    _, at, owner = data.partition("@")
    return UserId(int(owner)) if at and _NUMBER.fullmatch(owner) else None


def token_data(token: str) -> str:
    return PRESS_PREFIX + token


def token_of(data: str) -> str:
    """Raises ButtonExpired for what can be no token, so that no question goes to the database."""
    token = data.removeprefix(PRESS_PREFIX)
    if not data.startswith(PRESS_PREFIX) or not _TOKEN.fullmatch(token):
        raise ButtonExpired
    return token


@dataclass(frozen=True, slots=True)
class RunCommand(Code):
    """A command without arguments: the menu's buttons, "did you mean /balance"."""

    TAG = "do"
    command: str = field(metadata=_COMMAND_NAME)


@dataclass(frozen=True, slots=True)
class ShowBalance(Code):
    """An account's balance."""

    TAG = "bal"
    account_id: AccountId = field(metadata=_ACCOUNT_ID)


@dataclass(frozen=True, slots=True)
class ShowPositions(Code):
    """A page of an account's positions, from 0."""

    TAG = "pos"
    account_id: AccountId = field(metadata=_ACCOUNT_ID)
    page: int = field(default=0, metadata=_PAGE)


@dataclass(frozen=True, slots=True)
class ShowOrders(Code):
    """A page of an account's open orders."""

    TAG = "ord"
    account_id: AccountId = field(metadata=_ACCOUNT_ID)
    page: int = field(default=0, metadata=_PAGE)


@dataclass(frozen=True, slots=True)
class ShowTrades(Code):
    """A page of an account's newest fills."""

    TAG = "trd"
    account_id: AccountId = field(metadata=_ACCOUNT_ID)
    page: int = field(default=0, metadata=_PAGE)


@dataclass(frozen=True, slots=True)
class ShowPrice(Code):
    """A symbol's price."""

    TAG = "px"
    symbol: Symbol = field(metadata=_SYMBOL_NAME)


@dataclass(frozen=True, slots=True)
class ShowBook(Code):
    """A symbol's order book."""

    TAG = "bk"
    symbol: Symbol = field(metadata=_SYMBOL_NAME)


@dataclass(frozen=True, slots=True)
class ShowSymbols(Code):
    """A page of a category's symbols."""

    TAG = "sym"
    category: Category = field(metadata=_CATEGORY)
    page: int = field(default=0, metadata=_PAGE)


@dataclass(frozen=True, slots=True)
class SetLanguage(Code):
    """Harmless and undone by one more tap: design.md lets a language button carry a code."""

    TAG = "lang"
    language: Language = field(metadata=_LANGUAGE)


@dataclass(frozen=True, slots=True)
class ShowSetting(Code):
    """One setting with its presets."""

    TAG = "set"
    setting: SettingField = field(metadata=_FIELD)


@dataclass(frozen=True, slots=True)
class ShowSite(Code):
    """What can be connected on a Bybit site."""

    TAG = "site"
    site: str = field(metadata=_SITE_CODE)


@dataclass(frozen=True, slots=True)
class ShowKey(Code):
    """A connected key: ask Bybit about it."""

    TAG = "akey"
    account_type: AccountType = field(metadata=_ACCOUNT_TYPE)
    account_id: AccountId = field(metadata=_ACCOUNT_ID)


@dataclass(frozen=True, slots=True)
class ShowKeyOfType(Code):
    """ShowKey as buttons had it while a user had one key of a type."""

    TAG = "key"
    account_type: AccountType = field(metadata=_ACCOUNT_TYPE)


@dataclass(frozen=True, slots=True)
class AskRemoval(Code):
    """Asks before a key is removed."""

    TAG = "unakey"
    account_type: AccountType = field(metadata=_ACCOUNT_TYPE)
    account_id: AccountId = field(metadata=_ACCOUNT_ID)


@dataclass(frozen=True, slots=True)
class AskRemovalOfType(Code):
    """AskRemoval as buttons had it while a user had one key of a type."""

    TAG = "unkey"
    account_type: AccountType = field(metadata=_ACCOUNT_TYPE)


@dataclass(frozen=True, slots=True)
class PressPin(Code):
    """A key of the PIN's keypad: a digit, b for back, c to cancel. The pad's token dies with the pad."""

    TAG = "pin"
    pad: str = field(metadata=_PAD_TOKEN)
    key: str = field(metadata=_PAD_KEY_NAME)


@dataclass(frozen=True, slots=True)
class ShowMyPayments(Code):
    """The presser's own payments with numbers below `before`; 0: the newest."""

    TAG = "mypay"
    before: int = field(default=0, metadata=_ROW)


@dataclass(frozen=True, slots=True)
class ShowPayments(Code):
    """Everybody's payments, for admins."""

    TAG = "pays"
    listed: Listed = field(default=Listed.ALL, metadata=_LISTED)
    before: int = field(default=0, metadata=_ROW)


@dataclass(frozen=True, slots=True)
class ShowPayment(Code):
    """One payment, for admins."""

    TAG = "payment"
    number: int = field(metadata=_ROW)


@dataclass(frozen=True, slots=True)
class AskRefund(Code):
    """Asks for the reason before anything goes back."""

    TAG = "refund"
    number: int = field(metadata=_ROW)


@dataclass(frozen=True, slots=True)
class PromoDays(Code):
    """A new promo code of that type; asks for the days."""

    TAG = "pday"
    license_type: LicenseType = field(metadata=_LICENSE_TYPE)


@dataclass(frozen=True, slots=True)
class PromoUses(Code):
    """… of so many days; asks for the uses."""

    TAG = "puse"
    license_type: LicenseType = field(metadata=_LICENSE_TYPE)
    days: int = field(metadata=_DAYS)


@dataclass(frozen=True, slots=True)
class PromoPreview(Code):
    """… for so many people; shows what that is, with [Create]."""

    TAG = "pnew"
    license_type: LicenseType = field(metadata=_LICENSE_TYPE)
    days: int = field(metadata=_DAYS)
    uses: int = field(metadata=_USES)


@dataclass(frozen=True, slots=True)
class PromoList(Code):
    """A page of campaigns, the newest first: the open ones, or all."""

    TAG = "plist"
    which: str = field(metadata=_WHICH)
    page: int = field(default=0, metadata=_PAGE)


@dataclass(frozen=True, slots=True)
class PromoCard(Code):
    """A campaign with its funnel and everything that can be done about it."""

    TAG = "pcard"
    campaign: int = field(metadata=_CAMPAIGN)


@dataclass(frozen=True, slots=True)
class PromoUndo(Code):
    """Who would lose what if it were called back."""

    TAG = "pundo"
    campaign: int = field(metadata=_CAMPAIGN)


@dataclass(frozen=True, slots=True)
class ShowThread(Code):
    """A support thread, to its user and to the staff; page 0 holds the newest messages."""

    TAG = "thr"
    thread_id: ThreadId = field(metadata=_THREAD)
    page: int = field(default=0, metadata=_PAGE)


@dataclass(frozen=True, slots=True)
class ShowThreads(Code):
    """A list of support threads, for the staff."""

    TAG = "thrs"
    which: ThreadList = field(default=ThreadList.OPEN, metadata=_THREAD_LIST)
    page: int = field(default=0, metadata=_PAGE)


@dataclass(frozen=True, slots=True)
class AnswerThread(Code):
    """The next message goes into this thread. Asking is all it does; it is sent under messages that live for weeks."""

    TAG = "thra"
    thread_id: ThreadId = field(metadata=_THREAD)


@dataclass(frozen=True, slots=True)
class ShowUsers(Code):
    """A page of the desk's list of users."""

    TAG = "usr"
    shown: UserFilter = field(metadata=_USER_FILTER)
    page: int = field(default=0, metadata=_PAGE)


@dataclass(frozen=True, slots=True)
class FindUser(Code):
    """Asks what to look for."""

    TAG = "find"


@dataclass(frozen=True, slots=True)
class ShowUser(Code):
    """A user's card at the desk."""

    TAG = "who"
    user_id: UserId = field(metadata=_USER_ID)


@dataclass(frozen=True, slots=True)
class AskAdminAction(Code):
    """Begins an act on a user; nothing is done before it is confirmed."""

    TAG = "act"
    kind: AdminActionKind = field(metadata=_ADMIN_ACTION)
    user_id: UserId = field(metadata=_USER_ID)


@dataclass(frozen=True, slots=True)
class AskRole(Code):
    """Which role a user shall have."""

    TAG = "role"
    user_id: UserId = field(metadata=_USER_ID)


@dataclass(frozen=True, slots=True)
class AimBroadcast(Code):
    """Who gets a draft; `spoken` is a language or all, `active` 1 for those of the last seven days."""

    TAG = "bca"
    broadcast: int = field(metadata=_LARGE_NUMBER)
    license: AudienceLicense = field(metadata=_AUDIENCE_LICENSE)
    spoken: str = field(metadata=_ONE_WORD)
    active: int = field(metadata=_ONE_OR_NONE)


@dataclass(frozen=True, slots=True)
class StopBroadcast(Code):
    """No further message goes out: safe at any time, by any admin."""

    TAG = "bcs"
    broadcast: int = field(metadata=_LARGE_NUMBER)


@dataclass(frozen=True, slots=True)
class ShowAudit(Code):
    """A page of the audit: one area or all, about one user or everybody (0), below a row or the newest (0)."""

    TAG = "aud"
    area: str = field(metadata=_ONE_WORD)
    user_id: UserId = field(metadata=_USER_ID)
    before: int = field(metadata=_ROW_NUMBER)


CODES: Final[tuple[type[Code], ...]] = (
    RunCommand,
    ShowBalance,
    ShowPositions,
    ShowOrders,
    ShowTrades,
    ShowPrice,
    ShowBook,
    ShowSymbols,
    SetLanguage,
    ShowSetting,
    ShowSite,
    ShowKey,
    ShowKeyOfType,
    AskRemoval,
    AskRemovalOfType,
    PromoDays,
    PromoUses,
    PromoPreview,
    PromoList,
    PromoCard,
    PromoUndo,
    PressPin,
    ShowUsers,
    FindUser,
    ShowUser,
    AskAdminAction,
    AskRole,
    AimBroadcast,
    StopBroadcast,
    ShowAudit,
    ShowMyPayments,
    ShowPayments,
    ShowPayment,
    AskRefund,
    ShowThread,
    ShowThreads,
    AnswerThread,
)
