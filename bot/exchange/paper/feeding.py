"""Prices act on what stands in practice: live ones tick by tick, missed ones minute by minute, and funding."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.errors import ExchangeRejected
from bot.domain.ids import MINUTE, AccountId, Millis, Symbol
from bot.domain.market import FundingSettlement
from bot.domain.paper import FedSymbol
from bot.domain.ports.exchange import MarketHistory
from bot.domain.priorities import RequestPriority, at_priority
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import Changes, EngineAccount, Markets, MarketView
from bot.exchange.matching.replay import MissedMinute
from bot.exchange.paper.exchange import MISSED, Draft, KeptAccount, PracticeExchange
from bot.exchange.paper.gone import completed, settle
from bot.exchange.paper.records import Before, Run

_ACCOUNTS_AT_ONCE: Final = 200  # that share a commit
_AT_A_STRETCH: Final = 50  # accounts, two milliseconds: then others have their turn
_FUNDING_PATIENCE: Final = 60_000  # ms that Bybit's word on a funding is waited for

_logger = logging.getLogger(__name__)

Act = Callable[[EngineAccount, Markets], Changes]


@dataclass(frozen=True, slots=True)
class _Announced:
    """The funding that comes next, by the ticker."""

    ts: Millis
    rate: Decimal


class Feeder:
    """Lets the prices of one symbol at a time act on every account that has something there."""

    def __init__(self, *, exchange: PracticeExchange, engine: Engine, history: MarketHistory) -> None:
        self._exchange = exchange
        self._engine = engine
        self._history = history
        self._announced: dict[Symbol, _Announced] = {}
        self._feeding = asyncio.Lock()

    async def feed(self, symbol: Symbol) -> None:
        """What was missed, then the prices of now; a symbol that is gone is settled.

        Raises ExchangeErrors, StorageTrouble; then it is done later.
        """
        async with self._feeding:
            await self._exchange.interests.load()
            now = self._exchange.clock.now()
            fed = self._exchange.interests.fed(symbol) or FedSymbol(symbol=symbol, fed_ts=now, funded_ts=now)
            with at_priority(RequestPriority.RECONCILE):
                try:
                    await self._feed(fed, now)
                except ExchangeRejected:
                    if not await self._exchange.views.is_gone(symbol):
                        raise
                    await self._settle(fed)

    async def _feed(self, fed: FedSymbol, now: Millis) -> None:
        fed = await self._catch_up(fed, now)
        view = await self._exchange.views.with_book(fed.symbol, RequestPriority.RECONCILE)
        fed = await self._fund(fed, view)
        await self._tick(fed, view)

    async def _settle(self, fed: FedSymbol) -> None:
        """Everybody's orders and positions there end: at the last mark price that was seen, else at cost."""
        accounts = sorted(self._exchange.interests.of(fed.symbol))
        _logger.warning("%s is not traded any more: practice settles %d accounts", fed.symbol, len(accounts))

        def act(account: EngineAccount, markets: Markets) -> Changes:
            return settle(self._engine, account, fed.symbol, markets)

        await self._act(accounts, None, act, (fed,))

    async def _tick(self, fed: FedSymbol, view: MarketView) -> None:
        """A commit for some hundreds of accounts: the same prices again would change nothing more."""
        fed = replace(fed, fed_ts=max(fed.fed_ts, self._exchange.clock.now()))
        accounts = sorted(self._exchange.interests.of(fed.symbol))

        def act(account: EngineAccount, markets: Markets) -> Changes:
            return self._engine.tick(account, fed.symbol, markets)

        for start in range(0, len(accounts), _ACCOUNTS_AT_ONCE):
            await self._act(accounts[start : start + _ACCOUNTS_AT_ONCE], view, act, ())
        if self._exchange.interests.live(fed):
            await self._exchange.commit((), (fed,))

    async def _catch_up(self, fed: FedSymbol, now: Millis) -> FedSymbol:
        """Replay the minutes that began since the prices acted last, the one of now as far as it has come.

        Of the minute in which they acted last the rest is not seen: its candle knows what came before, too.
        """
        symbol = fed.symbol
        while now - fed.fed_ts > MISSED:
            minutes, fundings = await self._missed(fed, now)
            if not minutes:
                break
            end = Millis(min(minutes[-1].last.start_ts + MINUTE, now))
            seen = [each for each in fundings if each.ts <= end]
            fed = FedSymbol(symbol=symbol, fed_ts=end, funded_ts=max((fed.funded_ts, *(each.ts for each in seen))))
            view = self._exchange.views.last.get(symbol) or await self._exchange.views.priced(symbol)
            await self._once(fed, view, _Steps(self._engine, minutes, seen))
        return fed

    async def _missed(self, fed: FedSymbol, now: Millis) -> tuple[list[MissedMinute], list[FundingSettlement]]:
        start = Millis(-(-fed.fed_ts // MINUTE) * MINUTE)
        last, mark, fundings = await asyncio.gather(
            self._history.minutes(fed.symbol, start),
            self._history.mark_minutes(fed.symbol, start),
            self._history.fundings(fed.symbol, Millis(fed.funded_ts + 1)),
        )
        marks = {each.start_ts: each for each in mark.items}
        minutes = [
            MissedMinute(symbol=fed.symbol, last=each, mark=marks.get(each.start_ts, each), now=now)
            for each in last.items
            if start <= each.start_ts < now
        ]
        return minutes, [each for each in fundings if each.ts > fed.funded_ts]

    async def _fund(self, fed: FedSymbol, view: MarketView) -> FedSymbol:
        """Settle what became due since the last tick: by Bybit's word, after a minute by what the ticker announced.

        The first tick of a symbol after a start asks Bybit: what was due meanwhile, nobody has announced.
        """
        symbol, now = fed.symbol, self._exchange.clock.now()
        announced = self._announced.get(symbol)
        if announced is None or fed.funded_ts < announced.ts <= now:
            found = await self._history.fundings(symbol, Millis(fed.funded_ts + 1))
            settled = [each for each in found if fed.funded_ts < each.ts <= now]
            if announced is not None and not settled:
                if now - announced.ts < _FUNDING_PATIENCE:
                    return fed
                settled = [FundingSettlement(symbol=symbol, rate=announced.rate, ts=announced.ts)]
            for each in settled:
                fed = replace(fed, funded_ts=each.ts)
                await self._once(fed, view, _funding(self._engine, each))
        ticker = await self._exchange.views.ticker(symbol)
        if ticker.next_funding_ts is not None:
            self._announced[symbol] = _Announced(ticker.next_funding_ts, ticker.funding_rate or Decimal(0))
        return fed

    async def _once(self, fed: FedSymbol, view: MarketView, act: Act) -> None:
        """For everybody, in one commit with how far it has come: acting twice, it would do other things."""
        await self._act(sorted(self._exchange.interests.of(fed.symbol)), view, act, (fed,))

    async def _act(
        self, accounts: Sequence[AccountId], view: MarketView | None, act: Act, fed: tuple[FedSymbol, ...]
    ) -> None:
        await self._exchange.views.known(self._exchange.interests.symbols_of(accounts))
        views = dict(self._exchange.views.last)
        if view is not None:
            views[view.rules.symbol] = view
        markets = Markets(views=views, now=self._exchange.clock.now(), dollars=_dollars(views))
        async with AsyncExitStack() as stack:
            drafts = []
            for number, account_id in enumerate(accounts, 1):
                if number % _AT_A_STRETCH == 0:
                    await asyncio.sleep(0)
                held, run = await stack.enter_async_context(self._exchange.opened(account_id))
                draft = self._draft(account_id, held, run, markets, act)
                if draft is not None:
                    drafts.append(draft)
            if drafts or fed:
                await self._exchange.commit(drafts, fed)

    def _draft(self, account_id: AccountId, held: KeptAccount, run: Run, markets: Markets, act: Act) -> Draft | None:
        """What the prices changed of an account; None: nothing. One that can't be reckoned is left to the next time."""
        markets = completed(run.account, markets, self._exchange.views.gone)
        if not run.account.symbols <= markets.views.keys():
            return None
        before = Before.of(run.account)
        try:
            changes = act(run.account, markets)
        except Exception:
            held.run = None
            _logger.exception("prices could not act on practice account %d", account_id)
            return None
        if not changes:
            return None
        return Draft(account_id=account_id, held=held, run=run, before=before, changes=changes)


@dataclass(frozen=True, slots=True)
class _Steps:
    """Missed minutes and the fundings among them, one after the other."""

    engine: Engine
    minutes: list[MissedMinute]
    fundings: list[FundingSettlement]

    def __call__(self, account: EngineAccount, markets: Markets) -> Changes:
        changes = Changes()
        for each in self._in_order():
            if not account.symbols:
                break
            if isinstance(each, MissedMinute):
                changes.join(self.engine.replay(account, each, markets))
            else:
                changes.join(_funding(self.engine, each)(account, self._at(each.ts, markets)))
        return changes

    def _at(self, moment: Millis, markets: Markets) -> Markets:
        """The mark price of that moment."""
        symbol = self.minutes[0].symbol
        later = next((each.mark.open for each in self.minutes if each.last.start_ts >= moment), None)
        mark = self.minutes[-1].mark.close if later is None else later
        return replace(markets, views={**markets.views, symbol: replace(markets.views[symbol], mark=mark)})

    def _in_order(self) -> Iterator[MissedMinute | FundingSettlement]:
        moments: list[tuple[Millis, int, MissedMinute | FundingSettlement]] = [
            *((each.ts, 0, each) for each in self.fundings),
            *((each.last.start_ts, 1, each) for each in self.minutes),
        ]
        return (each for _, _, each in sorted(moments, key=lambda moment: moment[:2]))


def _funding(engine: Engine, settled: FundingSettlement) -> Act:
    """Funding of those who held something at that moment."""

    def act(account: EngineAccount, markets: Markets) -> Changes:
        legs = [each for each in account.held() if each.symbol == settled.symbol]
        if not any(each.opened_ts <= settled.ts for each in legs):
            return Changes()
        return engine.fund(account, settled.symbol, settled.rate, replace(markets, now=settled.ts))

    return act


def _dollars(views: Mapping[Symbol, MarketView]) -> Mapping[str, Decimal]:
    """What coins are worth, by their perpetuals."""
    return {view.rules.instrument.base_coin: view.mark for view in views.values()}
