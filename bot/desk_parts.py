"""What the desk needs of the whole: how somebody wants to be spoken to, and how the process does."""

from collections.abc import Callable

from bot.chat.edge import TelegramEdge
from bot.chat.sender import Listener, ListenerOf
from bot.domain.desk import Health
from bot.domain.model import Notifications, UserId
from bot.domain.ports import Reads
from bot.exchange.bybit.adapter import Bybit
from cache.facade import CachedReads


def listener_of(reads: Reads) -> ListenerOf:
    """Language and ring by the cached config; a stranger's are the usual ones."""

    async def find(user_id: UserId) -> Listener:
        config = await reads.user_config(user_id)
        if config is None:
            return Listener()
        return Listener(language=config.language, is_silent=config.settings.notifications is not Notifications.ON)

    return find


def health_of(
    *,
    version: str,
    schema: int,
    reasons: Callable[[], tuple[str, ...]],
    edge: TelegramEdge,
    reads: CachedReads,
    bybit: Bybit,
) -> Callable[[], Health]:
    """Looks at counters alone: nothing is asked of anybody."""

    def look() -> Health:
        chat, exchange = edge.stats(), bybit.stats()
        return Health(
            version=version,
            schema=schema,
            reasons=reasons(),
            poll_age_s=None if chat.poll is None else chat.poll.age_s,
            updates_waiting=chat.lanes.waiting,
            promises_waiting=0 if chat.outbox is None else chat.outbox.waiting,
            telegram_limited=chat.pace.is_limited,
            bybit_banned_s=exchange.budget.banned_for,
            bybit_waiting=exchange.budget.waiting,
            bybit_clients=exchange.pool.clients,
            clock_skew_ms=exchange.clock_skew,
            hit_rates=tuple((region.name, region.hit_rate) for region in reads.stats()),
        )

    return look
