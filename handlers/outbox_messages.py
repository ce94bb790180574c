"""The table of outbox messages, and their renderer: from a stored kind and its values to what is sent.

What a message is, and where its payload and its text stand: handlers/core/messages.py.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from bot.domain.chat import OutboxPayload
from bot.domain.payloads import decode
from bot.domain.users import Language
from handlers.accounts import messages as accounts
from handlers.admin import messages as admin
from handlers.chat import messages as chat
from handlers.core.messages import MessageSpec
from handlers.licensing import messages as licensing
from handlers.market import messages as market
from handlers.payments import messages as payments
from handlers.promo import messages as promo
from handlers.statistics import messages as statistics
from handlers.support import messages as support
from handlers.texts.catalog import Texts, Translator
from handlers.trading import messages as trading
from handlers.users import messages as users
from handlers.views.cards import RenderedCard
from handlers.views.split import split

OUTBOX_MESSAGES: Final[Mapping[str, MessageSpec]] = MappingProxyType(
    {
        spec.payload.KIND: spec
        for spec in (
            *accounts.MESSAGES,
            *users.MESSAGES,
            *licensing.MESSAGES,
            *promo.MESSAGES,
            *payments.MESSAGES,
            *admin.MESSAGES,
            *support.MESSAGES,
            *chat.MESSAGES,
            *trading.MESSAGES,
            *statistics.MESSAGES,
            *market.MESSAGES,
        )
    }
)


class OutboxTexts:
    """Reads and renders them, for the outbox."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def read(self, kind: str, values: Mapping[str, str]) -> OutboxPayload:
        """A message as its service wrote it. Raises as `render` does."""
        return decode(OUTBOX_MESSAGES[kind].payload, values)

    def render(self, kind: str, values: Mapping[str, str], language: Language) -> list[RenderedCard]:
        """The parts of one message. Raises LookupError for an unknown kind, PayloadError for values never written."""
        card = OUTBOX_MESSAGES[kind].draw(Translator(self._texts, language), values)
        *first, last = split(card.text)
        parts = [
            *(RenderedCard(text_html=part) for part in first),
            RenderedCard(text_html=last, reply_markup=card.keyboard),
        ]
        return [replace(parts[0], reply_to=int(values.get("reply_to", 0)) or None), *parts[1:]]
