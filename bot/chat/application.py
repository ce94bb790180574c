"""PTB's application as this bot runs it: no Updater, our transport, our rate limiter, updates fed in one by one."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, BaseRateLimiter, ExtBot

from bot.chat.errors import TokenRefused, UnreadableUpdate
from bot.chat.hedge import hedged
from bot.chat.plain_updates import plain_update
from bot.chat.transport import RawApi, TelegramRequest
from bot.chat.updates import RawUpdate
from bot.domain.secrets import Secret

_log = logging.getLogger(__name__)

_CALL_S: Final = 10.0  # that Telegram may take to answer a call

_BACK_OFF_S = 0.5
_BACK_OFF_MOST_S = 3.0
_PROBE_S = 4.0  # until another getMe while one is not answered
_GET_ME_S = 30.0
_REFUSALS = 3  # 404s in a row before a token that was never taken is given up


class DiscreetBot(ExtBot[int]):
    """PTB's bot, whose own repr (and so its application's) shows the token, and a short way to what is sent most."""

    __slots__ = ("_api",)

    def __init__(self, token: Secret, api_url: str, transport: TelegramRequest, limiter: BaseRateLimiter[int]) -> None:
        super().__init__(
            token.reveal(),
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=transport,
            get_updates_request=transport,
            rate_limiter=limiter,
        )
        with self._unfrozen():
            self._api = RawApi(transport, api_url, token)

    async def do_api_request(
        self,
        endpoint: str,
        api_kwargs: dict[str, Any] | None = None,
        *_arguments: Any,
        rate_limit_args: int | None = None,
        **_named: Any,
    ) -> Any:
        """The `result` of a Bot API method, its parameters as they go over the wire.

        PTB's own methods look for files and defaults in each parameter and build an object of each answer: 280 us of
        processor a message beside 60.
        """
        data = api_kwargs or {}
        limiter = self.rate_limiter
        if limiter is None:
            return await self._call(endpoint, data)
        return await limiter.process_request(self._call, (endpoint, data), {}, endpoint, data, rate_limit_args)

    async def _call(self, endpoint: str, data: dict[str, Any]) -> Any:
        return await self._api.call(endpoint, data, read_timeout=_CALL_S)

    def __repr__(self) -> str:
        return "DiscreetBot(***)"


def make_bot(
    *, token: Secret, api_url: str, transport: TelegramRequest, rate_limiter: BaseRateLimiter[int]
) -> ExtBot[Any]:
    """A bot that talks to `api_url` (scheme, host and port).

    PTB's loggers are set to WARNING for the whole process: at DEBUG they tell addresses with the token and every text.
    """
    logging.getLogger("telegram").setLevel(logging.WARNING)
    return DiscreetBot(token, api_url, transport, rate_limiter)


async def build_application(telegram_bot: ExtBot[Any]) -> Application[Any, Any, Any, Any, Any, Any]:
    """An application which is fed by `Runner.process`; whoever registers handlers assigns its `bot_data`."""
    builder = ApplicationBuilder().bot(telegram_bot).updater(None).job_queue(None)
    return await asyncio.to_thread(builder.build)  # PTB looks at the disk while it builds


class Runner:
    """Feeds raw updates to an application."""

    def __init__(self, application: Application[ExtBot[Any], Any, Any, Any, Any, Any]) -> None:
        self._application = application

    async def process(self, raw: RawUpdate) -> None:
        """Parse and handle one update. Raises UnreadableUpdate; handlers' errors go to the error handlers."""
        try:
            bot = self._application.bot
            update = plain_update(raw, bot) or Update.de_json(dict(raw), bot)
        except Exception as error:  # whatever PTB's constructors make of it
            raise UnreadableUpdate(type(error).__name__) from error
        await self._application.process_update(update)


async def connect(
    application: Application[ExtBot[Any], Any, Any, Any, Any, Any],
    api: RawApi,
    randomness: Callable[[], float],
    *,
    is_known: bool,
    say: Callable[[str], None],
) -> None:
    """Introduce the bot (getMe), with endless patience; `say` is told why it takes so long.

    Raises TokenRefused for a token that Telegram refuses and has never taken. One that it took before (`is_known`) is
    asked with again: 401 and 404 come to good tokens, too.
    """
    failures = refusals = 0
    while True:
        refused, why = await _introduce(application, api)
        if why is None:
            return
        refusals = refusals + 1 if refused else 0
        if refused and not is_known and ("unauthorized" in why.lower() or refusals >= _REFUSALS):
            raise TokenRefused
        if not failures:
            _log.warning("Telegram can't be reached yet: %s", why)
        say(why)
        longest = min(_BACK_OFF_S * 2.0 ** min(failures, 16), _BACK_OFF_MOST_S)
        failures += 1
        await asyncio.sleep(longest * (0.5 + randomness() / 2))


async def _introduce(application: Application[Any, Any, Any, Any, Any, Any], api: RawApi) -> tuple[bool, str | None]:
    """Whether the token was refused, and what went wrong; None when nothing did.

    Errors are left behind here: PTB's name the token, and nothing may be chained to them.
    """
    try:
        await hedged(
            lambda: api.call("getMe", {}, read_timeout=_GET_ME_S), every=_PROBE_S, most=_GET_ME_S, unanswered=api.renew
        )
        await application.initialize()
    except InvalidToken as error:
        return True, "Unauthorized" if "unauthorized" in error.message.lower() else "404 Not Found"
    except TelegramError as error:
        return False, error.message
    except Exception as error:  # noqa: BLE001  whatever an answer may do to those who read it
        _log.error("an answer of getMe can't be read: %s", type(error).__name__)
        return False, type(error).__name__
    return False, None


@asynccontextmanager
async def running(
    application: Application[ExtBot[Any], Any, Any, Any, Any, Any], *, patience_s: float = 5.0
) -> AsyncIterator[None]:
    """From a connected application to a closed one. Tasks that handlers left get `patience_s` to end."""
    try:
        await application.start()
        try:
            yield
        finally:
            try:
                async with asyncio.timeout(patience_s):
                    await application.stop()
            except TimeoutError:
                _log.warning("tasks of handlers were still running after %g s and are cancelled", patience_s)
    finally:
        await application.shutdown()
