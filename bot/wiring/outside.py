"""What the process takes from outside, and what is set otherwise for tests, campaigns and benchmarks."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

from bot.chat.lanes import LaneLimits
from bot.chat.outbox import OutboxTimes
from bot.chat.poller import PollTimes
from bot.chat.rate_limiter import TelegramRateLimits
from bot.chat.transport import TelegramRequest
from bot.chat.webhook import WebhookTimes
from bot.domain.clock import SystemClock
from bot.domain.patience import BYBIT, Patience
from bot.domain.pins import USUAL_COST, ScryptCost
from bot.domain.ports.clock import Clock
from bot.domain.secrets import Secret
from bot.exchange.budget import Limits
from bot.exchange.bybit.streams.connection import StreamConnector
from bot.exchange.bybit.transport import HttpTransport
from bot.services.market.screens import RESOLVE_PATIENCE
from bot.services.screens import PATIENCE
from bot.settings import notify_socket
from handlers.pictures.contents import PictureContent
from handlers.pictures.drawer import draw_picture
from handlers.registry import TABLE
from handlers.table import HandlerTable
from stats_api.dashboard import SAMPLE_EVERY
from stats_api.rendering import RENDER_EVERY
from storage.sqlite.database import PageCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Everything beyond the process. `telegram` makes PTB's request object for a token; `sqlite` opens the file.

    None: over the network, through the proxies of the settings; no streams where `bybit` is another than the network.
    """

    clock: Clock = field(default_factory=SystemClock)
    randomness: Callable[[], float] = random.random  # 0 … 1, spreads what is tried again
    telegram: Callable[[Secret], TelegramRequest] | None = None
    bybit: Callable[[Clock], AbstractAsyncContextManager[HttpTransport]] | None = None
    bybit_streams: Callable[[Clock], AbstractAsyncContextManager[StreamConnector]] | None = None
    sqlite: type[sqlite3.Connection] = sqlite3.Connection
    notify_socket: str | None = field(default_factory=notify_socket)  # of the service manager


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """What no user sets: costs, times and limits. Patience is seconds."""

    pin_cost: ScryptCost = USUAL_COST
    screen_patience: float = PATIENCE
    resolve_patience: float = RESOLVE_PATIENCE
    telegram_rates: TelegramRateLimits = field(default_factory=TelegramRateLimits)
    lane_limits: LaneLimits = field(default_factory=LaneLimits)
    poll_times: PollTimes = field(default_factory=PollTimes)
    webhook_times: WebhookTimes = field(default_factory=WebhookTimes)
    outbox_times: OutboxTimes = field(default_factory=OutboxTimes)
    exchange_limits: Limits | None = None  # None: by the settings
    bybit_patience: Patience = BYBIT
    table: HandlerTable = TABLE
    draw: Callable[[PictureContent], bytes] = draw_picture  # in the thread of pictures
    metrics_every: float = RENDER_EVERY  # s between two renderings of /metrics
    history_every: float = SAMPLE_EVERY  # s between two samples of the dashboard's history
    check_database: PageCheck = PageCheck.AFTER_CRASH  # else the job `page_check` does it soon after the start
