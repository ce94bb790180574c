"""What Telegram's side can say beside PTB's own errors, and why the bot can't go on with it."""

from datetime import timedelta

from telegram.error import RetryAfter, TelegramError

from bot.domain.errors import PerpdeskError


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


class TelegramEnded(PerpdeskError):  # noqa: N818  named by what it is, as in bot.domain.errors
    """No use in trying again: the process ends, and the error's text is its one line."""


class AnotherInstance(TelegramEnded):
    """Somebody else takes this bot's updates (409)."""

    def __init__(self, said: str) -> None:
        super().__init__(f"another instance of this bot is running: stop it first (Telegram: {said})")


class TokenRefused(TelegramEnded):
    """Telegram does not know the token, or no longer (401)."""

    def __init__(self) -> None:
        super().__init__("Telegram refuses the bot's token: get the present one from @BotFather")
