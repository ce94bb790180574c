# ruff: noqa: FLY002  words from parts: new objects, as parsing makes them
"""Realistic values to fill caches with, made as decoders make them: numbers and texts go through the same interning.

500 symbols of all price ranges, some far more popular than others; sizes are round numbers, prices lie on ticks, every
position has a stop, two of three a target, plain limit orders have neither. 60 of 100 users have a paper account alone.
"""

from collections.abc import Iterator
from decimal import Decimal
from math import floor, log10
from random import Random
from typing import Final

from bot.domain.accounts import Account, AccountType, Exchange, KeyCheck, KeyType, SealedCredentials, TradeSettings
from bot.domain.clock import SystemClock
from bot.domain.ids import AccountId, Millis, OrderLinkId, Symbol, UserId
from bot.domain.interning import intern_decimal, intern_text
from bot.domain.licensing import License, LicenseType, Segment
from bot.domain.market import Category, Instrument, Kline, Klines, OrderBook, Ticker
from bot.domain.portfolio import (
    Balance,
    CoinBalance,
    Execution,
    Executions,
    FeeRate,
    Order,
    Orders,
    OrderType,
    Position,
    Positions,
    Side,
)
from bot.domain.users import Language, Role, UserConfig, UserSettings

_SECOND: Final = 1_000  # ms
SYMBOLS: Final = 500
SIGNIFICANT: Final = 5  # digits of a price


