"""Buttons that change something: a random token in the chat, its meaning in a row, used once by its owner.

What a press does is a `ButtonAction`: a frozen dataclass beside the handler that does it (beside the service that
sends the button in a message of the outbox), `ACTION` its word in the table buttons. `action(...)` in a feature's
HANDLERS joins it to its handler, which gets it as it was issued; see bot/domain/payloads.py for its stored form.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import ClassVar, Final

from bot.domain.chat import Button
from bot.domain.errors import ButtonExpired, UnreadableRow
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.payloads import encode
from bot.domain.ports.chat import ChatQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.storage import Transactions
from bot.domain.update_attempt import PressedButton, current_attempt

_log = logging.getLogger(__name__)

LIFETIME: Final = 15 * 60  # seconds
_TOKEN_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonAction:
    """What a press does. Subclasses hold what it needs to know; `ACTION` is the stored word of the action."""

    ACTION: ClassVar[str]


def random_token() -> str:
    return token_urlsafe(_TOKEN_BYTES)


def button_of(action: ButtonAction, token: str, user_id: UserId, chat_id: ChatId, expires_ts: Millis) -> Button:
    """The row that a token stands for."""
    return Button(
        token=token,
        user_id=user_id,
        chat_id=chat_id,
        action=action.ACTION,
        values=encode(action),
        expires_ts=expires_ts,
    )


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
        expires = Millis(now + lifetime_s * 1000)
        buttons = tuple(button_of(action, self.new_token(), user_id, chat_id, expires) for action in actions)
        async with self.transactions.begin_aside() as unit:  # laying out buttons is no update's effect
            await unit.buttons.add(buttons, now)
        return tuple(button.token for button in buttons)

    async def take(
        self, token: str, user_id: UserId, chat_id: ChatId, *, repeats: frozenset[str] = frozenset()
    ) -> Button:
        """The row of a press. Raises ButtonExpired, the same for used, late, foreign and invented tokens.

        It is raised for a row that can't be read, too. A used one of an action in `repeats` is answered again: what it
        does, it does once, and says so as often as it is asked. Inside the handling of an update the token is used up
        by the first commit of its effect (`UpdateAttempt.pressed`); elsewhere at once.
        """
        try:
            return await self._take(token, user_id, chat_id, repeats)
        except UnreadableRow as unreadable:
            _log.warning("a stored button can't be read: %s", unreadable)
            raise ButtonExpired from unreadable

    async def _take(self, token: str, user_id: UserId, chat_id: ChatId, repeats: frozenset[str]) -> Button:
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
        return button

    async def _again(
        self, token: str, user_id: UserId, chat_id: ChatId, now: Millis, repeats: frozenset[str]
    ) -> Button:
        used = await self.queries.used_button(token, user_id, chat_id, now) if repeats else None
        if used is None or used.action not in repeats:
            raise ButtonExpired
        return used
