"""What the Telegram side counts, as frozen values for the sidecar; read when it is scraped."""

from dataclasses import dataclass

from bot.chat.inbox import InboxStats
from bot.chat.inbox_marker import InboxMarkerStats
from bot.chat.lanes import LaneStats
from bot.chat.outbox import OutboxStats
from bot.chat.poller import PollStats
from bot.chat.rate_limiter import RateLimiterStats
from bot.chat.webhook import WebhookStats


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatStats:
    """`intake_age_s`: since Telegram last gave what there was, or the start. `poll`, `webhook`: how updates come in."""

    intake_age_s: float
    poll: PollStats | None
    webhook: WebhookStats | None
    inbox: InboxStats
    lanes: LaneStats
    inbox_marker: InboxMarkerStats
    rate_limiter: RateLimiterStats
    outbox: OutboxStats
    outbox_due: int  # messages whose time has come, and …
    outbox_oldest_due_s: float  # … since it came for the first of them
