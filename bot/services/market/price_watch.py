"""Rings price alerts: of every tick of the stream, by REST where none tells, and of what passed while nobody looked.

What rang is deleted in the transaction that enqueues its message, so that it is told once, whenever the process ends. A
tick that was taken in and not committed yet is missed like one that came while the bot was down: `followed_to` is
written only when nothing is under way.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from bot.domain.chat import outbox_message
from bot.domain.errors import ExchangeError, ExchangeRejected
from bot.domain.ids import MINUTE, Millis, Symbol
from bot.domain.market import Category, Kline, MarketKey, Ticker
from bot.domain.ports.alerts import PriceAlertQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import MarketData, MarketHistory
from bot.domain.ports.storage import Transactions, UnitOfWork
from bot.domain.price_alerts import (
    AlertsEndedMessage,
    FollowedPrice,
    PriceAlert,
    PriceAlertMessage,
    Rung,
    Touched,
)

MOST_STREAMED: Final = 150  # symbols; those of more are asked by REST, all in one call
_A_COMMIT: Final = 50  # alerts: other writers wait for it
_SILENT_S: Final = 1.5  # without a price of the stream: another source is asked
_NOTE_EVERY_S: Final = 15.0
_MOST_MISSED: Final = 7_000 * MINUTE  # ms that are looked up: almost five days
_A_CALL: Final = 999 * MINUTE  # ms that one answer surely has of the candles of a minute
_ENDED: Final = frozenset({"Closed", "Delivering"})  # of an instrument's status
_LOOK_EVERY_S: Final = 60.0  # for a symbol without a price: whether it is traded at all
_LINEAR: Final = Category.LINEAR


@dataclass(slots=True)
class _Reached:
    """Alerts that one price has reached, and are to be told. `touched`: what a missed minute says of the one."""

    rungs: list[Rung]
    price: Decimal
    owed_from: Millis | None
    touched: Touched | None = None


@dataclass(slots=True, kw_only=True)
class PriceWatch:
    """`told`: the ticker that a stream tells now, None where it tells none. `wake` has `fire` run at once."""

    queries: PriceAlertQueries
    transactions: Transactions
    market: MarketData
    history: MarketHistory
    told: Callable[[Symbol], Ticker | None]
    wake: Callable[[], None]
    clock: Clock
    _followed: dict[MarketKey, FollowedPrice] = field(default_factory=dict, init=False)
    _heard_at: dict[MarketKey, float] = field(default_factory=dict, init=False)  # monotonic seconds
    _looked_at: dict[MarketKey, float] = field(default_factory=dict, init=False)
    _due: deque[_Reached] = field(default_factory=deque, init=False)
    _is_loaded: bool = field(default=False, init=False)
    _noted_at: float = field(default=0.0, init=False)

    # --- what streams and use cases tell ----------------------------------------------------------------------

    @property
    def symbols(self) -> Sequence[Symbol]:
        """Perpetuals whose tickers are wanted, those with the most alerts first."""
        found = [(len(each.ladder), key.symbol) for key, each in self._followed.items() if key.category is _LINEAR]
        return [symbol for _, symbol in sorted(found, reverse=True)[:MOST_STREAMED]]

    def hear(self, symbol: Symbol, price: Decimal) -> None:
        """A last price of a perpetual from the stream."""
        key = MarketKey(_LINEAR, symbol)
        if key in self._followed:
            self._hear(key, price)

    def add(self, alert: PriceAlert) -> None:
        """Have an alert ring from now on; it was committed before."""
        known = self._followed.get(alert.market)
        if known is None:
            known = self._followed[alert.market] = FollowedPrice(followed_to=alert.created_ts, last=alert.set_price)
        known.ladder.add(alert.side, alert.rung)

    def remove(self, alert: PriceAlert) -> None:
        """Let an alert ring no more; its row is deleted already."""
        known = self._followed.get(alert.market)
        if known is not None:
            known.ladder.remove(alert.side, alert.rung)
            self._forget_empty(alert.market, known)

    # --- jobs -------------------------------------------------------------------------------------------------

    async def fire(self) -> int:
        """Delete what rang and enqueue its messages; how many. One call at a time.

        Raises StorageTrouble; what was not committed is tried again by the next call.
        """
        told = 0
        while self._due:
            reached = self._due[0]
            batch = reached.rungs[-_A_COMMIT:]
            async with self.transactions.begin_aside() as unit:
                for rung in batch:
                    told += await self._tell(unit, reached, rung)
            del reached.rungs[-len(batch) :]
            if not reached.rungs:
                self._due.popleft()
        return told

    async def look(self) -> None:
        """Prices that no stream tells, and those that were missed; `fire` is woken for what they ring.

        Raises StorageTrouble, and of ExchangeErrors the first, after everything else was asked: a symbol whose answers
        are not to be had keeps no other one waiting.
        """
        await self._load()
        troubles = [*await self._ask(), *await self._catch_up()]
        await self._note_followed()
        if troubles:
            raise troubles[0]

    # --- prices -----------------------------------------------------------------------------------------------

    def _hear(self, key: MarketKey, price: Decimal) -> None:
        followed = self._followed[key]
        self._heard_at[key] = self.clock.monotonic()
        rungs = followed.hear(price, self.clock.now())
        if rungs:
            self._due.append(_Reached(rungs, price, followed.owed_from))
            self._forget_empty(key, followed)
            self.wake()

    def _forget_empty(self, key: MarketKey, followed: FollowedPrice) -> None:
        if not followed.ladder:
            self._forget(key)

    def _forget(self, key: MarketKey) -> None:
        """Without any alert left, or of a symbol that is not traded any more."""
        self._followed.pop(key, None)
        self._heard_at.pop(key, None)
        self._looked_at.pop(key, None)

    async def _load(self) -> None:
        """Once: every alert, and since when prices are owed."""
        if self._is_loaded:
            return
        until = await self.queries.followed_to()
        alerts = await self.queries.all_alerts()
        known = {rung.alert_id for each in self._followed.values() for rung in each.ladder.rungs}
        for alert in alerts:
            if alert.alert_id in known:
                continue
            self.add(alert)
            followed, since = self._followed[alert.market], max(alert.created_ts, until or Millis(0))
            followed.owed_from = since if followed.owed_from is None else min(followed.owed_from, since)
            followed.last = None
        self._is_loaded = True

    async def _ask(self) -> list[ExchangeError]:
        """What the stream tells, and one call a category for all others; what failed."""
        silent: dict[Category, list[MarketKey]] = {}
        now = self.clock.monotonic()
        for key in [each for each in self._followed if now - self._heard_at.get(each, -_SILENT_S) >= _SILENT_S]:
            told = self.told(key.symbol) if key.category is _LINEAR else None
            if told is None:
                silent.setdefault(key.category, []).append(key)
            else:
                self._hear(key, told.last_price)
        troubles: list[ExchangeError] = []
        for category, keys in silent.items():
            try:
                await self._ask_board(category, keys, now)
            except ExchangeError as trouble:
                troubles.append(trouble)
        return troubles

    async def _ask_board(self, category: Category, keys: Sequence[MarketKey], since: float) -> None:
        """One call for symbols that no stream has told of since that monotonic second. Raises ExchangeErrors."""
        board = await self.market.board(category)
        prices = {each.symbol: each.last_price for each in board.items}
        for key in keys:
            if key in self._followed and key.symbol in prices and self._heard_at.get(key, 0.0) <= since:
                self._hear(key, prices[key.symbol])
        for key in keys:
            if key in self._followed and key.symbol not in prices and key.symbol not in board.unreadable:
                await self._ask_whether_traded(key)

    async def _ask_whether_traded(self, key: MarketKey) -> None:
        """A symbol without a price: its alerts end where Bybit does not trade it any more."""
        now = self.clock.monotonic()
        if now - self._looked_at.get(key, -_LOOK_EVERY_S) < _LOOK_EVERY_S:
            return
        self._looked_at[key] = now
        rules = await self.market.instrument(key.category, key.symbol)
        followed = self._followed.get(key)
        if followed is None or (rules is not None and rules.status not in _ENDED):
            return
        async with self.transactions.begin_aside() as unit:
            taken = [await unit.price_alerts.take(rung.alert_id) for rung in followed.ladder.rungs]
            ended = [alert for alert in taken if alert is not None]
            for user_id in {alert.user_id for alert in ended}:
                own = [alert.alert_id for alert in ended if alert.user_id == user_id]
                payload = AlertsEndedMessage(category=key.category, symbol=key.symbol, count=len(own))
                named = f"alerts-ended:{min(own)}"
                await unit.enqueue(outbox_message(payload, user_id=user_id, idempotency_key=named), self.clock.now())
        self._forget(key)

    async def _catch_up(self) -> list[ExchangeError]:
        """The minutes of what was missed; what failed, which is looked up the next time."""
        troubles: list[ExchangeError] = []
        for key, followed in tuple(self._followed.items()):
            if followed.owed_from is None or followed.last is None:
                continue
            since = followed.owed_from
            try:
                minutes = await self._missed(key, since)
            except ExchangeRejected:  # no such symbol any more: `_ask` finds that out
                minutes = []
            except ExchangeError as trouble:
                troubles.append(trouble)
                continue
            price = followed.last
            for touched in followed.catch_up(minutes):
                self._due.append(_Reached([touched.rung], price, since, touched))
            if self._followed.get(key) is followed:
                self._forget_empty(key, followed)
        if self._due:
            self.wake()
        return troubles

    async def _missed(self, key: MarketKey, since: Millis) -> list[Kline]:
        """Minutes from `since` on; of a long absence the last days. None of spot: there the first price alone tells."""
        if key.category is not _LINEAR:
            return []
        now = self.clock.now()
        start = max(since, now - _MOST_MISSED) // MINUTE * MINUTE
        answers = [await self.history.minutes(key.symbol, Millis(at)) for at in range(start, now + 1, _A_CALL)]
        return [minute for each in answers for minute in each.items]

    # --- what is written --------------------------------------------------------------------------------------

    async def _tell(self, unit: UnitOfWork, reached: _Reached, rung: Rung) -> int:
        """0 where it was deleted meanwhile."""
        alert = await unit.price_alerts.take(rung.alert_id)
        if alert is None:
            return 0
        now, touched, since = self.clock.now(), reached.touched, reached.owed_from
        payload = PriceAlertMessage(
            category=alert.market.category,
            symbol=alert.market.symbol,
            side=alert.side,
            threshold=alert.price,
            set_price=alert.set_price,
            price=reached.price,
            away_s=0 if since is None or alert.created_ts > since else max(1, (now - since) // 1000),
            extreme=None if touched is None else touched.extreme,
            ago_s=0 if touched is None else max(0, (now - touched.start_ts) // 1000),
        )
        message = outbox_message(payload, user_id=alert.user_id, idempotency_key=f"price-alert:{alert.alert_id}")
        await unit.enqueue(message, now)
        return 1

    async def _note_followed(self) -> None:
        now = self.clock.monotonic()
        if self._due or not self._followed or (self._noted_at and now - self._noted_at < _NOTE_EVERY_S):
            return
        until = min(each.safe_until for each in self._followed.values())
        self._noted_at = now
        async with self.transactions.begin_aside() as unit:
            await unit.price_alerts.note_followed(until)
