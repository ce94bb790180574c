"""The users table, settings as typed columns, and the one read that every guard and screen asks for.

Its trade settings are what new accounts begin with; what an account trades with stands in its own row.
"""

from collections.abc import Sequence
from typing import Final

from bot.domain.accounts import AccountType, TradeSettings
from bot.domain.errors import UnreadableRow
from bot.domain.events import RecordEvent, RoleChanged, UserBanned, UserConfigChanged, UserEvent
from bot.domain.favorites import favorites_of, favorites_text
from bot.domain.ids import AccountId, Millis, UserId
from bot.domain.interning import intern_text
from bot.domain.market import MarketKey
from bot.domain.notices import NoticeKind, QuietHours
from bot.domain.users import STAFF, Language, NewUser, Notifications, PictureTheme, Role, UserConfig, UserSettings
from storage.accounts.accounts import account_of
from storage.sqlite.codecs import Row, decimal_text, json_text, json_values, storable
from storage.sqlite.transaction import Transaction

SELECT_CONFIG: Final = """
    SELECT u.user_id, u.username, u.first_name, u.lang, u.role, u.is_banned, u.terms_accepted,
           u.notifications, u.time_zone, u.default_account_id, u.first_seen_ts,
           d.user_id IS NOT NULL, u.picture_theme, u.notices, u.quiet_from, u.quiet_until, u.muted_until_ts,
           u.favorites,
           a.account_id, a.user_id, a.exchange, a.account_type, a.host, a.label, a.bybit_uid,
           a.risk_percent, a.stop_loss_percent, a.take_profit_percent, a.leverage, a.order_type
      FROM users AS u LEFT JOIN accounts AS a ON a.user_id = u.user_id AND a.state = 'active'
      LEFT JOIN dialogues AS d ON d.user_id = u.user_id
     WHERE u.user_id = ?
"""
SELECT_ACTIVE: Final = """
    SELECT user_id FROM users WHERE last_seen_ts >= ? AND is_banned = 0 ORDER BY last_seen_ts DESC LIMIT ?
"""
# role <> 'user' for idx_users_staff, which is partial.
SELECT_STAFF: Final = "SELECT user_id, role FROM users WHERE role <> 'user' AND role IN ('support', 'admin', 'owner')"
INSERT_USER: Final = """
    INSERT INTO users (user_id, username, first_name, lang, percent, sl_percent, tp_percent, leverage,
                       global_order_type, notifications, time_zone, picture_theme, notices, quiet_from, quiet_until,
                       muted_until_ts, start_payload, first_seen_ts, last_seen_ts)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (user_id) DO NOTHING RETURNING user_id
"""
UPDATE_NAMES: Final = "UPDATE users SET username = ?, first_name = ? WHERE user_id = ? RETURNING user_id"
UPDATE_LANGUAGE: Final = "UPDATE users SET lang = ? WHERE user_id = ? RETURNING user_id"
UPDATE_SETTINGS: Final = """
    UPDATE users
       SET notifications = ?, time_zone = ?, picture_theme = ?, notices = ?, quiet_from = ?, quiet_until = ?,
           muted_until_ts = ?
     WHERE user_id = ?
    RETURNING user_id
"""
UPDATE_FAVORITES: Final = "UPDATE users SET favorites = ? WHERE user_id = ? RETURNING user_id"
UPDATE_TRADE_SETTINGS: Final = """
    UPDATE users SET percent = ?, sl_percent = ?, tp_percent = ?, leverage = ?, global_order_type = ? WHERE user_id = ?
    RETURNING user_id
"""
UPDATE_ACCOUNTS: Final = """
    UPDATE accounts
       SET risk_percent = ?, stop_loss_percent = ?, take_profit_percent = ?, leverage = ?, order_type = ?
     WHERE user_id = ?
"""
UPDATE_DEFAULT_ACCOUNT: Final = """
    UPDATE users SET default_account_id = ?1
     WHERE user_id = ?2 AND (?1 IS NULL OR EXISTS (
           SELECT 1 FROM accounts WHERE user_id = ?2 AND account_id = ?1 AND state = 'active'))
    RETURNING user_id
"""
UPDATE_TERMS: Final = "UPDATE users SET terms_accepted = ?, terms_accepted_ts = ? WHERE user_id = ? RETURNING user_id"
UPDATE_BANNED: Final = "UPDATE users SET is_banned = ? WHERE user_id = ? RETURNING user_id"
UPDATE_ROLE: Final = "UPDATE users SET role = ? WHERE user_id = ? RETURNING user_id"

_ACCOUNT_COLUMN: Final = 18  # where the joined account begins in SELECT_CONFIG
_TYPE_ORDER: Final = {each: place for place, each in enumerate((AccountType.PAPER, AccountType.DEMO, AccountType.LIVE))}
_NAME_LIMIT: Final = 256
_USERNAME_LIMIT: Final = 64
_PAYLOAD_LIMIT: Final = 64
_NONE_CHOSEN: Final = "{}"


