"""Tickets: an order put together by buttons, kept between the taps; nothing of it is sent anywhere."""

from dataclasses import dataclass, replace
from decimal import Decimal

from bot.domain.errors import ButtonExpired
from bot.domain.ids import AccountId, Symbol, UserId
from bot.domain.order_drafts import OrderDraft, OrderSize
from bot.domain.portfolio import Side
from bot.domain.ports.clock import Clock
from bot.domain.ports.storage import Transactions
from bot.domain.ports.tickets import TicketQueries
from bot.domain.tickets import FIRST_SIZE, Ticket, TicketPresets


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketService:
    """Opens tickets and changes them. A ticket is a screen's state: writing it is no update's effect."""

    queries: TicketQueries
    transactions: Transactions
    clock: Clock

    async def open(
        self, user_id: UserId, account_id: AccountId, symbol: Symbol, side: Side, limits: tuple[Decimal, ...]
    ) -> Ticket:
        """A new ticket, with the size that the person used last for the symbol there, else that of their last ticket.

        Its stop and target are the account's settings'.
        """
        last = await self.queries.last_ticket(user_id)
        used = await self.queries.last_size(user_id, account_id, symbol)
        size = used or (FIRST_SIZE if last is None else last.draft.size)
        draft = OrderDraft(account_id=account_id, symbol=symbol, side=side, size=size, limits=limits)
        return await self.keep(user_id, draft)

    async def keep(self, user_id: UserId, draft: OrderDraft) -> Ticket:
        """A new ticket of a draft that was made elsewhere."""
        async with self.transactions.begin_aside() as unit:
            return await unit.tickets.add(user_id, draft, self.clock.now())

    async def find(self, user_id: UserId, number: int) -> Ticket:
        """Raises ButtonExpired for one that is somebody else's, or older than the ten last ones."""
        found = await self.queries.ticket(user_id, number)
        if found is None:
            raise ButtonExpired
        return found

    async def change(self, ticket: Ticket, draft: OrderDraft) -> Ticket:
        """The ticket with that draft from now on."""
        changed = replace(ticket, draft=draft)
        async with self.transactions.begin_aside() as unit:
            await unit.tickets.put(changed, self.clock.now())
        return changed

    async def last_size(self, user_id: UserId, account_id: AccountId, symbol: Symbol) -> OrderSize | None:
        """What the person used last for that symbol in that account; None: nothing yet."""
        return await self.queries.last_size(user_id, account_id, symbol)

    async def used(self, user_id: UserId, draft: OrderDraft) -> None:
        """An order of that draft went out: its size is the first choice of the next ticket of its symbol."""
        async with self.transactions.begin_aside() as unit:
            await unit.tickets.use_size(user_id, draft, self.clock.now())

    async def presets(self, user_id: UserId) -> TicketPresets:
        return await self.queries.presets(user_id)

    async def set_presets(self, user_id: UserId, presets: TicketPresets) -> None:
        async with self.transactions.begin() as unit:
            await unit.tickets.put_presets(user_id, presets)
