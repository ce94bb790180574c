"""/practice reset at the exchange: everything is canceled and closed, the money is what it was at first."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.accounts import PAPER_START_BALANCE, Account
from bot.domain.errors import ExchangeError, ExchangeRejected, NoPracticePrice, OutcomeUnknown, StorageTrouble
from bot.domain.ids import AccountId, Symbol
from bot.domain.market import Category
from bot.domain.orders import CancelRequest, MarginMode, OrderRequest, PositionMode, opposite
from bot.domain.portfolio import NO_LINK_ID, OrderType
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import (
    UNLIMITED,
    Changes,
    EngineAccount,
    EnginePosition,
    EngineRejected,
    Markets,
    MarketView,
    WalletLine,
)
from bot.exchange.paper.exchange import Draft, PracticeExchange, symbols_of
from bot.exchange.paper.feeding import join
from bot.exchange.paper.records import Before, Run, prefix

_COIN: Final = "USDT"
_RESET: Final = "RESET"
_MOST_CLOSES: Final = 1_000  # orders of the largest size that a leg may take


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeResets:
    """Implements `bot.domain.ports.paper.PracticeBank`."""

    exchange: PracticeExchange
    engine: Engine

    async def reset(self, account: Account, *, mode: PositionMode, margin: MarginMode, leverage: int) -> int:
        """Cancel every order, close every position at its mark price, begin a run with 10,000 USDT; its number.

        One commit. What is not traded any more is written off. Raises NoPracticePrice where a held symbol's price does
        not come, OutcomeUnknown where the disk refused.
        """
        account_id, exchange = account.account_id, self.exchange
        async with exchange.opened(account_id) as (_, run):
            wanted, coins = symbols_of(run.account), tuple(run.account.wallet)
        try:
            views = await self._views(wanted)
            markets = await exchange.views.markets(views, coins)
        except ExchangeError as silence:
            raise NoPracticePrice(str(silence)) from silence
        async with exchange.opened(account_id) as (held, run):
            if not symbols_of(run.account) <= wanted:
                raise NoPracticePrice("the account changed meanwhile")
            before, changes = Before.of(run.account), Changes(settings=True)
            try:
                self._empty(run.account, markets, changes)
                self._begin(account_id, run, changes)
                run.account.position_mode, run.account.margin_mode = mode, margin
                run.account.default_leverage = Decimal(leverage)
                draft = Draft(
                    account_id=account_id, held=held, run=run, before=before, changes=changes, begins_run=True
                )
                await exchange.commit((draft,), ())
            except EngineRejected as no:
                raise ExchangeRejected(f"a position could not be closed: {no}", code=no.code) from no
            except StorageTrouble as trouble:
                raise OutcomeUnknown(f"practice could not write it down: {trouble}") from trouble
            finally:
                held.run = None  # as it was stored, whatever happened
            return run.number

    async def _views(self, wanted: frozenset[Symbol]) -> Mapping[Symbol, MarketView]:
        """The price of each symbol that is still traded."""
        views = dict(await self.exchange.views.live_or_known(wanted))
        for symbol in sorted(wanted - views.keys()):
            with suppress(ExchangeRejected):
                views[symbol] = await self.exchange.views.priced(symbol)
        return views

    def _empty(self, account: EngineAccount, markets: Markets, changes: Changes) -> None:
        for order in list(account.orders.values()):
            if order.order_id in account.orders:  # no other one has taken it along
                cancel = CancelRequest(category=Category.LINEAR, symbol=order.symbol, order_id=order.order_id)
                join(changes, self.engine.cancel(account, cancel, markets))
        for leg in account.held():
            if leg.symbol not in markets.views:
                del account.positions[leg.leg]
        for leg in account.held():
            at_mark = _at_mark(markets, leg.symbol)
            for _ in range(_MOST_CLOSES):
                if not account.position(leg.leg).size:
                    break
                _, closed = self.engine.create(account, _close(leg), at_mark)
                join(changes, closed)

    def _begin(self, account_id: AccountId, run: Run, changes: Changes) -> None:
        """The next run: its own ids, nothing held, the money of the beginning."""
        account, now = run.account, self.exchange.clock.now()
        wallet = dict.fromkeys(account.wallet, Decimal(0)) | {_COIN: PAPER_START_BALANCE}
        changes.lines += [
            WalletLine(
                kind=_RESET,
                coin=coin,
                change=balance - account.wallet.get(coin, Decimal(0)),
                balance=balance,
                symbol=Symbol(""),
                exec_id="",
                ts=now,
            )
            for coin, balance in wallet.items()
        ]
        changes.positions.clear()  # the rows of the run that ends go
        account.wallet = wallet
        account.positions, account.leverages, account.taken = {}, {}, {}
        run.number += 1
        run.since = now
        account.prefix = prefix(account_id, run.number)


def _close(leg: EnginePosition) -> OrderRequest:
    if leg.side is None:
        raise ValueError("a flat leg needs no close")
    return OrderRequest(
        order_link_id=NO_LINK_ID,
        category=Category.LINEAR,
        symbol=leg.symbol,
        position_idx=leg.position_idx,
        side=opposite(leg.side),
        order_type=OrderType.MARKET,
        qty=Decimal(0),
        reduce_only=True,
        close_on_trigger=True,
    )


def _at_mark(markets: Markets, symbol: Symbol) -> Markets:
    """A book that takes everything at the mark price."""
    view: MarketView = markets.views[symbol]
    level = ((view.mark, UNLIMITED),)
    return replace(markets, views={**markets.views, symbol: replace(view, bids=level, asks=level)})