def config_of(rows: list[Row]) -> UserConfig | None:
    """The rows of SELECT_CONFIG, one for each active account; paper comes first, then demo, then live."""
    if not rows:
        return None
    row = rows[0]
    accounts = [account_of(each[_ACCOUNT_COLUMN:]) for each in rows if each[_ACCOUNT_COLUMN] is not None]
    accounts.sort(key=lambda account: (_TYPE_ORDER[account.account_type], account.account_id))
    return UserConfig(
        user_id=row[0],
        username=row[1],
        first_name=row[2],
        language=Language(row[3]),
        role=Role(row[4]),
        is_banned=bool(row[5]),
        terms_version=row[6],
        settings=UserSettings(
            notifications=Notifications(row[7]),
            time_zone=intern_text(row[8]),
            picture_theme=PictureTheme(row[12]),
            choices=_choices(row[13]),
            quiet_hours=None if row[14] is None else QuietHours(start=row[14], end=row[15]),
            muted_until=row[16],
        ),
        default_account_id=row[9],
        accounts=tuple(accounts),
        first_seen_ts=row[10],
        has_dialogue=bool(row[11]),
        favorites=favorites_of(row[17]),
    )


class SqliteUsers:
    """Implements `bot.domain.ports.users.Users` inside a unit of work."""

    def __init__(self, transaction: Transaction, record: RecordEvent) -> None:
        self._transaction = transaction
        self._record = record

    async def ensure(self, user: NewUser, now: Millis) -> bool:
        """Store a new user with the default settings; True if they were new. A known one stays as they are."""
        payload = storable(user.start_payload, limit=_PAYLOAD_LIMIT) if user.start_payload else None
        row = (user.user_id, *_names(user.username, user.first_name), user.language.value, *_DEFAULTS)
        return await self._write(INSERT_USER, (*row, payload or None, now, now))

    async def rename(self, user_id: UserId, username: str | None, first_name: str) -> None:
        await self._write(UPDATE_NAMES, (*_names(username, first_name), user_id))

    async def set_language(self, user_id: UserId, language: Language) -> None:
        await self._write(UPDATE_LANGUAGE, (language.value, user_id))

    async def set_settings(self, user_id: UserId, settings: UserSettings) -> None:
        await self._write(UPDATE_SETTINGS, (*_settings(settings), user_id))

    async def set_favorites(self, user_id: UserId, favorites: Sequence[MarketKey]) -> None:
        await self._write(UPDATE_FAVORITES, (favorites_text(favorites), user_id))

    async def set_trade_settings(self, user_id: UserId, settings: TradeSettings) -> None:
        """Of every account, and of those to come. Raises ValueError for a number that is no amount."""
        row = (*_trade_settings(settings), user_id)
        await self._transaction.fetch(UPDATE_ACCOUNTS, row)
        await self._write(UPDATE_TRADE_SETTINGS, row)

    async def set_default_account(self, user_id: UserId, account_id: AccountId | None) -> None:
        """Raises LookupError if that is no usable account of that user."""
        if not await self._write(UPDATE_DEFAULT_ACCOUNT, (account_id, user_id)):
            raise LookupError(f"user {user_id} has no usable account {account_id}")

    async def accept_terms(self, user_id: UserId, version: int, now: Millis) -> None:
        await self._write(UPDATE_TERMS, (version, now, user_id))

    async def set_banned(self, user_id: UserId, *, banned: bool) -> bool:
        """True if such a user exists."""
        return await self._write(UPDATE_BANNED, (int(banned), user_id), UserBanned)

    async def set_role(self, user_id: UserId, role: Role) -> bool:
        """True if such a user exists."""
        is_known = await self._write(UPDATE_ROLE, (role.value, user_id), RoleChanged)
        if is_known:
            self._record(RoleChanged(user_id=STAFF))
        return is_known

    async def _write(
        self, statement: str, parameters: Sequence[object], event: type[UserEvent] = UserConfigChanged
    ) -> bool:
        """Whether a row was written; each is an event."""
        rows = await self._transaction.fetch(statement, parameters)
        for (user_id,) in rows:
            self._record(event(user_id=user_id))
        return bool(rows)


def _names(username: str | None, first_name: str) -> tuple[str | None, str]:
    return storable(username, limit=_USERNAME_LIMIT) if username else None, storable(first_name, limit=_NAME_LIMIT)


def _settings(settings: UserSettings) -> tuple[str | int | None, ...]:
    hours = settings.quiet_hours
    return (
        settings.notifications.value,
        settings.time_zone,
        settings.picture_theme.value,
        json_text({kind.value: chosen.value for kind, chosen in settings.choices}),
        None if hours is None else hours.start,
        None if hours is None else hours.end,
        settings.muted_until,
    )


def _choices(text: str) -> tuple[tuple[NoticeKind, Notifications], ...]:
    """Raises UnreadableRow."""
    if text == _NONE_CHOSEN:
        return ()
    try:
        return tuple((NoticeKind(kind), Notifications(chosen)) for kind, chosen in json_values(text).items())
    except ValueError:
        raise UnreadableRow("the stored choices of messages are none that were ever written") from None


def _trade_settings(settings: TradeSettings) -> tuple[str | int, ...]:
    return (
        decimal_text(settings.risk_percent),
        decimal_text(settings.stop_loss_percent),
        decimal_text(settings.take_profit_percent),
        settings.leverage,
        settings.order_type.value,
    )


_DEFAULTS: Final = (*_trade_settings(TradeSettings()), *_settings(UserSettings()))
