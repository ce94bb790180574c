"""Tickets and their presets in storage."""

from typing import Protocol

from bot.domain.ids import AccountId, Millis, Symbol, UserId
from bot.domain.order_drafts import OrderDraft, OrderSize
from bot.domain.tickets import Ticket, TicketPresets


class Tickets(Protocol):
    """The tables trade_tickets and ticket_presets inside a unit of work."""

    async def add(self, user_id: UserId, draft: OrderDraft, now: Millis) -> Ticket:
        """A new ticket; of a person's tickets the newest ten are kept."""
        ...

    async def put(self, ticket: Ticket, now: Millis) -> None: ...
    async def use_size(self, user_id: UserId, draft: OrderDraft, now: Millis) -> None:
        """Its size is what that person used last for its symbol in its account; without one nothing is noted."""
        ...

    async def put_presets(self, user_id: UserId, presets: TicketPresets) -> None: ...


class TicketQueries(Protocol):
    """Reads of tickets. Raises UnreadableRow for a row that nothing of ours wrote."""

    async def ticket(self, user_id: UserId, number: int) -> Ticket | None: ...
    async def last_ticket(self, user_id: UserId) -> Ticket | None: ...
    async def last_size(self, user_id: UserId, account_id: AccountId, symbol: Symbol) -> OrderSize | None: ...
    async def presets(self, user_id: UserId) -> TicketPresets:
        """The usual ones, unless the person chose others."""
        ...
