"""Every cached read, and the one door to the cache: `CachedReads`.

Each of the three groups of reads is a view on the same regions, and takes the port that it loads from. They are made
in an order: the exchange adapter opens keys by `StoredReads`, practice accounts are valued by `MarketReads`, and what
accounts hold comes from both. A key is always loaded by the same function.

The reads answer the region's own coroutine instead of awaiting it: one coroutine less makes a hit a third quicker.
"""

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Mapping
from functools import partial
from typing import Any, Final, TypeVar

from bot.domain.accounts import Account, AccountType, KeyCheck, SealedCredentials
from bot.domain.ids import AccountId, Symbol, UserId
from bot.domain.licensing import License
from bot.domain.market import Category, Instrument, Instruments, Klines, MarketBoard, OrderBook, Ticker
from bot.domain.portfolio import Balance, Executions, FeeRate, Orders, Positions
from bot.domain.ports.accounts import AccountQueries
from bot.domain.ports.clock import Clock
from bot.domain.ports.exchange import ExchangeGateway, KeyInspector, MarketData
from bot.domain.ports.licensing import LicenseQueries
from bot.domain.ports.reads import StoredPortfolio
from bot.domain.ports.users import UserQueries
from bot.domain.risk_tiers import RiskTiers
from bot.domain.trades import ClosedPnls
from bot.domain.users import STAFF, Staff, UserConfig
from cache.policy import ALL_SYMBOLS, PUBLIC, AccountKey
from cache.regions import Regions, RegionUpkeep

logger = logging.getLogger(__name__)

WARM_AT_ONCE: Final = 8  # users

T = TypeVar("T")
Answer = Coroutine[Any, Any, T]


class _NotListedError(Exception):
    """A symbol without rules. Errors are not kept."""


class StoredReads:
    """What is loaded from our own rows."""

    def __init__(
        self,
        regions: Regions,
        *,
        users: UserQueries,
        licenses: LicenseQueries,
        accounts: AccountQueries,
        clock: Clock,
    ) -> None:
        self._user_config = regions.user_config
        self._license = regions.license
        self._credentials = regions.credentials
        # Bound once: to bind a method anew costs a hit a sixth of its time.
        self._load_user_config = users.user_config
        self._load_staff = partial(_staff, users)
        self._load_license = partial(_license_now, licenses, clock)
        self._load_credentials = accounts.credentials

    def user_config(self, user_id: UserId) -> Answer[UserConfig | None]:
        return self._user_config.get(user_id, self._load_user_config, user_id)

    def staff(self) -> Answer[Staff]:
        """Everybody whose stored role is more than a user's."""
        return self._user_config.get(STAFF, self._load_staff, STAFF)

    def license(self, user_id: UserId) -> Answer[License]:
        return self._license.get(user_id, self._load_license, user_id)

    def credentials(self, account_id: AccountId) -> Answer[SealedCredentials | None]:
        return self._credentials.get(account_id, self._load_credentials, account_id)


