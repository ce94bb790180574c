"""The one writing connection: transactions one at a time, whose commits are shared under load.

A commit waits for the disk: 0.4 ms usually, 50 ms at times. So a transaction that ends while others wait for their turn
does not commit: it joins their group, and the last of the group commits for all. (The first of them also queues up to
do so, in case others keep coming.) Each transaction has a savepoint of its own, so one that fails undoes only its own
writes. None is answered before the shared commit is on the disk; if that fails, all of them fail.

A transaction that somebody waits for is urgent: it goes before those of the background, and shares its commit only with
other urgent ones. Otherwise an order would wait for the bookings of everybody's fills, later ones included.
"""

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final

from bot.aio.histograms import Histogram
from bot.aio.shielded import shielded
from bot.aio.urgent_lock import UrgentLock
from bot.domain.errors import StorageTrouble
from storage.sqlite.codecs import Row
from storage.sqlite.connection import BEGIN, COMMIT, Opening, SqliteConnection, Statement
from storage.sqlite.errors import translated, translation
from storage.sqlite.transaction import Transaction
from storage.sqlite.write_ahead import WriteAhead

_SAVEPOINT: Final = "SAVEPOINT unit"
_UNDO: Final = "ROLLBACK TO unit"  # the innermost of that name
_GROUP_LIMIT: Final = 64  # transactions a commit: bounds what one disk failure refuses
_URGENT_IN_A_ROW: Final = 4  # before one that is not: what protects a position is written in the background
_CLOSE_PATIENCE_S: Final = 5.0
DISK_SECONDS: Final = (0.001, 0.005, 0.025, 0.1, 0.5, 2.5)  # from a quiet disk to one that hardly answers

_logger = logging.getLogger(__name__)


class _Group:
    """Transactions that share a commit, with the callback of each for when it is on the disk."""

    __slots__ = ("_ended", "awaited_by", "callbacks", "trouble")

    def __init__(self) -> None:
        self.callbacks: list[Callable[[], None]] = []
        self.awaited_by: set[bool] = set()  # who has queued up to commit it: an urgent one (True), another one (False)
        self.trouble: BaseException | None = None
        self._ended = asyncio.Event()

    @property
    def is_finished(self) -> bool:
        return self._ended.is_set()

    def finish(self) -> None:
        """It was committed or rolled back: let those who wait for it go on."""
        self._ended.set()

    async def wait(self) -> None:
        """Return when it was committed or rolled back."""
        await self._ended.wait()


