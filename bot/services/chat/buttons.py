"""Buttons that change something: a random token in the chat, its meaning in a row, used once by its owner."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Final

from bot.domain.chat import Button
from bot.domain.errors import ButtonExpired
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.ports.chat import ChatQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.storage import Transactions
from bot.domain.update_attempt import PressedButton, current_attempt

LIFETIME: Final = 15 * 60  # seconds
_TOKEN_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonAction:
    """What a press asks for: an action of the handlers' table and its values."""

    action: str
    values: Mapping[str, str] = field(default_factory=dict)


def random_token() -> str:
    return token_urlsafe(_TOKEN_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonService:
    """Issues single-use buttons and finds what a pressed one does."""

    queries: ChatQueries
    transactions: Transactions
    clock: Clock
    new_token: Callable[[], str] = random_token

    async def issue(
        self, user_id: UserId, chat_id: ChatId, actions: Sequence[ButtonAction], *, lifetime_s: int = LIFETIME
    ) -> tuple[str, ...]:
        """One token an action, in order, all in one commit. `lifetime_s` in seconds."""
        now = self.clock.now()
        buttons = tuple(
            Button(
                token=self.new_token(),
                user_id=user_id,
                chat_id=chat_id,
                action=action.action,
                values=action.values,
                expires_ts=Millis(now + lifetime_s * 1000),
            )
            for action in actions
        )
        async with self.transactions.begin_aside() as unit:  # laying out buttons is no update's effect
            await unit.buttons.add(buttons, now)
        return tuple(button.token for button in buttons)

    async def take(
        self, token: str, user_id: UserId, chat_id: ChatId, *, repeats: frozenset[str] = frozenset()
    ) -> ButtonAction:
        """What a press asks for. Raises ButtonExpired, the same for used, late, foreign and invented tokens.

        A used one of an action in `repeats` is answered again: what it does, it does once, and says so as often as it
        is asked. Inside the handling of an update the token is used up by the first commit of its effect
        (`UpdateAttempt.pressed`); elsewhere at once.
        """
        update_attempt = current_attempt.get()
        now = self.clock.now()
        if update_attempt is None:
            async with self.transactions.begin() as unit:
                button = await unit.buttons.take(token, user_id, chat_id, now)
        else:
            button = await self.queries.button(token, user_id, chat_id, now)
        if button is None:
            return await self._again(token, user_id, chat_id, now, repeats)
        if update_attempt is not None:
            update_attempt.pressed = PressedButton(token=token, user_id=user_id, chat_id=chat_id)
        return ButtonAction(action=button.action, values=button.values)

    async def _again(
        self, token: str, user_id: UserId, chat_id: ChatId, now: Millis, repeats: frozenset[str]
    ) -> ButtonAction:
        used = await self.queries.used_button(token, user_id, chat_id, now) if repeats else None
        if used is None or used.action not in repeats:
            raise ButtonExpired
        return ButtonAction(action=used.action, values=used.values)