class MarketReads:
    """What is public: prices, order books, candles, rules of symbols."""

    def __init__(self, regions: Regions, *, market: MarketData) -> None:
        self._price = regions.price
        self._market_data = regions.market_data
        self._symbol_info = regions.symbol_info
        self._api_response = regions.api_response
        self._market = market
        self._load_ticker = {category: partial(market.ticker, category) for category in Category}
        self._load_board = market.board
        self._load_instruments = market.instruments
        self._load_risk_tiers = market.risk_tiers

    def ticker(self, symbol: Symbol, category: Category = Category.LINEAR) -> Answer[Ticker]:
        return self._price.get((category, symbol), self._load_ticker[category], symbol)

    def order_book(self, symbol: Symbol, category: Category = Category.LINEAR) -> Answer[OrderBook]:
        load = partial(self._market.order_book, category)
        return self._market_data.get(("order_book", category, symbol, ""), load, symbol)

    def klines(self, symbol: Symbol, interval: str, category: Category = Category.LINEAR) -> Answer[Klines]:
        load = partial(self._market.klines, category, symbol)
        return self._market_data.get(("klines", category, symbol, interval), load, interval)

    def candles(self, symbol: Symbol, interval: str, category: Category = Category.LINEAR) -> Answer[Klines]:
        load = partial(self._market.candles, category, symbol)
        return self._market_data.get(("candles", category, symbol, interval), load, interval)

    def board(self, category: Category) -> Answer[MarketBoard]:
        return self._market_data.get(("board", category, "", ""), self._load_board, category)

    async def instrument(self, category: Category, symbol: Symbol) -> Instrument | None:
        """None for what is not listed, which is not kept: it may be listed in a moment, and takes no other's place."""
        try:
            return await self._symbol_info.get((category, symbol), partial(self._rules_of, category), symbol)
        except _NotListedError:
            return None

    async def _rules_of(self, category: Category, symbol: Symbol) -> Instrument:
        found = await self._market.instrument(category, symbol)
        if found is None:
            raise _NotListedError
        return found

    def instruments(self, category: Category) -> Answer[Instruments]:
        return self._symbol_info.get((category, ALL_SYMBOLS), self._load_instruments, category)

    def risk_tiers(self, symbol: Symbol) -> Answer[RiskTiers]:
        return self._api_response.get((PUBLIC, "risk_tiers", (symbol,)), self._load_risk_tiers, symbol)

    def last_instruments(self, category: Category) -> Instruments | None:
        found: Instruments | None = self._symbol_info.last((category, ALL_SYMBOLS))
        return found

    def last_ticker(self, symbol: Symbol, category: Category = Category.LINEAR) -> Ticker | None:
        found: Ticker | None = self._price.last((category, symbol))
        return found

    def last_order_book(self, symbol: Symbol, category: Category = Category.LINEAR) -> OrderBook | None:
        found: OrderBook | None = self._market_data.last(("order_book", category, symbol, ""))
        return found

    def last_klines(self, symbol: Symbol, interval: str, category: Category = Category.LINEAR) -> Klines | None:
        found: Klines | None = self._market_data.last(("klines", category, symbol, interval))
        return found

    def last_candles(self, symbol: Symbol, interval: str, category: Category = Category.LINEAR) -> Klines | None:
        found: Klines | None = self._market_data.last(("candles", category, symbol, interval))
        return found

    def last_board(self, category: Category) -> MarketBoard | None:
        found: MarketBoard | None = self._market_data.last(("board", category, "", ""))
        return found


class AccountReads:
    """What an account holds: asked of its gateway, positions and orders through the repository."""

    def __init__(
        self,
        regions: Regions,
        *,
        gateways: Mapping[AccountType, ExchangeGateway],
        portfolio: StoredPortfolio,
        inspector: KeyInspector,
    ) -> None:
        self._balance = regions.balance
        self._position = regions.position
        self._order = regions.order
        self._api_response = regions.api_response
        self._gateways = gateways
        self._portfolio = portfolio
        self._load_balance = partial(_balance, gateways)
        self._load_executions = partial(_executions, gateways)
        self._load_positions = portfolio.positions
        self._load_orders = portfolio.orders
        self._load_key_check = inspector.inspect_stored

    def balance(self, account: Account) -> Answer[Balance]:
        key = (account.account_id, account.user_id, account.exchange, account.account_type)
        return self._balance.get(key, self._load_balance, account)

    def positions(self, account: Account) -> Answer[Positions]:
        key = (account.account_id, account.user_id, account.exchange, account.account_type)
        return self._position.get(key, self._load_positions, account)

    def orders(self, account: Account) -> Answer[Orders]:
        key = (account.account_id, account.user_id, account.exchange, account.account_type)
        return self._order.get(key, self._load_orders, account)

    def executions(self, account: Account) -> Answer[Executions]:
        return self._api_response.get((account_key(account), "executions", ()), self._load_executions, account)

    def closed_pnl(self, account: Account) -> Answer[ClosedPnls]:
        load = self._gateways[account.account_type].closed_pnl
        return self._api_response.get((account_key(account), "closed_pnl", ()), load, account)

    def fee_rate(self, account: Account, symbol: Symbol) -> Answer[FeeRate]:
        load = partial(self._gateways[account.account_type].fee_rate, account)
        return self._api_response.get((account_key(account), "fee_rate", (symbol,)), load, symbol)

    def key_check(self, account: Account) -> Answer[KeyCheck]:
        return self._api_response.get((account_key(account), "key_check", ()), self._load_key_check, account)

    def last_positions(self, account: Account) -> Answer[Positions | None]:
        return self._portfolio.last_positions(account)

    def last_orders(self, account: Account) -> Answer[Orders | None]:
        return self._portfolio.last_orders(account)

    def last_balance(self, account: Account) -> Balance | None:
        found: Balance | None = self._balance.last(account_key(account))
        return found

    def last_executions(self, account: Account) -> Executions | None:
        found: Executions | None = self._api_response.last((account_key(account), "executions", ()))
        return found

    def last_closed_pnl(self, account: Account) -> ClosedPnls | None:
        found: ClosedPnls | None = self._api_response.last((account_key(account), "closed_pnl", ()))
        return found


