"""Every path that is answered, and by what."""

from typing import Final

from ops.sim.bybit.endpoints import account, market, order, position, user
from ops.sim.bybit.endpoints.endpoint_call import Handler

HANDLERS: Final[dict[str, Handler]] = {
    "/v5/market/time": market.time,
    "/v5/market/instruments-info": market.instruments,
    "/v5/market/tickers": market.tickers,
    "/v5/market/orderbook": market.orderbook,
    "/v5/market/kline": market.kline,
    "/v5/market/recent-trade": market.recent_trades,
    "/v5/market/funding/history": market.funding_history,
    "/v5/market/risk-limit": market.risk_limits,
    "/v5/market/price-limit": market.price_limit,
    "/v5/account/wallet-balance": account.wallet_balance,
    "/v5/account/info": account.info,
    "/v5/account/fee-rate": account.fee_rate,
    "/v5/account/transaction-log": account.transaction_log,
    "/v5/position/list": position.positions,
    "/v5/position/closed-pnl": position.closed_pnl,
    "/v5/order/realtime": order.realtime,
    "/v5/order/history": order.history,
    "/v5/execution/list": order.executions,
    "/v5/user/query-api": user.query_api,
    "/v5/asset/coin/query-info": user.coins,
}
