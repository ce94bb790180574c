"""What Telegram's side can say beside PTB's own errors, and why the bot can't go on with it."""

import re
from datetime import timedelta
from typing import Final

from telegram.error import NetworkError, RetryAfter, TelegramError

from bot.domain.errors import PerpdeskError

_FIRST_UPDATE: Final = re.compile(rb'\s*\{"ok":\s*true,\s*"result":\s*\[\s*\{\s*"update_id":\s*(\d{1,18})\b')


class FloodWait(RetryAfter):
    """A 429: certainly not executed, and welcome again after `seconds`.

    PTB's own class warns of a change to come whenever it is made; this one says the same without.
    """

    __slots__ = ()

    def __init__(self, seconds: float) -> None:
        self._retry_after = timedelta(seconds=max(0.0, seconds))
        TelegramError.__init__(self, f"Flood control exceeded. Retry in {seconds:g} seconds")

    @property
    def seconds(self) -> float:
        return self._retry_after.total_seconds()

    def __reduce__(self) -> tuple[type, tuple[float]]:  # type: ignore[override]  # as PTB's own does
        return type(self), (self.seconds,)


class UnreadableAnswer(NetworkError):  # noqa: N818  named by what it is, as in bot.domain.errors
    """An answer that can't be read: no JSON, none of Telegram's, nested too deeply, or too large."""

    __slots__ = ("head",)

    def __init__(self, message: str, *, head: bytes) -> None:
        super().__init__(message)
        self.head = head  # its first bytes

    def first_update_id(self) -> int | None:
        """The id of the first update of an answer of getUpdates, if that is what it was."""
        match = _FIRST_UPDATE.match(self.head)
        return int(match[1]) if match else None

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return NetworkError, (self.message,)


class UnreadableUpdate(PerpdeskError):  # noqa: N818  named by what it is, as in bot.domain.errors
    """PTB can't build this update: another attempt would fail alike."""


class TelegramEnded(PerpdeskError):  # noqa: N818  named by what it is, as in bot.domain.errors
    """No use in trying again: the process ends, and the error's text is its one line."""


class WrongSetup(TelegramEnded):
    """Only another setting helps, or an act of the operator: starting it again does not."""


class AnotherInstance(TelegramEnded):
    """Somebody else takes this bot's updates (409)."""

    def __init__(self, said: str) -> None:
        super().__init__(f"another instance of this bot is running: stop it first (Telegram: {said})")


class WebhookIsSet(WrongSetup):
    """Telegram sends this bot's updates to a webhook that this process has not set (409)."""

    def __init__(self) -> None:
        super().__init__("a webhook takes this bot's updates: `perpdesk webhook remove` (updates are kept)")


class ForeignWebhook(WrongSetup):
    """Telegram sends this bot's updates to another webhook than the one of the settings."""

    def __init__(self) -> None:
        super().__init__("another webhook takes this bot's updates: `perpdesk webhook take` (updates are kept)")


class WebhookPortTaken(WrongSetup):
    """Nothing can listen where Telegram's requests are to arrive."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"the webhook can't listen on {host}:{port} ({reason}): set PERPDESK_WEBHOOK_HOST or PERPDESK_WEBHOOK_PORT"
        )


class AnotherBot(WrongSetup):
    """The token is of another bot than the one whose people and messages the database holds."""

    def __init__(self, *, stored: int, given: int) -> None:
        super().__init__(
            f"this database is that of bot {stored} and the token is of bot {given}: set the other token or another "
            "PERPDESK_DATABASE, or hand the database over with `perpdesk adopt-bot`"
        )


class TokenRefused(WrongSetup):
    """Telegram does not know the token, and never has (401, 404)."""

    def __init__(self) -> None:
        super().__init__("Telegram refuses the bot's token: get the present one from @BotFather")
