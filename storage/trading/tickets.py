"""trade_tickets, ticket_presets, last_sizes: orders that are being put together, and what their buttons offer."""

from decimal import Decimal, InvalidOperation
from typing import Final

from bot.domain.draft_fields import DraftFields
from bot.domain.errors import UnreadableRow
from bot.domain.ids import AccountId, Millis, Symbol, UserId
from bot.domain.order_drafts import OrderDraft, OrderSize
from bot.domain.payloads import PayloadError, decode, encode
from bot.domain.tickets import Ticket, TicketPresets, percents_text, size_of, size_text, sizes_text
from storage.sqlite.codecs import Row, json_text, json_values
from storage.sqlite.database import Database
from storage.sqlite.transaction import Transaction

INSERT_TICKET: Final = """
    INSERT INTO trade_tickets (user_id, draft_json, updated_ts) VALUES (?, ?, ?) RETURNING ticket_id
"""
# So many tickets of a person are kept as anybody scrolls back to.
DELETE_OLD_TICKETS: Final = """
    DELETE FROM trade_tickets
     WHERE user_id = ?1
       AND ticket_id < (SELECT ticket_id FROM trade_tickets
                         WHERE user_id = ?1 ORDER BY ticket_id DESC LIMIT 1 OFFSET 9)
"""
UPDATE_TICKET: Final = "UPDATE trade_tickets SET draft_json = ?, updated_ts = ? WHERE ticket_id = ? AND user_id = ?"
SELECT_TICKET: Final = """
    SELECT ticket_id, user_id, draft_json FROM trade_tickets WHERE ticket_id = ? AND user_id = ?
"""
SELECT_LAST_TICKET: Final = """
    SELECT ticket_id, user_id, draft_json FROM trade_tickets WHERE user_id = ? ORDER BY ticket_id DESC LIMIT 1
"""
UPSERT_PRESETS: Final = """
    INSERT INTO ticket_presets (user_id, sizes, stops, targets) VALUES (?, ?, ?, ?)
    ON CONFLICT (user_id) DO UPDATE
       SET sizes = excluded.sizes, stops = excluded.stops, targets = excluded.targets
"""
UPSERT_LAST_SIZE: Final = """
    INSERT INTO last_sizes (user_id, account_id, symbol, size, used_ts) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (account_id, symbol) DO UPDATE SET size = excluded.size, used_ts = excluded.used_ts
"""
SELECT_LAST_SIZE: Final = "SELECT size FROM last_sizes WHERE account_id = ? AND symbol = ? AND user_id = ?"
SELECT_PRESETS: Final = "SELECT sizes, stops, targets FROM ticket_presets WHERE user_id = ?"


def ticket_of(row: Row) -> Ticket:
    """A row of SELECT_TICKET and its like. Raises UnreadableRow."""
    number, user_id, draft = row
    try:
        fields = decode(DraftFields, json_values(draft))
        return Ticket(number=number, user_id=user_id, draft=fields.draft)
    except (PayloadError, ValueError) as unreadable:
        raise UnreadableRow("a ticket that nothing of ours wrote") from unreadable


def presets_of(row: Row) -> TicketPresets:
    """A row of SELECT_PRESETS. Raises UnreadableRow."""
    sizes, stops, targets = (each.split() for each in row)
    try:
        return TicketPresets(
            sizes=tuple(map(size_of, sizes)), stops=tuple(map(Decimal, stops)), targets=tuple(map(Decimal, targets))
        )
    except (ValueError, InvalidOperation) as unreadable:
        raise UnreadableRow("presets that nothing of ours wrote") from unreadable


class SqliteTickets:
    """Implements `bot.domain.ports.tickets.Tickets` inside a unit of work."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, user_id: UserId, draft: OrderDraft, now: Millis) -> Ticket:
        """A new ticket; of a person's tickets the newest ten are kept."""
        rows = await self._transaction.fetch(INSERT_TICKET, (user_id, _stored(draft), now))
        await self._transaction.fetch(DELETE_OLD_TICKETS, (user_id,))
        return Ticket(number=rows[0][0], user_id=user_id, draft=draft)

    async def put(self, ticket: Ticket, now: Millis) -> None:
        values = (_stored(ticket.draft), now, ticket.number, ticket.user_id)
        await self._transaction.fetch(UPDATE_TICKET, values)

    async def use_size(self, user_id: UserId, draft: OrderDraft, now: Millis) -> None:
        if draft.size is not None:
            row = (user_id, draft.account_id, draft.symbol, size_text(draft.size), now)
            await self._transaction.fetch(UPSERT_LAST_SIZE, row)

    async def put_presets(self, user_id: UserId, presets: TicketPresets) -> None:
        values = (user_id, sizes_text(presets.sizes), percents_text(presets.stops), percents_text(presets.targets))
        await self._transaction.fetch(UPSERT_PRESETS, values)


class SqliteTicketQueries:
    """Implements `bot.domain.ports.tickets.TicketQueries`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ticket(self, user_id: UserId, number: int) -> Ticket | None:
        rows = await self._database.fetch(SELECT_TICKET, (number, user_id))
        return ticket_of(rows[0]) if rows else None

    async def last_ticket(self, user_id: UserId) -> Ticket | None:
        rows = await self._database.fetch(SELECT_LAST_TICKET, (user_id,))
        return ticket_of(rows[0]) if rows else None

    async def last_size(self, user_id: UserId, account_id: AccountId, symbol: Symbol) -> OrderSize | None:
        rows = await self._database.fetch(SELECT_LAST_SIZE, (account_id, symbol, user_id))
        try:
            return size_of(rows[0][0]) if rows else None
        except (ValueError, InvalidOperation) as unreadable:
            raise UnreadableRow("a size that nothing of ours wrote") from unreadable

    async def presets(self, user_id: UserId) -> TicketPresets:
        """The usual ones, unless the person chose others."""
        rows = await self._database.fetch(SELECT_PRESETS, (user_id,))
        return presets_of(rows[0]) if rows else TicketPresets()


def _stored(draft: OrderDraft) -> str:
    return json_text(encode(DraftFields.make(draft)))
