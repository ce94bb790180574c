"""Which bot the database belongs to, and until when everything that people wrote to it has come in."""

import hmac
import logging
from secrets import token_bytes
from typing import Final

from bot.chat.errors import AnotherBot
from bot.domain.chat import KnownBot
from bot.domain.errors import StorageTrouble
from bot.domain.ids import Millis
from bot.domain.ports.chat import KnownBotStore
from bot.domain.secrets import Secret

_log = logging.getLogger(__name__)

_SALT_BYTES: Final = 16
_HEARD_EVERY: Final = 10_000  # ms between two notes of it


class BotIdentity:
    """The stored row beside the token of this start. Nothing is known before `load`."""

    def __init__(self, store: KnownBotStore, token: Secret) -> None:
        self._store = store
        self._token = token
        self._known: KnownBot | None = None
        self.was_known = False  # at the start: Telegram had taken this very token before
        self.heard_before: Millis | None = None  # until when the process before this one was given everything

    async def load(self) -> None:
        """Raises AnotherBot where the token is of another bot than the one that the database belongs to."""
        self._known = await self._store.known_bot()
        self.was_known, self.heard_before = self.is_known, self.heard_ts
        given = self._token.reveal().partition(":")[0]
        if self._known is not None and given.isdecimal() and int(given) != self._known.bot_id:
            raise AnotherBot(stored=self._known.bot_id, given=int(given))

    @property
    def is_known(self) -> bool:
        """Whether Telegram has taken this very token before."""
        known = self._known
        return known is not None and hmac.compare_digest(self._mac(known.salt), known.token_mac)

    @property
    def heard_ts(self) -> Millis | None:
        return None if self._known is None else self._known.heard_ts

    async def accepted(self, bot_id: int) -> None:
        """Telegram has taken the token: from now on the database is this bot's. Raises StorageTrouble."""
        if not self.is_known:
            salt = token_bytes(_SALT_BYTES)
            self._known = KnownBot(bot_id=bot_id, salt=salt, token_mac=self._mac(salt), heard_ts=self.heard_ts)
            await self._store.keep_known_bot(self._known)

    async def heard(self, moment: Millis, *, at_once: bool = False) -> None:
        """Telegram has given everything it had until then; noted some times a minute, or at once."""
        if not at_once and self.heard_ts is not None and moment - self.heard_ts < _HEARD_EVERY:
            return
        try:
            self._known = await self._store.heard(moment)
        except StorageTrouble as trouble:
            _log.warning("it could not be noted until when Telegram was heard: %s", trouble)

    def _mac(self, salt: bytes) -> bytes:
        return hmac.digest(salt, self._token.reveal().encode(), "sha256")
