"""What every feature is built on."""

from dataclasses import dataclass
from typing import Any, Protocol

from telegram.ext import ExtBot

from bot.chat.sender import ListenerOf
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import KeyInspector
from bot.domain.ports.reads import Reads
from bot.services.users.access import RoleResolver
from bot.settings import Settings
from bot.wiring.outside import Tuning
from bot.wiring.storage import Storage
from handlers.texts.catalog import Texts
from storage.queries import SqliteQueries
from storage.sqlite.database import Database
from storage.store import Store


class Job(Protocol):
    """Work that repeats beside the chat for as long as the process runs."""

    async def run(self) -> None:
        """As long as the process; canceled when it stops."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """The parts below the use cases. `reads`: the cached ones."""

    clock: Clock
    settings: Settings
    tuning: Tuning
    storage: Storage
    reads: Reads
    inspector: KeyInspector
    telegram_bot: ExtBot[Any]
    texts: Texts
    listener_of: ListenerOf
    access: RoleResolver

    @property
    def store(self) -> Store:
        return self.storage.store

    @property
    def queries(self) -> SqliteQueries:
        return self.storage.queries

    @property
    def database(self) -> Database:
        return self.storage.database
