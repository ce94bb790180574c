"""The table of handlers: every spec by its name, looked up by command, action and dialogue."""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final, TypeGuard

from bot.domain.chat import Dialogue
from bot.domain.errors import ButtonExpired
from bot.domain.payloads import PayloadError, decode
from bot.domain.users import Role
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from handlers import guards
from handlers.core.callbacks import PRESS_PREFIX, Code
from handlers.core.context import UpdateContext
from handlers.core.links import RunCommand
from handlers.core.specs import ActionSpec, CommandSpec, DialogueSpec, HandlerSpec, Place, ViewSpec

_logger = logging.getLogger(__name__)

_HOMES: Final[Mapping[str, str]] = MappingProxyType(
    {"handlers.admin.user_actions": "users", "handlers.promo.campaign": "promo", "handlers.users.start": "menu"}
)  # where their own first command does nothing by itself


class HandlerTable:
    """The specs, looked up by command, action and dialogue."""

    def __init__(self, specs: Iterable[HandlerSpec]) -> None:
        """Raises ValueError for two specs of one name, and for one that works nowhere."""
        self.specs = tuple(specs)
        names = [spec.name for spec in self.specs]
        if len(names) != len(set(names)):
            raise ValueError("two handlers share a name")
        for spec in self.specs:
            if not spec.places:
                raise ValueError(f"{spec.name} does not say where it works")
        self._commands = {each.name: each for each in self.specs if isinstance(each, CommandSpec)}
        self._actions = {each.action: each for each in self.specs if isinstance(each, ActionSpec)}
        first = {each.module: each.command for each in reversed(self._commands.values())}
        self._homes: Mapping[str, str] = {**first, **_HOMES}
        self._repeating = frozenset(name for name, each in self._actions.items() if each.repeats)
        self._dialogues = {each.dialogue: each for each in self.specs if isinstance(each, DialogueSpec)}

    def without_listing(self, command: str) -> "HandlerTable":
        """The same table with that command in no menu; typed, it still answers."""
        hide = (replace(each, listed=False) if _is_of(each, command) else each for each in self.specs)
        return HandlerTable(hide)

    async def run_command(self, ctx: UpdateContext, name: str, *arguments: str) -> None:
        """A command from a button, from another feature, or one that was typed and waited for the PIN."""
        spec = self._commands.get(name)
        if spec is None or not guards.allows(ctx, spec):
            raise ButtonExpired
        ctx = replace(ctx, arguments=arguments)
        await guards.run(ctx, spec, partial(spec.run, ctx))

    async def run_stored_action(self, ctx: UpdateContext, action: str, values: Mapping[str, str]) -> None:
        """What a token stood for; what an earlier version wrote and nobody can read any more is an old button."""
        spec = await self._allowed_action(ctx, action)
        try:
            button_action = decode(spec.payload, values)
        except PayloadError as unreadable:
            _logger.warning("a stored action cannot be read: %s", unreadable)
            raise ButtonExpired from unreadable
        await self.run_action(ctx, button_action)

    async def run_action(self, ctx: UpdateContext, button_action: ButtonAction) -> None:
        """Runs what the pressed single-use button does."""
        spec = await self._allowed_action(ctx, button_action.ACTION)
        await guards.run(ctx, spec, partial(spec.run, ctx, button_action), button_action)

    async def _allowed_action(self, ctx: UpdateContext, action: str) -> ActionSpec:
        spec = self._actions.get(action)
        if spec is None:
            raise ButtonExpired
        if not guards.allows(ctx, spec):
            await guards.note_denied(ctx, spec)
            raise ButtonExpired
        if ctx.config.is_banned:
            has_paid = await ctx.services.payments.has_paid(ctx.user_id)
            if not spec.access.lets_in_banned(has_paid=has_paid):
                raise ButtonExpired
        return spec

    async def takes(self, ctx: UpdateContext, dialogue: Dialogue) -> bool:
        """Whether the message answers the open question; one that nobody knows any more, or may answer, is over."""
        spec = self._dialogues.get(dialogue.dialogue)
        if spec is not None and not guards.allows(ctx, spec):  # the role that began it is gone
            await guards.note_denied(ctx, spec)
            spec = None
        payload = None if spec is None else _payload_of(spec, dialogue)
        if spec is None or payload is None:
            await ctx.services.dialogues.end(ctx.user_id)
            return False
        return await spec.takes(ctx, payload)

    async def continue_dialogue(self, ctx: UpdateContext, dialogue: Dialogue) -> None:
        """The answer to an open question. Raises ButtonExpired for one that they can't read or answer any more."""
        spec = self._dialogues[dialogue.dialogue]
        payload = _payload_of(spec, dialogue) if guards.allows(ctx, spec) else None
        if payload is None:
            raise ButtonExpired
        await guards.run(ctx, spec, partial(spec.run, ctx, payload))

    def wanted(self, dialogue: Dialogue) -> str:
        return self._dialogues[dialogue.dialogue].wanted

    def home_of(self, module: str) -> str | None:
        """The module's first command, or the one that `_HOMES` names for it; None for a module without either."""
        return self._homes.get(module)

    @property
    def codes(self) -> tuple[type[Code], ...]:
        """Every screen that a button can show, in the order of the table."""
        return tuple(spec.code for spec in self.specs if isinstance(spec, ViewSpec))

    def commands_for_banned(self, *, has_paid: bool) -> frozenset[str]:
        """What banned people who did or did not pay may still type."""
        return frozenset(
            each.command for each in self._commands.values() if each.access.lets_in_banned(has_paid=has_paid)
        )

    @property
    def dialogues_for_banned(self) -> frozenset[str]:
        return frozenset(name for name, each in self._dialogues.items() if each.access.even_banned)

    def is_press_for_banned(self, data: str, *, has_paid: bool) -> bool:
        """Whether a button may be theirs, by its callback data; what a token does is asked by `_allowed_action`."""
        if re.match(RunCommand.pattern(), data):
            return RunCommand.decode(data).command in self.commands_for_banned(has_paid=has_paid)
        views = (
            each for each in self.specs if isinstance(each, ViewSpec) and each.access.lets_in_banned(has_paid=has_paid)
        )
        return data.startswith(PRESS_PREFIX) or any(re.match(each.code.pattern(), data) for each in views)

    @property
    def repeatable_actions(self) -> frozenset[str]:
        return self._repeating

    @property
    def media_dialogues(self) -> frozenset[str]:
        return frozenset(name for name, spec in self._dialogues.items() if spec.takes_media)

    @property
    def secret_dialogues(self) -> frozenset[str]:
        return frozenset(name for name, spec in self._dialogues.items() if spec.takes_secret)

    def commands(self, role: Role) -> Mapping[str, str]:
        """The private menu of a role."""
        return {
            spec.command: spec.description
            for spec in self._commands.values()
            if spec.description is not None and Place.PRIVATE in spec.places and spec.access.admits(role)
        }

    def group_commands(self) -> Mapping[str, str]:
        """The menu of groups."""
        return {
            spec.command: spec.description
            for spec in self._commands.values()
            if spec.description is not None and Place.GROUP in spec.places
        }


def _is_of(spec: HandlerSpec, command: str) -> TypeGuard[CommandSpec]:
    return isinstance(spec, CommandSpec) and spec.command == command


def _payload_of(spec: DialogueSpec, dialogue: Dialogue) -> DialoguePayload | None:
    try:
        return decode(spec.payload, dialogue.values)
    except PayloadError as unreadable:
        _logger.warning("a stored dialogue cannot be read: %s", unreadable)
        return None
