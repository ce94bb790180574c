"""What an order would make of an account's margin rates. Source: Bybit v5 documentation, page order/pre-check-order."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from bot.domain.orders import MarginMode
from bot.exchange.matching.margins import Assessment, assess
from bot.exchange.matching.model import EngineRejected
from ops.sim.bybit.accounts import default_leverage
from ops.sim.bybit.endpoints.endpoint_call import EndpointCall, Result
from ops.sim.bybit.endpoints.order_requests import order_request
from ops.sim.bybit.errors import BybitError, wrong_parameter
from ops.sim.bybit.onto_engine import account_of, markets_of

_SHORT_OF_MONEY: Final = 110007
_E4: Final = Decimal(10_000)


def pre_check(call: EndpointCall) -> Result:
    """order/pre-check: of cross and portfolio margin, no conditional orders, no inverse contracts in cross margin."""
    account, query, world = call.owner, call.query, call.world
    if account.margin_mode == MarginMode.ISOLATED or query.category != "linear" or query.text("triggerPrice"):
        raise wrong_parameter("pre-check is not supported for this order")
    one = call.instrument()
    request = order_request(call, one)
    copy = account_of(account, world.market, hedged=account.is_hedged(one))
    copy.default_leverage = default_leverage(one)
    markets = markets_of(account, world.market, call.now, world.trading.view(one, call.now, request.qty))
    before = assess(copy, markets)
    try:
        world.trading.engine(account).create(copy, request, markets)
    except EngineRejected as refusal:
        figures = _rates(before, before) if refusal.code == _SHORT_OF_MONEY else {}
        raise BybitError(refusal.code, str(refusal), ext_info=figures) from None
    return {
        "orderId": world.ids.uuid(account),
        "orderLinkId": request.order_link_id,
        **_rates(before, assess(copy, markets)),
    }


def _rates(before: Assessment, after: Assessment) -> dict[str, int]:
    return {
        "preImrE4": _rate(before.initial, before),
        "preMmrE4": _rate(before.maintenance, before),
        "postImrE4": _rate(after.initial, after),
        "postMmrE4": _rate(after.maintenance, after),
    }


def _rate(margin: Decimal, found: Assessment) -> int:
    """In ten-thousandths of the margin balance."""
    return int((margin / found.margin * _E4).to_integral_value(ROUND_HALF_UP)) if found.margin > 0 else 0