class CachedReads(StoredReads, MarketReads, AccountReads, RegionUpkeep):
    """`bot.domain.ports.reads.Reads` over ten regions, with every way to drop and what was counted."""

    def __init__(
        self,
        regions: Regions,
        *,
        users: UserQueries,
        licenses: LicenseQueries,
        accounts: AccountQueries,
        market: MarketData,
        gateways: Mapping[AccountType, ExchangeGateway],
        portfolio: StoredPortfolio,
        inspector: KeyInspector,
        clock: Clock,
    ) -> None:
        StoredReads.__init__(self, regions, users=users, licenses=licenses, accounts=accounts, clock=clock)
        MarketReads.__init__(self, regions, market=market)
        AccountReads.__init__(self, regions, gateways=gateways, portfolio=portfolio, inspector=inspector)
        RegionUpkeep.__init__(self, regions)
        self._clock = clock

    async def warm(self, user_ids: Iterable[UserId], *, at_once: int = WARM_AT_ONCE, within: float = 1.0) -> int:
        """Read what our own rows know of these users, some at a time; answers how many are warm.

        That is config, license, and positions whose rows are young enough: the exchange is asked nothing. Failures
        are logged, not raised. After `within` s it is left at that: loads under way go on by themselves.
        """
        waiting = iter(user_ids)
        warm = 0

        async def work() -> None:
            nonlocal warm
            for user_id in waiting:
                is_warm = await self._warm_user(user_id)  # not in the sum, which would be as it was before the wait
                warm += is_warm

        workers = [asyncio.create_task(work()) for _ in range(at_once)]
        _, late = await asyncio.wait(workers, timeout=within)
        for worker in late:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        return warm

    async def _warm_user(self, user_id: UserId) -> bool:
        try:
            config, _ = await asyncio.gather(self.user_config(user_id), self.license(user_id))
            if config is not None:
                await asyncio.gather(*map(self._warm_positions, config.accounts))
        except Exception:
            logger.warning("could not warm the cache for user %s", user_id, exc_info=True)
            return False
        return True

    async def _warm_positions(self, account: Account) -> None:
        if account.account_type is AccountType.PAPER:  # its marks are the market's
            return
        rows = await self.last_positions(account)
        key, ttl_ms = account_key(account), self._position.policy.ttl * 1000
        if rows is not None and self._clock.now() - rows.as_of < ttl_ms and key not in self._position:
            self._position.put(key, rows)


async def _staff(users: UserQueries, _: UserId) -> Staff:
    return await users.staff()


async def _license_now(licenses: LicenseQueries, clock: Clock, user_id: UserId) -> License:
    return await licenses.license(user_id, clock.now())


async def _balance(gateways: Mapping[AccountType, ExchangeGateway], account: Account) -> Balance:
    return await gateways[account.account_type].balance(account)


async def _executions(gateways: Mapping[AccountType, ExchangeGateway], account: Account) -> Executions:
    return await gateways[account.account_type].executions(account)


def account_key(account: Account) -> AccountKey:
    """What an account's entries are kept under."""
    return account.account_id, account.user_id, account.exchange, account.account_type
