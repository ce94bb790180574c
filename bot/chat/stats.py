"""What the Telegram side counts, as frozen values for the sidecar; read when it is scraped."""

from dataclasses import dataclass

from bot.chat.inbox import InboxStats
from bot.chat.lanes import LaneStats
from bot.chat.ledger import LedgerStats
from bot.chat.outbox import OutboxStats
from bot.chat.pace import PaceStats
from bot.chat.poller import PollStats


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStats:
    """`poll` is None before polling began."""

    poll: PollStats | None
    inbox: InboxStats
    lanes: LaneStats
    ledger: LedgerStats
    pace: PaceStats
    outbox: OutboxStats | None
