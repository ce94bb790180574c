"""Users: roles, languages and settings."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from bot.domain.accounts import Account, AccountType, TradeSettings
from bot.domain.errors import ButtonExpired, NoAccount
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.market import MarketKey
from bot.domain.notices import ALWAYS, URGENT, NoticeKind, QuietHours
from bot.domain.time_zones import zone_of


class Language(StrEnum):
    """What the bot speaks; every other language of a client falls back to English."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    UKRAINIAN = "uk"


class Role(StrEnum):
    """What a person may do beside trading, by numeric id; each may what those before it may."""

    USER = "user"
    SUPPORT = "support"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        """0 for a user. Roles themselves compare as texts do."""
        return _RANKS[self]


_RANKS: Final = {role: rank for rank, role in enumerate(Role)}


class PictureTheme(StrEnum):
    """The ground that pictures are drawn on."""

    DARK = "dark"
    LIGHT = "light"


class Notifications(StrEnum):
    """How the bot's own messages ring."""

    ON = "on"
    SILENT = "silent"
    OFF = "off"


NEVER: Final = Millis(0)  # a mute that is none


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSettings:
    """The part of /settings that is no account's, the rest is `TradeSettings`; and what /notify changes."""

    notifications: Notifications = Notifications.ON  # of the kinds that are not among `choices`
    time_zone: str = "UTC"  # an IANA name, or an offset as UTC+5:30
    picture_theme: PictureTheme = PictureTheme.DARK
    choices: tuple[tuple[NoticeKind, Notifications], ...] = ()
    quiet_hours: QuietHours | None = None
    muted_until: Millis = NEVER

    def choice(self, kind: NoticeKind) -> Notifications:
        """How messages of a kind ring at other times than the quiet ones."""
        chosen = dict(self.choices).get(kind)
        if chosen is None:
            is_usual = self.notifications is Notifications.ON
            chosen = _USUAL.get(kind, Notifications.ON) if is_usual else self.notifications
        return Notifications.SILENT if chosen is Notifications.OFF and kind in ALWAYS else chosen

    def ring(self, kind: NoticeKind, now: Millis) -> Notifications:
        """How one rings now. Reads the file of the time zone, once a zone."""
        chosen = self.choice(kind)
        if chosen is Notifications.ON and kind not in URGENT and (now < self.muted_until or self.is_quiet(now)):
            return Notifications.SILENT
        return chosen

    def is_quiet(self, now: Millis) -> bool:
        """Whether these are quiet hours where the person lives."""
        hours = self.quiet_hours
        if hours is None:
            return False
        there = datetime.fromtimestamp(now / 1000, zone_of(self.time_zone) or UTC)
        return hours.covers(there.hour * 60 + there.minute)


_USUAL: Final = MappingProxyType({NoticeKind.REPORTS: Notifications.SILENT})


STAFF: Final = UserId(0)  # in place of a user: the list of those who have a role; Telegram's ids are above 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Everybody whose stored role is more than a user's."""

    roles: tuple[tuple[UserId, Role], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserConfig:
    """Everything a guard and a screen ask of a user, in one cached read."""

    user_id: UserId
    username: str | None
    first_name: str
    language: Language
    role: Role
    is_banned: bool
    terms_version: int  # 0: not accepted yet
    settings: UserSettings
    default_account_id: AccountId | None
    accounts: tuple[Account, ...]  # the usable ones, paper first
    first_seen_ts: Millis
    favorites: tuple[MarketKey, ...] = ()  # what they look at first
    has_dialogue: bool = False  # a row of theirs, which may be over: without one nobody asks for it

    @property
    def default_account(self) -> Account:
        """The account that screens show first: the chosen one, else practice.

        Raises LookupError if the user has no account at all, which /start rules out.
        """
        for account in self.accounts:
            if account.account_id == self.default_account_id:
                return account
        for account in self.accounts:
            return account
        raise LookupError(f"user {self.user_id} has no account")

    @property
    def trade_settings(self) -> TradeSettings:
        """Those of the default account, which /settings shows; today's defaults where there is no account."""
        return self.default_account.settings if self.accounts else TradeSettings()

    def account(self, account_id: AccountId) -> Account | None:
        """The user's own account of that id, or None where it is somebody else's or gone."""
        return next((each for each in self.accounts if each.account_id == account_id), None)

    def own_account(self, account_id: AccountId) -> Account:
        """The account of a button: the check that stands between A's button and B's account. Raises ButtonExpired."""
        found = self.account(account_id)
        if found is None:
            raise ButtonExpired
        return found

    @property
    def practice(self) -> Account | None:
        return self._of_type(AccountType.PAPER)

    def resolve(self, account_type: AccountType, account_id: AccountId | None = None) -> Account:
        """The account that a button names by its type and id, a typed word or an old button by its type alone.

        A type alone means the default account if that is of the type, else the first of the type. Raises NoAccount if
        the type has no account, ButtonExpired if the named account is gone and others of its type are there: what was
        meant for one is not done to another.
        """
        meant = self._of_type(account_type)
        if meant is None:
            raise NoAccount("error-no-account", account_type=account_type.value)
        if account_id is None or meant.account_id == account_id:
            return meant
        named = self.account(account_id)
        if named is None or named.account_type is not account_type:
            raise ButtonExpired
        return named

    def numbered(self, account_type: AccountType, number: int) -> Account:
        """The account of a type and number, as Live 2. Raises NoAccount."""
        for each in self.accounts:
            if (each.account_type, each.number) == (account_type, number):
                return each
        raise NoAccount("error-no-account-number", account_type=account_type.value, number=str(number))

    def _of_type(self, account_type: AccountType) -> Account | None:
        found = [each for each in self.accounts if each.account_type is account_type]
        return next((each for each in found if each.account_id == self.default_account_id), found[0] if found else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """Who sent /start, as Telegram names them; stored if nobody of that id is known."""

    user_id: UserId
    username: str | None
    first_name: str
    language: Language
    start_payload: str | None = field(repr=False)
