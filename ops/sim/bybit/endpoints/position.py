"""Positions and what closed ones earned. Source: Bybit v5 documentation, section Position."""

from ops.sim.bybit import rows
from ops.sim.bybit.accounts import Account, Position, leg_key
from ops.sim.bybit.clock import WEEK
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.errors import wrong_parameter
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.margins import assess
from ops.sim.bybit.paging import page
from ops.sim.bybit.readings import has_short_page


def positions(call: EndpointCall) -> Result:
    """position/list: with a symbol its legs, held or not; otherwise the held ones by settle coin."""
    query, account = call.query, call.owner
    category, symbol, settle = query.category, query.text("symbol"), query.text("settleCoin")
    if category == "linear" and not symbol and not settle:
        raise wrong_parameter("Missing some parameters that must be filled in, symbol or settleCoin")
    if category == "option":
        return {"category": category, "list": [], "nextPageCursor": ""}
    if symbol:
        legs = [leg for one in _symbols(call) for leg in _legs(account, one)]
    else:
        legs = [leg for leg in account.held() if leg.category == category]
    market = call.world.market
    found = [(leg, market.any_of(leg.symbol, category)) for leg in legs]
    if not symbol and settle:
        found = [(leg, one) for leg, one in found if one.settle_coin == settle]
    short = has_short_page(account)
    shown, cursor = page(found, query.cursor, query.limit, lambda pair: _key(pair[0]), is_short=short)
    worth = assess(account, market, call.now)
    return {
        "category": category,
        "list": [
            rows.position(one, leg, worth.legs.get(_key(leg)), market.mark_price(one, call.now), account.margin_mode)
            for leg, one in shown
        ],
        "nextPageCursor": cursor,
    }


def _symbols(call: EndpointCall) -> list[Instrument]:
    """The instrument asked for; inverse takes up to ten, with commas between. Raises BybitError 10001."""
    if call.query.category != "inverse":
        return [call.instrument()]
    listed = call.world.market.listed("inverse")
    names = call.query.text("symbol").split(",")
    if not all(name in listed for name in names):
        raise wrong_parameter("params error: symbol invalid")
    return [listed[name] for name in names]


def _key(leg: Position) -> str:
    return leg_key(leg.symbol, leg.index)


def _legs(account: Account, one: Instrument) -> list[Position]:
    """Both legs in hedge mode, which only USDT perpetuals have; the one leg otherwise."""
    indexes = (1, 2) if account.is_hedged(one) else (0,)
    return [account.leg(one, index) for index in indexes]


def closed_pnl(call: EndpointCall) -> Result:
    """position/closed-pnl: the last seven days unless asked otherwise, newest first."""
    query = call.query
    first, last = query.window(WEEK, call.now)
    symbol = call.instrument().symbol if query.text("symbol") else ""
    found = [
        done
        for done in reversed(call.owner.closed_pnl)
        if done.category == query.category and first <= done.created_at <= last and symbol in {"", done.symbol}
    ]
    short = has_short_page(call.owner)
    shown, cursor = page(found, query.cursor, query.limit, lambda done: done.order_id, is_short=short)
    return {
        "category": query.category,
        "list": [rows.closed_pnl(done) for done in shown],
        "nextPageCursor": cursor,
    }
