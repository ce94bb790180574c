"""What was said a moment ago of one subject: more of it is added there by an edit, which rings no phone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.domain.chat import Merging
from bot.domain.ids import ChatId
from bot.domain.ports.clock import Clock

_NEW_S: Final = 10.0  # so long a message is added to
_MOST_PARTS: Final = 6
_LONGEST: Final = 3_000  # characters, markup included: Telegram takes 4,096
_MANY: Final = 500  # messages; then those that are old are forgotten

_Key = tuple[ChatId, str]


@dataclass(frozen=True, slots=True)
class _Part:
    subject: str
    text_html: str = field(repr=False)
    keyboard: InlineKeyboardMarkup | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentMessage:
    """A message that may be added to; `parts` in the order in which they came. `has_rung`: it did not come silently."""

    message_id: int
    parts: tuple[_Part, ...]
    until: float  # monotonic seconds
    has_rung: bool

    @property
    def text_html(self) -> str:
        """The first part whole; of the others not the line that all of them begin with."""
        first, *others = (each.text_html for each in self.parts)
        head = first.partition("\n")[0] + "\n"
        return "\n\n".join((first, *(each.removeprefix(head) for each in others)))

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        """The rows of the newest part, above them what only earlier ones have; of two with one label the newer."""
        rows = list[list[InlineKeyboardButton]]()
        for part in reversed(self.parts):
            known = {button.text for row in rows for button in row}
            fresh = [[each for each in row if each.text not in known] for row in _rows(part.keyboard)]
            rows = [*filter(None, fresh), *rows]
        return InlineKeyboardMarkup(rows) if rows else None


@dataclass(slots=True)
class RecentMessages:
    """Kept in memory alone: after a restart the next one is a message of its own."""

    clock: Clock
    _messages: dict[_Key, RecentMessage] = field(default_factory=dict)

    def merged(
        self,
        chat_id: ChatId,
        merging: Merging,
        text_html: str,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        rings: bool,
    ) -> RecentMessage | None:
        """The message that this text becomes a part of, with it; None: it is one of its own.

        What rings is not added to what came silently: an edit would not ring, and nobody would hear of it.
        """
        recent = self._messages.get((chat_id, merging.thread))
        if recent is None or self.clock.monotonic() >= recent.until or (rings and not recent.has_rung):
            return None
        part = _Part(merging.subject, text_html, keyboard)
        subjects = [each.subject for each in recent.parts]
        if part.subject and part.subject in subjects:
            place = subjects.index(part.subject)
            parts = (*recent.parts[:place], part, *recent.parts[place + 1 :])
        elif merging.joins and len(subjects) < _MOST_PARTS:
            parts = (*recent.parts, part)
        else:
            return None
        merged = replace(recent, parts=parts)
        return merged if len(merged.text_html) <= _LONGEST else None

    def note(self, chat_id: ChatId, merging: Merging, message: RecentMessage) -> None:
        """It stands there so from now on."""
        if len(self._messages) >= _MANY:
            now = self.clock.monotonic()
            self._messages = {key: each for key, each in self._messages.items() if each.until > now}
        self._messages[chat_id, merging.thread] = message

    def sent(
        self,
        chat_id: ChatId,
        merging: Merging,
        message_id: int,
        text_html: str,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        rings: bool,
    ) -> None:
        """A message of its own was sent."""
        part = _Part(merging.subject, text_html, keyboard)
        until = self.clock.monotonic() + _NEW_S
        self.note(chat_id, merging, RecentMessage(message_id=message_id, parts=(part,), until=until, has_rung=rings))


def _rows(keyboard: InlineKeyboardMarkup | None) -> Sequence[Sequence[InlineKeyboardButton]]:
    return () if keyboard is None else keyboard.inline_keyboard
