"""The inbox with what people wrote sealed: promo codes are typed, and a stolen file or its log is to show none.

A body is: version (1 byte, 1), nonce (12), ciphertext, tag (16), bound to its update. One that begins with another byte
was written by a release that did not seal.
"""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.chat import StoredUpdate
from bot.domain.ids import Millis, UserId
from bot.domain.ports.chat import InboxStore
from bot.domain.update_attempt import UpdateId

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_logger = logging.getLogger(__name__)


class SealedInbox:
    """Implements `bot.domain.ports.chat.InboxStore` over another one. `secret`: 32 bytes of the database's own."""

    def __init__(self, store: InboxStore, secret: bytes, *, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._store = store
        self._cipher = AESGCM(secret)
        self._random_bytes = random_bytes

    async def accept(self, updates: Sequence[StoredUpdate], now: Millis) -> tuple[UpdateId, ...]:
        """Store the batch in one commit; answers the ids that were new, in their order. Raises StorageTrouble."""
        return await self._store.accept([self._sealed(each) for each in updates], now)

    async def waiting(self) -> tuple[StoredUpdate, ...]:
        """NEW and APPLIED rows, oldest first; one that does not open any more has no body."""
        return tuple([self._opened(each) for each in await self._store.waiting()])

    async def finish(self, done: Sequence[UpdateId], seen: Mapping[UserId, Millis], now: Millis) -> None:
        await self._store.finish(done, seen, now)

    async def failed(self, update_id: UpdateId, attempts: int, *, set_aside: bool) -> None:
        await self._store.failed(update_id, attempts, set_aside=set_aside)

    async def join(self, before: Millis) -> int:
        return await self._store.join(before)

    async def forget(self, before: Millis) -> int:
        return await self._store.forget(before)

    def _sealed(self, update: StoredUpdate) -> StoredUpdate:
        if update.body is None:
            return update
        nonce = self._random_bytes(_NONCE_BYTES)
        body = _VERSION + nonce + self._cipher.encrypt(nonce, update.body, _context(update.update_id))
        return replace(update, body=body)

    def _opened(self, update: StoredUpdate) -> StoredUpdate:
        body = update.body
        if body is None or not body.startswith(_VERSION):
            return update
        nonce, sealed = body[1 : 1 + _NONCE_BYTES], body[1 + _NONCE_BYTES :]
        try:
            return replace(update, body=self._cipher.decrypt(nonce, sealed, _context(update.update_id)))
        except (InvalidTag, ValueError):
            _logger.warning("update %d of the inbox does not open: its sender is asked again", update.update_id)
            return replace(update, body=None)


def _context(update_id: UpdateId) -> bytes:
    return f"perpdesk:inbox:{update_id}".encode()
