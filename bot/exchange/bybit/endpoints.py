"""The endpoints that the bot calls: a closed set of names for numbers and budgets.

Limits are calls a second for one UID. Source: Bybit v5 documentation, "Rate Limit" (2026-07).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One path of the REST interface."""

    name: str
    path: str
    uid_limit: int = 10
    is_on_demo: bool = True  # documentation, "Demo Trading Service"; what is not listed is refused with 10032


SERVER_TIME: Final = Endpoint("time", "/v5/market/time")
FEE_RATE: Final = Endpoint("fee_rate", "/v5/account/fee-rate", 5, is_on_demo=False)
CREATE: Final = Endpoint("order_create", "/v5/order/create")
AMEND: Final = Endpoint("order_amend", "/v5/order/amend")
CANCEL: Final = Endpoint("order_cancel", "/v5/order/cancel")
TRADING_STOP: Final = Endpoint("trading_stop", "/v5/position/trading-stop")
LEVERAGE: Final = Endpoint("set_leverage", "/v5/position/set-leverage")
DEMO_FUNDS: Final = Endpoint("demo_funds", "/v5/account/demo-apply-money", 1)  # one a minute

ENDPOINTS: Final = (
    SERVER_TIME,
    Endpoint("kline", "/v5/market/kline"),
    Endpoint("instruments", "/v5/market/instruments-info"),
    Endpoint("orderbook", "/v5/market/orderbook"),
    Endpoint("tickers", "/v5/market/tickers"),
    Endpoint("risk_limit", "/v5/market/risk-limit"),
    Endpoint("mark_kline", "/v5/market/mark-price-kline"),
    Endpoint("funding_history", "/v5/market/funding/history"),
    Endpoint("wallet_balance", "/v5/account/wallet-balance", 50),
    Endpoint("account_info", "/v5/account/info", 50),
    FEE_RATE,
    Endpoint("positions", "/v5/position/list", 50),
    Endpoint("open_orders", "/v5/order/realtime", 50),
    Endpoint("order_history", "/v5/order/history", 50),
    CREATE,
    AMEND,
    CANCEL,
    TRADING_STOP,
    LEVERAGE,
    DEMO_FUNDS,
    Endpoint("executions", "/v5/execution/list", 50),
    Endpoint("closed_pnl", "/v5/position/closed-pnl", 50),
    Endpoint("key_information", "/v5/user/query-api", is_on_demo=False),  # answered all the same, by its own page
)
OTHER: Final = Endpoint("other", "")

WRITES: Final = frozenset({CREATE, AMEND, CANCEL, TRADING_STOP, LEVERAGE, DEMO_FUNDS})

BY_PATH: Final[Mapping[str, Endpoint]] = MappingProxyType({endpoint.path: endpoint for endpoint in ENDPOINTS})
