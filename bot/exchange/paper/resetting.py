"""/practice reset at the exchange: everything is canceled and closed, the money is what it was at first."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from bot.domain.accounts import PAPER_START_BALANCE, Account
from bot.domain.errors import ExchangeError, ExchangeRejected, NoPracticePrice, OutcomeUnknown, StorageTrouble
from bot.domain.ids import AccountId, Symbol
from bot.domain.orders import MarginMode, PositionMode
from bot.domain.trades import PRACTICE_RESET
from bot.exchange.matching.engine import Engine
from bot.exchange.matching.model import Changes, EngineAccount, EngineRejected, Markets, WalletLine
from bot.exchange.paper.exchange import Draft, PracticeExchange
from bot.exchange.paper.gone import completed, empty
from bot.exchange.paper.records import Before, Run, prefix

_COIN: Final = "USDT"
_RESET: Final = "RESET"


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeResets:
    """Implements `bot.domain.ports.paper.PracticeBank`."""

    exchange: PracticeExchange
    engine: Engine

    async def reset(self, account: Account, *, mode: PositionMode, margin: MarginMode, leverage: int) -> int:
        """Cancel every order, close every position at its mark price, begin a run with 10,000 USDT; its number.

        One commit. What is not traded any more is closed at its last known price. Raises NoPracticePrice where the
        price of a held symbol does not come, OutcomeUnknown where the disk refused.
        """
        account_id, exchange = account.account_id, self.exchange
        async with exchange.opened(account_id) as (_, run):
            wanted, coins = run.account.symbols, tuple(run.account.wallet)
        try:
            views = await exchange.views.live_or_known(wanted)
            markets = await exchange.views.markets(views, coins)
        except ExchangeError as silence:
            raise NoPracticePrice(str(silence)) from silence
        async with exchange.opened(account_id) as (held, run):
            if not run.account.symbols <= wanted:
                raise NoPracticePrice("the account changed meanwhile")
            before = Before.of(run.account)
            try:
                changes = self._empty(run.account, markets)
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

    def _empty(self, account: EngineAccount, markets: Markets) -> Changes:
        """Fills of it say that no order of the person's did it. Raises NoPracticePrice where a price is missing."""
        markets = completed(account, markets, self.exchange.views.gone)
        if not account.symbols <= markets.views.keys():
            raise NoPracticePrice("a symbol that is held has no price")
        changes = Changes(settings=True)
        for symbol in sorted(account.symbols):
            changes.join(empty(self.engine, account, symbol, markets))
        changes.fills[:] = [replace(each, create_type=PRACTICE_RESET) for each in changes.fills]
        return changes

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
