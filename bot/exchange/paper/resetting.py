"""/practice reset at the exchange: everything is canceled and closed, the money is what it was at first."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.aio.shielded import shielded
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

        One commit. Raises NoPracticePrice where a held symbol has no price, OutcomeUnknown where the disk refused.
        """
        account_id, exchange = account.account_id, self.exchange
        async with exchange.opened(account_id) as (_, run):
            wanted = symbols_of(run.account)
        try:
            views = await exchange.views.live_or_known(wanted)
            markets = await exchange.views.markets(views, run.account.wallet)
        except ExchangeError as silence:
            raise NoPracticePrice(str(silence)) from silence
        async with exchange.opened(account_id) as (held, run):
            if not symbols_of(run.account) <= views.keys():
                raise NoPracticePrice("a position can't be closed: its price is not known")
            draft = Draft(
                account_id=account_id,
                held=held,
                run=run,
                before=Before.of(run.account),
                changes=Changes(settings=True),
                begins_run=True,
            )
            try:
                self._empty(run.account, markets, draft.changes)
                self._begin(account_id, run, draft.changes)
                run.account.position_mode, run.account.margin_mode = mode, margin
                run.account.default_leverage = Decimal(leverage)
            except EngineRejected as no:
                held.run = None
                raise ExchangeRejected(f"a position could not be closed: {no}", code=no.code) from no
            except BaseException:
                held.run = None
                raise
            try:
                await shielded(exchange.commit((draft,), ()))
            except StorageTrouble as trouble:
                raise OutcomeUnknown(f"practice could not write it down: {trouble}") from trouble
            return run.number

    def _empty(self, account: EngineAccount, markets: Markets, changes: Changes) -> None:
        for order in list(account.orders.values()):
            if order.order_id in account.orders:  # no other one has taken it along
                cancel = CancelRequest(category=Category.LINEAR, symbol=order.symbol, order_id=order.order_id)
                join(changes, self.engine.cancel(account, cancel, markets))
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
