"""Everything about the practice exchange in one value."""

from dataclasses import dataclass

from bot.domain.ports.clock import Clock
from bot.domain.ports.paper import PaperQueries
from bot.domain.ports.storage import Transactions
from bot.exchange.matching.engine import Engine
from bot.exchange.paper.exchange import PracticeExchange
from bot.exchange.paper.feeding import Feeder
from bot.exchange.paper.orders import PracticeOrders
from bot.exchange.paper.ports import PracticeMarket, RuleReads
from bot.exchange.paper.prices import SharedPrices
from bot.exchange.paper.reads import PracticeReads
from bot.exchange.paper.rehearsal import PracticeRehearsals
from bot.exchange.paper.resetting import PracticeResets
from bot.exchange.paper.rules import PracticeRules
from bot.exchange.paper.ticks import PracticeTicks
from bot.exchange.paper.views import MarketViews


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """`reads` is the ExchangeGateway of practice accounts, `orders` their OrderGateway."""

    exchange: PracticeExchange
    reads: PracticeReads
    orders: PracticeOrders
    resets: PracticeResets
    rehearsals: PracticeRehearsals
    ticks: PracticeTicks
    prices: SharedPrices

    async def close(self) -> None:
        """Cancel the reads of prices that are under way."""
        await self.prices.close()


def make_practice(
    *, queries: PaperQueries, transactions: Transactions, market: PracticeMarket, rules: RuleReads, clock: Clock
) -> Practice:
    """The exchange over the books of a database. Prices go past the cache: it keeps them longer than a second."""
    prices = SharedPrices(market, clock=clock)
    views = MarketViews(prices=prices, rules=PracticeRules(rules), clock=clock)
    exchange = PracticeExchange(queries=queries, transactions=transactions, views=views, clock=clock)
    engine = Engine()
    feeder = Feeder(exchange=exchange, engine=engine, history=market)
    exchange.feed = feeder.feed
    orders = PracticeOrders(exchange=exchange, engine=engine)
    return Practice(
        exchange=exchange,
        reads=PracticeReads(exchange=exchange, gateway=orders),
        orders=orders,
        resets=PracticeResets(exchange=exchange, engine=engine),
        rehearsals=PracticeRehearsals(exchange=exchange, engine=engine),
        ticks=PracticeTicks(exchange=exchange, feeder=feeder),
        prices=prices,
    )