class Writer:
    """Runs transactions one after the other on its one connection.

    `in_trouble` is called with each write that the disk refuses. `commits`: how long commits took, in seconds, with
    the statements that ran in the same hop to the thread (a single one, a batch, or what a transaction had left to run,
    unless the journal is written in between). `refused`: how many commits failed.
    """

    def __init__(
        self,
        connection: SqliteConnection,
        *,
        before_commit: Callable[[], None] = lambda: None,
        in_trouble: Callable[[StorageTrouble], None] = lambda _: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.commits = Histogram(DISK_SECONDS)
        self.refused = 0
        self._connection = connection
        self._before_commit = before_commit
        self._in_trouble = in_trouble
        self._monotonic = monotonic
        self._lock = UrgentLock(_URGENT_IN_A_ROW)
        self._owner: asyncio.Task[Any] | None = None
        self._since: float | None = None  # when the turn that is under way began
        self._group: _Group | None = None  # whose transaction is open on the connection
        self._is_closed = False
        self._ahead: WriteAhead | None = None

    def write_ahead(self, ahead: WriteAhead) -> None:
        """From now on each transaction is written down there before it is committed."""
        self._ahead = ahead

    @property
    def waiting(self) -> int:
        """How many units wait for their turn to write."""
        return self._lock.waiting

    @property
    def busy_s(self) -> float:
        """Seconds that the turn under way has taken; 0 while there is none."""
        return 0.0 if self._since is None else self._monotonic() - self._since

    @asynccontextmanager
    async def transaction(
        self, committed: Callable[[], None] | None = None, *, is_urgent: bool = False
    ) -> AsyncIterator[Transaction]:
        """Everything that the block writes, or nothing; on the disk when the block is left without an error.

        `committed` is called right after the commit, before anybody is told; it can't undo the commit, so an error of
        its is only logged. Don't wait for the outside world in the block. Raises StorageTrouble when the disk refuses.
        Any exception that leaves the block rolls it back, a cancellation too; since the block may have read what
        transactions before it wrote, it returns only when those are on the disk.
        """
        left_by: BaseException | None = None
        async with self._turn(is_urgent=is_urgent):
            group = await self._begin()
            opening = Opening(_SAVEPOINT if group.callbacks else BEGIN)
            try:
                transaction = Transaction(self._connection, opening)
                if self._ahead is not None:
                    self._ahead.begin()
                yield transaction
                last = transaction.end()
            except BaseException as error:
                await shielded(self._leave(group, opening, is_urgent=is_urgent))
                if not group.callbacks or not isinstance(error, Exception):
                    raise
                left_by = error
            else:
                try:
                    left_by = await shielded(
                        self._end(group, opening, last, committed or (lambda: None), is_urgent=is_urgent)
                    )
                except asyncio.CancelledError as error:
                    left_by = error
        if not group.is_finished:
            await shielded(self._finish(group, is_urgent=is_urgent))
        if left_by is not None and (group.trouble is None or not isinstance(left_by, Exception)):
            raise left_by
        if group.trouble is not None:
            raise StorageTrouble(f"nothing was stored: {group.trouble}") from group.trouble

    async def statement(self, sql: str, parameters: Sequence[Any] = (), *, is_urgent: bool = False) -> list[Row]:
        """Run one statement as a transaction of its own: one hop to the thread instead of three, if nobody waits.

        Raises as `transaction` does.
        """
        async with self._turn(is_urgent=is_urgent):
            if self._is_free():
                with self._timed(), translated():
                    self._before_commit()
                    return await self._connection.run_unbroken(sql, parameters)
        async with self.transaction(is_urgent=is_urgent) as transaction:
            return await transaction.fetch(sql, parameters)

    async def batch(self, statements: Sequence[Statement], *, is_urgent: bool = False) -> list[list[Row]]:
        """Run statements that don't need each other's answers as one transaction: one hop instead of three or more.

        Raises as `transaction` does.
        """
        async with self._turn(is_urgent=is_urgent):
            if self._is_free():
                with self._timed(), translated():
                    self._before_commit()
                    return await self._connection.run_whole(statements)
        async with self.transaction(is_urgent=is_urgent) as transaction:
            return await transaction.run(statements)

    def _is_free(self) -> bool:
        """Whether there is no open transaction that a write would have to join."""
        return self._group is None and not self._is_closed and not self._connection.in_transaction

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[SqliteConnection]:
        """The bare connection without a transaction, for statements that can't run in one. The caller rolls back."""
        async with self._turn():
            if self._group is not None:
                await shielded(self._commit(self._group))
            yield self._connection

    async def close(self) -> None:
        """Wait for the transaction under way (5 s at most) and refuse new ones."""
        self._is_closed = True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._lock.acquire(), _CLOSE_PATIENCE_S)
            self._lock.release()

    @asynccontextmanager
    async def _turn(self, *, is_urgent: bool = False) -> AsyncIterator[None]:
        """Hold the lock, and remember which task holds it and since when."""
        task = asyncio.current_task()
        if task is self._owner:
            raise RuntimeError("a transaction is open in this task already")
        await self._lock.acquire(is_urgent=is_urgent)
        try:
            self._owner, self._since = task, self._monotonic()
            yield
        except StorageTrouble as trouble:
            self._in_trouble(trouble)
            raise
        finally:
            self._owner = self._since = None
            self._lock.release()

    async def _begin(self) -> _Group:
        """The open group, whose commit was left to us, or a new one."""
        if self._is_closed:
            raise StorageTrouble("the database is closed")
        if self._group is None:
            if self._connection.in_transaction:  # left by a rollback that the disk refused
                await self._connection.rollback()
            self._group = _Group()
        return self._group

    def _commits(self, group: _Group, *, is_urgent: bool) -> bool:
        """Whether a transaction that ends commits by itself, and does not leave that to those that wait behind it."""
        waiting = self._lock.urgent_waiting if is_urgent else self._lock.waiting
        return not waiting or len(group.callbacks) >= _GROUP_LIMIT

    async def _end(
        self,
        group: _Group,
        opening: Opening,
        last: Sequence[Statement],
        callback: Callable[[], None],
        *,
        is_urgent: bool,
    ) -> Exception | None:
        """Run a transaction's remaining statements, and commit if it is its turn to; why it was undone, else None."""
        group.callbacks.append(callback)
        commits = self._commits(group, is_urgent=is_urgent)
        try:
            with translated():
                if commits and await self._run_and_commit(group, opening, last):
                    return None
                if not commits:
                    await self._connection.run_opened(opening, last)
            if self._ahead is not None:
                await self._write_down(self._ahead)
        except Exception as trouble:  # noqa: BLE001  handed on by `transaction`
            group.callbacks.remove(callback)
            if isinstance(trouble, StorageTrouble):
                self._in_trouble(trouble)
            await self._undo(group, opening)
            return trouble
        if commits:
            await self._commit(group)
        return None

    async def _run_and_commit(self, group: _Group, opening: Opening, last: Sequence[Statement]) -> bool:
        """Both in one hop, unless the journal has to be written in between; whether the group is finished."""
        ahead, began = self._ahead, self._monotonic()

        def may_commit() -> bool:  # asked in the thread: nothing of it holds the loop
            if ahead is not None and ahead.has_rows:
                return False
            self._before_commit()
            return True

        outcome = await self._connection.run_and_commit(opening, last, may_commit)
        if isinstance(outcome, sqlite3.Error):
            outcome = translation(outcome)
        if ahead is not None:
            ahead.end()
        if isinstance(outcome, Exception):
            self.refused += isinstance(outcome, StorageTrouble)
            await self._refuse(group, outcome)
        elif outcome:
            self.commits.observe(self._monotonic() - began)
            self._stands(group)
        return group.is_finished

    async def _leave(self, group: _Group, opening: Opening, *, is_urgent: bool) -> None:
        """A block failed: undo it, and commit the transactions before it unless somebody who waits will."""
        await self._undo(group, opening)
        if not group.is_finished and self._commits(group, is_urgent=is_urgent):
            await self._commit(group)

    async def _write_down(self, ahead: WriteAhead) -> None:
        statements = await ahead.write()
        if statements:
            with translated():
                await self._connection.run_all(statements)

    async def _undo(self, group: _Group, opening: Opening) -> None:
        """Undo the transaction whose block failed, and no other."""
        if self._ahead is not None:
            self._ahead.end()
            self._ahead.undone()
        if not group.callbacks:  # it stands alone
            await self._abandon(group, None)
            return
        try:
            with translated():
                await self._connection.undo(opening, _UNDO)
        except (sqlite3.Error, StorageTrouble) as error:  # SQLite itself has rolled back all of them
            await self._abandon(group, error)

    async def _commit(self, group: _Group) -> None:
        try:
            with self._timed(), translated():
                self._before_commit()
                await self._connection.execute_fetchall(COMMIT)
        except BaseException as error:  # noqa: BLE001  handed on by `transaction` to each unit of the group
            await self._refuse(group, error)
            return
        self._stands(group)

    async def _refuse(self, group: _Group, error: BaseException) -> None:
        if isinstance(error, StorageTrouble):
            self._in_trouble(error)
        await self._abandon(group, error)

    def _stands(self, group: _Group) -> None:
        """The commit is on the disk: call the callbacks."""
        self._group = None
        if self._ahead is not None:
            self._ahead.committed()
        group.finish()
        for callback in group.callbacks:
            try:
                callback()
            except Exception:
                _logger.exception("a step after a commit failed; the commit stands")

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began = self._monotonic()
        try:
            yield
        except StorageTrouble:
            self.refused += 1
            raise
        self.commits.observe(self._monotonic() - began)

    async def _finish(self, group: _Group, *, is_urgent: bool) -> None:
        """Wait until a later transaction has committed for the group, or queue up to do it.

        The first that waits queues up, and the first urgent one does as well, in the urgent queue.
        """
        if group.awaited_by & {is_urgent, True}:
            await group.wait()
            return
        group.awaited_by.add(is_urgent)
        async with self._turn(is_urgent=is_urgent):
            if not group.is_finished:
                await self._commit(group)

    async def _abandon(self, group: _Group, trouble: BaseException | None) -> None:
        self._group = None
        group.trouble = trouble
        if self._ahead is not None:
            self._ahead.abandoned()
        try:
            with translated():
                await self._connection.rollback()
        finally:
            group.finish()
