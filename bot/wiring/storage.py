"""The database, its repository, the keys that open what is sealed in it."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

from bot.dispatch import Dispatcher
from bot.domain.ids import Millis
from bot.domain.marks import Marks
from bot.lifecycle import EXIT_CONFIG, Fatal
from bot.settings import Settings
from bot.wiring.keys import load_keys, recipients_of
from bot.wiring.outside import Outside
from bot.wiring.safekeeping import copy_before_migration
from storage.accounts.queries import SqliteAccountQueries
from storage.chat.queries import SqliteChatQueries
from storage.journal.journal import Journal, open_journal
from storage.licensing.queries import SqliteLicenseQueries
from storage.paper.queries import SqlitePaperQueries
from storage.sqlite.birth import birth_of
from storage.sqlite.database import Database, PageCheck
from storage.sqlite.migrate import migrate
from storage.sqlite.reserve import ReservedSpace
from storage.sqlite.secrets import open_secret
from storage.sqlite.tombstone import tombstone_of
from storage.sqlite.vault import AesCredentialVault
from storage.store import Store
from storage.users.queries import SqliteUserQueries


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """The storage side. `schema` is the number of the last migration, `born` the database's first moment."""

    database: Database
    journal: Journal
    schema: int
    born: Millis
    marks: Marks
    vault: AesCredentialVault
    dispatcher: Dispatcher
    store: Store
    space: ReservedSpace
    user_queries: SqliteUserQueries
    account_queries: SqliteAccountQueries
    license_queries: SqliteLicenseQueries
    paper_queries: SqlitePaperQueries
    chat_queries: SqliteChatQueries


async def open_storage(
    stack: AsyncExitStack, settings: Settings, outside: Outside, *, check: PageCheck, enqueued: Callable[[], None]
) -> Storage:
    """The migrated database. `enqueued` is called after each commit that put a message into the outbox.

    Raises Fatal, WrongKeyFile, AlreadyRunning, SchemaTooNew, UnfitDatabase, StorageTrouble.
    """
    vault = AesCredentialVault(await asyncio.to_thread(load_keys, settings))
    space = ReservedSpace(settings.database, settings.disk_reserve_mb * 1024 * 1024)
    clock, driver = outside.clock, outside.sqlite
    database = await stack.enter_async_context(
        Database.open(settings.database, check=check, driver=driver, monotonic=clock.monotonic, in_trouble=space.note)
    )
    await _refuse_moved(settings)
    await copy_before_migration(settings, database, vault, outside.clock.now())
    _, schema = await migrate(database)
    await vault.prove(database)
    journal = await _open_journal(settings, database, vault, outside)
    stack.push_async_callback(journal.close)
    dispatcher = Dispatcher()
    marks = Marks(secret=await open_secret(database, vault, "marks"))
    return Storage(
        database=database,
        journal=journal,
        schema=schema,
        marks=marks,
        born=await birth_of(database, outside.clock.now()),
        vault=vault,
        dispatcher=dispatcher,
        space=space,
        store=Store(database, clock=outside.clock, committed=dispatcher.committed, enqueued=enqueued),
        user_queries=SqliteUserQueries(database),
        account_queries=SqliteAccountQueries(database, clock=outside.clock),
        license_queries=SqliteLicenseQueries(database, marks),
        paper_queries=SqlitePaperQueries(database),
        chat_queries=SqliteChatQueries(database),
    )


async def _open_journal(settings: Settings, database: Database, vault: AesCredentialVault, outside: Outside) -> Journal:
    recipients = await asyncio.to_thread(recipients_of, settings, vault)
    return await open_journal(database, settings.journal_folder, recipients, monotonic=outside.clock.monotonic)


async def _refuse_moved(settings: Settings) -> None:
    """Raises Fatal where the database was moved to another machine."""
    moved = await asyncio.to_thread(tombstone_of, settings.database)
    if moved is not None:
        raise Fatal(
            f"{settings.database} was moved to another machine at {moved}: start the bot there. "
            "If it shall run here after all, and nowhere else: `perpdesk move --lift`",
            EXIT_CONFIG,
        )
