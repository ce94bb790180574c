"""Buttons that change something: a random token in the chat, its meaning in a row, used once by its owner."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Final

from bot.domain.cause import PressedButton, current_cause
from bot.domain.chat import Button
from bot.domain.errors import ButtonExpired
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.ports.clock import Clock
from bot.domain.ports.storage import Queries, Transactions

LIFETIME: Final = 15 * 60  # seconds
_TOKEN_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a press asks for: an action of the handlers' table and its values."""

    action: str
    values: Mapping[str, str] = field(default_factory=dict)


def random_token() -> str:
    return token_urlsafe(_TOKEN_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonDesk:
    """Issues and takes tokens."""

    queries: Queries
    transactions: Transactions
    clock: Clock
    new_token: Callable[[], str] = random_token

    async def issue(
        self, user_id: UserId, chat_id: ChatId, wishes: Sequence[Wish], *, lifetime_s: int = LIFETIME
    ) -> tuple[str, ...]:
        """One token a wish, in order, all in one commit. `lifetime_s` in seconds."""
        now = self.clock.now()
        buttons = tuple(
            Button(
                token=self.new_token(),
                user_id=user_id,
                chat_id=chat_id,
                action=wish.action,
                values=wish.values,
                expires_ts=Millis(now + lifetime_s * 1000),
            )
            for wish in wishes
        )
        async with self.transactions.begin() as unit:
            await unit.buttons.add(buttons, now)
        return tuple(button.token for button in buttons)

    async def take(
        self, token: str, user_id: UserId, chat_id: ChatId, *, repeats: frozenset[str] = frozenset()
    ) -> Wish:
        """What a press asks for. Raises ButtonExpired, the same for used, late, foreign and invented tokens.

        A used one of an action in `repeats` is answered again: what it does, it does once, and says so as often as it
        is asked. Inside the handling of an update the token is used up by the first commit of its effect
        (`Cause.pressed`); elsewhere at once.
        """
        cause = current_cause.get()
        now = self.clock.now()
        if cause is None:
            async with self.transactions.begin() as unit:
                button = await unit.buttons.take(token, user_id, chat_id, now)
        else:
            button = await self.queries.button(token, user_id, chat_id, now)
        if button is None:
            return await self._again(token, user_id, chat_id, now, repeats)
        if cause is not None:
            cause.pressed = PressedButton(token=token, user_id=user_id, chat_id=chat_id)
        return Wish(action=button.action, values=button.values)

    async def _again(self, token: str, user_id: UserId, chat_id: ChatId, now: Millis, repeats: frozenset[str]) -> Wish:
        used = await self.queries.used_button(token, user_id, chat_id, now) if repeats else None
        if used is None or used.action not in repeats:
            raise ButtonExpired
        return Wish(action=used.action, values=used.values)