class Values:
    """Makes values from a seed."""

    def __init__(self, seed: int = 1) -> None:
        self._rng = Random(seed)  # noqa: S311  repeatable
        self._now = SystemClock().now()  # what is older than its time to live would not be kept
        self._prices = [10 ** self._rng.uniform(-2, 4.8) for _ in range(SYMBOLS)]
        self._popularity = [1 / (place + 1) for place in range(SYMBOLS)]

    def account(self, number: int, account_type: AccountType = AccountType.DEMO) -> Account:
        return Account(
            account_id=AccountId(1_000_000 + number),
            user_id=UserId(5_000_000_000 + number),
            exchange=Exchange.BYBIT,
            account_type=account_type,
            host="com",
            label=intern_text(f"Demo {number}"),
            bybit_uid=str(300_000_000 + number),
            settings=TradeSettings(
                risk_percent=intern_decimal("1"),
                stop_loss_percent=intern_decimal("3"),
                take_profit_percent=intern_decimal("8"),
            ),
        )

    def symbol(self, number: int) -> Symbol:
        return Symbol(intern_text(f"COIN{number:04d}USDT"))

    def user_config(self, number: int) -> UserConfig:
        paper = self.account(number + 10_000_000, AccountType.PAPER)
        accounts = (paper, self.account(number)) if number % 5 < 2 else (paper,)  # noqa: PLR2004  two of five
        return UserConfig(
            user_id=UserId(5_000_000_000 + number),
            username=f"trader_{number}",
            first_name=f"Anna {number}",
            language=Language.ENGLISH,
            role=Role.USER,
            is_banned=False,
            terms_version=1,
            settings=UserSettings(),
            default_account_id=accounts[-1].account_id,
            accounts=accounts,
            first_seen_ts=self._moment(),
        )

    def license(self, number: int) -> License:
        return License(
            user_id=UserId(5_000_000_000 + number),
            segments=(
                Segment(license_type=LicenseType.PREMIUM, start=self._moment(), end=self._moment()),
                Segment(license_type=LicenseType.BASIC, start=self._moment(), end=self._moment()),
            ),
        )

    def credentials(self, number: int) -> SealedCredentials:
        """Half RSA pairs of 2,048 bits, half typed secrets of 36 characters, as the vault seals them."""
        owner = self.account(number)
        is_pair = number % 2 == 0
        return SealedCredentials(
            account_id=owner.account_id,
            user_id=owner.user_id,
            account_type=owner.account_type,
            host="com",
            key_type=KeyType.RSA if is_pair else KeyType.HMAC,
            data_key=self._rng.randbytes(60),
            key_id=intern_text(f"k{number % 3}"),
            api_key=self._rng.randbytes(46),
            api_secret=self._rng.randbytes(1_732 if is_pair else 64),
            check=self.key_check(number),
        )

    def key_check(self, number: int) -> KeyCheck:
        return KeyCheck(
            bybit_uid=str(300_000_000 + number),
            read_only=False,
            permissions=("ContractTrade:Order", "ContractTrade:Position", "Spot:SpotTrade", "Wallet:"),
            ips=(f"203.0.113.{number % 250}",),
            expires_at=None,
            checked_at=self._moment(),
        )

    def balance(self, number: int, coins: int = 2) -> Balance:
        return Balance(
            account_id=AccountId(1_000_000 + number),
            total_equity=self._money(),
            total_wallet_balance=self._money(),
            total_available=self._money(),
            total_unrealised_pnl=self._money(),
            total_initial_margin=self._money(),
            coins=tuple(
                CoinBalance(
                    coin=intern_text(f"COIN{coin:02d}"),
                    wallet_balance=self._money(),
                    equity=self._money(),
                    unrealised_pnl=self._money(),
                    usd_value=self._money(),
                )
                for coin in range(coins)
            ),
            as_of=self._moment(),
        )

    def positions(self, number: int, count: int = 5) -> Positions:
        return Positions(
            account_id=AccountId(1_000_000 + number),
            items=tuple(self._position(self._popular()) for _ in range(count)),
            as_of=self._moment(),
        )

    def _position(self, number: int) -> Position:
        return Position(
            category=Category.LINEAR,
            symbol=self.symbol(number),
            position_idx=0,
            side=Side.BUY,
            size=self._size(),
            entry_price=self._price(number),
            mark_price=self._price(number, 0.001),
            position_value=self._money(),
            leverage=intern_decimal(str(self._rng.choice((3, 3, 5, 10)))),
            liquidation_price=self._price(number, 0.2),
            unrealised_pnl=self._money(),
            take_profit=self._price(number, 0.08) if self._rng.random() < 2 / 3 else None,
            stop_loss=self._price(number, 0.03),
            trailing_stop=None,
            created_ts=self._moment(),
            updated_ts=self._moment(),
        )

    def orders(self, number: int, count: int = 5) -> Orders:
        return Orders(
            account_id=AccountId(1_000_000 + number),
            items=tuple(self._order(self._popular(), is_stop=each % 2 == 1) for each in range(count)),
            as_of=self._moment(),
        )

    def _order(self, number: int, *, is_stop: bool) -> Order:
        return Order(
            category=Category.LINEAR,
            symbol=self.symbol(number),
            order_id=self._identifier(),
            order_link_id=OrderLinkId("" if is_stop else self._identifier()),
            position_idx=0,
            side=Side.SELL,
            order_type=OrderType.MARKET if is_stop else OrderType.LIMIT,
            order_status=intern_text("".join(("Untrig", "gered"))) if is_stop else intern_text("".join(("N", "ew"))),
            price=None if is_stop else self._price(number),
            qty=self._size(),
            cum_exec_qty=intern_decimal("0"),
            trigger_price=self._price(number) if is_stop else None,
            stop_order_type=intern_text("".join(("Stop", "Loss"))) if is_stop else "",
            time_in_force=intern_text("".join(("I", "OC"))) if is_stop else intern_text("".join(("G", "TC"))),
            reduce_only=is_stop,
            take_profit=None,
            stop_loss=None,
            created_ts=self._moment(),
            updated_ts=self._moment(),
        )

    def executions(self, number: int, count: int = 10) -> Executions:
        return Executions(
            account_id=AccountId(1_000_000 + number),
            items=tuple(self._execution(self._popular()) for _ in range(count)),
            as_of=self._moment(),
        )

    def _execution(self, number: int) -> Execution:
        return Execution(
            category=Category.LINEAR,
            symbol=self.symbol(number),
            exec_id=self._identifier(),
            order_id=self._identifier(),
            order_link_id=OrderLinkId(""),
            side=Side.BUY,
            exec_type=intern_text("".join(("Tra", "de"))),
            exec_price=self._price(number),
            exec_qty=self._size(),
            exec_value=self._money(),
            exec_fee=self._money(),
            fee_currency=intern_text("".join(("US", "DT"))),
            is_maker=False,
            closed_size=intern_decimal("0"),
            exec_ts=self._moment(),
        )

    def fee_rate(self, number: int) -> FeeRate:
        return FeeRate(
            symbol=self.symbol(number % SYMBOLS), taker=intern_decimal("0.00055"), maker=intern_decimal("0.0002")
        )

    def ticker(self, number: int) -> Ticker:
        return Ticker(
            category=Category.LINEAR,
            symbol=self.symbol(number),
            last_price=self._price(number),
            mark_price=self._price(number),
            index_price=self._price(number),
            bid_price=self._price(number),
            ask_price=self._price(number),
            high_24h=self._price(number),
            low_24h=self._price(number),
            price_24h_change=intern_decimal(f"{self._rng.uniform(-0.1, 0.1):.4f}"),
            volume_24h=self._money(),
            turnover_24h=self._money(),
            funding_rate=intern_decimal("0.0001"),
            next_funding_ts=self._moment(),
            as_of=self._moment(),
        )

    def order_book(self, number: int, depth: int = 25) -> OrderBook:
        """50 levels: `depth` on each side."""
        return OrderBook(
            category=Category.LINEAR,
            symbol=self.symbol(number),
            bids=tuple(self._levels(number, depth)),
            asks=tuple(self._levels(number, depth)),
            as_of=self._moment(),
        )

    def _levels(self, number: int, depth: int) -> Iterator[tuple[Decimal, Decimal]]:
        for _ in range(depth):
            yield self._price(number, 0.002), intern_decimal(f"{10 ** self._rng.uniform(-3, 4):.3f}")

    def klines(self, number: int, count: int = 24) -> Klines:
        return Klines(
            category=Category.LINEAR,
            symbol=self.symbol(number),
            interval="60",
            items=tuple(
                Kline(
                    start_ts=self._moment(),
                    open=self._price(number),
                    high=self._price(number),
                    low=self._price(number),
                    close=self._price(number),
                    volume=self._money(),
                )
                for _ in range(count)
            ),
            as_of=self._moment(),
        )

    def instrument(self, number: int) -> Instrument:
        return Instrument(
            category=Category.LINEAR,
            symbol=self.symbol(number),
            status=intern_text("".join(("Trad", "ing"))),
            base_coin=intern_text(f"COIN{number:04d}"),
            quote_coin=intern_text("".join(("US", "DT"))),
            tick_size=intern_decimal("0.01"),
            qty_step=intern_decimal("0.001"),
            min_order_qty=intern_decimal("0.001"),
            max_order_qty=intern_decimal("1190"),
            max_market_order_qty=intern_decimal("119"),
            min_notional=intern_decimal("5"),
            max_leverage=intern_decimal("100.00"),
        )

    # --- parts ----------------------------------------------------------------------------------------------

    def _popular(self) -> int:
        return self._rng.choices(range(SYMBOLS), self._popularity)[0]

    def _price(self, number: int, spread: float = 0.05) -> Decimal:
        """On a tick, within `spread` (a fraction) of the symbol's price."""
        price = self._prices[number % SYMBOLS]
        places = max(0, SIGNIFICANT - 1 - floor(log10(price)))
        return intern_decimal(f"{price * self._rng.uniform(1 - spread, 1 + spread):.{places}f}")

    def _size(self) -> Decimal:
        return intern_decimal(
            f"{self._rng.choice((1, 2, 5)) * 10 ** self._rng.randint(-3, 3):.3f}".rstrip("0").rstrip(".")
        )

    def _money(self) -> Decimal:
        return intern_decimal(f"{10 ** self._rng.uniform(0, 5):.8f}")

    def _moment(self) -> Millis:
        return Millis(self._now - self._rng.randrange(_SECOND))

    def _identifier(self) -> str:
        """As long as a UUID."""
        return self._rng.randbytes(18).hex()
