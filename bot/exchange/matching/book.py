"""What the book offers to an account: its levels, less what the account took of them since they were read."""

from decimal import Decimal

from bot.domain.ids import Symbol
from bot.domain.portfolio import Side
from bot.exchange.matching.model import ZERO, EngineAccount, MarketView, PriceSize
from bot.exchange.matching.money import is_within


def offered(account: EngineAccount, view: MarketView, side: Side, qty: Decimal, worst: Decimal) -> list[PriceSize]:
    """What an order of that side would get, best price first, up to `qty` and no worse than `worst`."""
    gone = _taken(account, view)
    found: list[PriceSize] = []
    for price, size in view.asks if side is Side.BUY else view.bids:
        if not qty or not is_within(side, price, worst):
            break
        part = min(qty, size - gone.get(price, ZERO))
        if part > 0:
            found.append((price, part))
            qty -= part
    return found


def depth(parts: list[PriceSize]) -> Decimal:
    """The quantity of all levels together."""
    return sum((size for _, size in parts), ZERO)


def take(account: EngineAccount, view: MarketView, parts: list[PriceSize]) -> None:
    """These parts are gone until a newer book is seen."""
    gone = _taken(account, view)
    for price, size in parts:
        gone[price] = gone.get(price, ZERO) + size


def _taken(account: EngineAccount, view: MarketView) -> dict[Decimal, Decimal]:
    symbol: Symbol = view.rules.symbol
    kept = account.taken.get(symbol)
    if kept is None or kept[0] != view.ts:
        kept = account.taken[symbol] = (view.ts, {})
    return kept[1]
