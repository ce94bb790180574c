"""From a consequence card to a fill: bound to its numbers, once, never "failed" while unknown."""

from collections.abc import MutableMapping
from decimal import Decimal
from typing import Any, cast

import pytest
from harness.app import Harness, Person, said
from harness.bot_api import Bubble
from harness.waiting import until

from bot.domain.accounts import Account, AccountType
from bot.domain.errors import ExchangeDown, OutcomeUnknown
from bot.domain.ids import OrderLinkId, Symbol
from bot.domain.market import Category, OrderBook
from bot.domain.orders import OrderAck, OrderRequest
from bot.domain.portfolio import Order
from bot.domain.users import Language
from handlers.trading.left_cards import take_up_cards

CONFIRM = "✓ Buy 0.001\N{NO-BREAK SPACE}BTC"


def words(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


async def offered(harness: Harness) -> tuple[Person, Bubble]:
    """A newcomer with the first card."""
    anna = harness.person()
    welcome = await said(anna, "/start")
    return anna, await anna.press("Buy BTC $100", bubble=welcome)


async def typed(harness: Harness, size: str) -> tuple[Person, Bubble]:
    """The card of a market buy of BTC of so much."""
    anna = harness.person()
    await said(anna, "/start")
    ticket = await said(anna, "/buy")
    await anna.press("✎ Type it", bubble=ticket)
    ticket = await said(anna, size)
    return anna, await anna.press("Check the order ›", bubble=ticket)


async def sent(harness: Harness) -> list[tuple[Any, ...]]:
    return [row for row in await harness.rows("order_intents") if row[1] == "entry"]


@pytest.mark.parametrize("language", list(Language))
async def test_two_taps_and_one_message_to_a_practice_fill(harness: Harness, language: Language) -> None:
    anna = harness.person(language=language.value)
    welcome = await said(anna, "/start")
    card = await anna.press(welcome.labels[0], bubble=welcome)
    live = await anna.press(card.labels[0], bubble=card)
    await harness.settle()
    assert "✅" in live.text
    assert "0.001" in live.text
    assert "✓" in live.text.split("62")[1], "the stop was seen"
    assert (anna.taps, anna.sent, len(anna.bubbles)) == (2, 1, 1)


class Asked:
    """An exchange that counts how often an entry asks for the leg's settings."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.times = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def leg_settings(self, account: Account, symbol: Symbol) -> Any:
        self.times += 1
        return await self._inner.leg_settings(account, symbol)


async def test_a_second_tap_shows_the_same_trade(harness: Harness) -> None:
    anna, card = await offered(harness)
    data = card.button(CONFIRM)["callback_data"]
    told = cast("MutableMapping[AccountType, Any]", harness.services.trading.entries.told)
    told[AccountType.PAPER] = asked = Asked(told[AccountType.PAPER])
    await anna.press(CONFIRM, bubble=card)
    again = await anna.tap(data, bubble=anna.last)
    assert "Filled 0.001 BTC" in words(again.text)
    assert (len(await sent(harness)), asked.times) == (1, 1), "what is answered from the rows asks nothing anew"


async def test_nobody_else_confirms_it(harness: Harness) -> None:
    _, card = await offered(harness)
    boris = harness.person(1002, name="Boris")
    await said(boris, "/start")
    await boris.tap(card.button(CONFIRM)["callback_data"], bubble=boris.last)
    assert await sent(harness) == []


async def test_an_old_card_sends_nothing_and_nothing_dies(harness: Harness) -> None:
    anna, card = await offered(harness)
    harness.clock.advance(31)
    outdated = await anna.press(CONFIRM, bubble=card)
    assert await sent(harness) == []
    again = await anna.press("↻ New price", bubble=outdated)
    await anna.press(CONFIRM, bubble=again)
    await until(lambda: "Filled" in anna.last.text, what="the fill")
    assert len(anna.bubbles) == 1


async def test_a_moved_market_sends_nothing(harness: Harness) -> None:
    anna, card = await offered(harness)
    harness.bybit.symbols["BTCUSDT"] = "64900.00"
    harness.clock.advance(6)
    moved = await anna.press(CONFIRM, bubble=card)
    assert "↻ New price" in moved.labels
    assert all(row[2] != "filled" for row in await sent(harness))


async def test_a_card_grows_old_by_itself(harness: Harness) -> None:
    anna = harness.person()
    welcome = await said(anna, "/start")
    harness.app.bot_data.live_messages.order_card_s = 0
    card = await anna.press("Buy BTC $100", bubble=welcome)
    await until(lambda: "↻ New price" in anna.last.labels, what="the mark of age")
    assert CONFIRM not in anna.last.labels
    assert "old" in anna.last.text
    assert card.message_id == anna.last.message_id


async def test_a_card_that_was_left_does_not_come_back(harness: Harness) -> None:
    anna, card = await offered(harness)
    live = harness.app.bot_data.live_messages
    await anna.press("Menu", bubble=card)
    assert live._alarms == {}, "nothing waits for a message that shows something else"


async def test_slow_prices_hold_nobody(harness: Harness) -> None:
    anna = harness.person()
    welcome = await said(anna, "/start")
    harness.clock.advance(60)
    harness.bybit.gate.clear()
    card = await anna.press("Buy BTC $100", bubble=welcome)
    assert "Asking Bybit" in card.text
    harness.bybit.gate.set()
    await until(lambda: CONFIRM in anna.last.labels, what="the card")
    assert len(anna.bubbles) == 1


async def test_silent_prices_are_told_where_the_card_would_be(harness: Harness) -> None:
    anna = harness.person()
    welcome = await said(anna, "/start")
    harness.clock.advance(60)
    harness.bybit.gate.clear()
    await anna.press("Buy BTC $100", bubble=welcome)
    harness.bybit.trouble = ExchangeDown("nothing")
    harness.bybit.gate.set()
    await until(lambda: "does not answer" in anna.last.text, what="the trouble")
    assert len(anna.bubbles) == 1


async def test_a_size_below_the_smallest_has_its_cure(harness: Harness) -> None:
    anna, card = await typed(harness, "$10")
    assert "smallest order here is 0.001 BTC (about 6" in card.text
    assert not [each for each in card.labels if each.startswith("✓")]
    cured = await anna.press("Take 0.001\N{NO-BREAK SPACE}BTC", bubble=card)
    assert CONFIRM in cured.labels


async def test_the_most_that_is_free_is_one_tap(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    ticket = await anna.press("max", bubble=await said(anna, "/buy"))
    card = await anna.press("Check the order ›", bubble=ticket)
    assert "29," in words(card.text).split(" USDT")[0], "10,000 at 3x, less fees"
    await anna.press(card.labels[0], bubble=card)
    await until(lambda: "✅" in anna.last.text, what="the fill")


async def test_a_limit_rests_and_says_so(harness: Harness) -> None:
    anna = harness.person()
    await said(anna, "/start")
    ticket = await anna.press("$100", bubble=await said(anna, "/buy"))
    for label in ("Entry", "−2.0%", "Check the order ›"):
        ticket = await anna.press(label, bubble=ticket)
    harness.app.bot_data.live_messages.trade_s = 1
    await anna.press(ticket.labels[0], bubble=ticket)
    await until(lambda: "Resting: 0.001 BTC at 62,926.29" in words(anna.last.text), what="that it rests")
    assert "Orders" in anna.last.labels


def thin_book(harness: Harness, qty: str) -> None:
    """So much for sale near the market, and nothing else."""

    async def order_book(symbol: Symbol, category: Category = Category.LINEAR) -> OrderBook:
        price = Decimal(harness.bybit.symbols[symbol])
        return OrderBook(
            category=category,
            symbol=symbol,
            bids=((price, Decimal(5)),),
            asks=(*(((price, Decimal(qty)),) if Decimal(qty) else ()), (price * 2, Decimal(500))),
            as_of=harness.clock.now(),
        )

    cast("Any", harness.bybit).order_book = order_book


async def test_a_part_is_told_and_the_rest_is_offered(harness: Harness) -> None:
    thin_book(harness, "0.02")
    anna, card = await typed(harness, "0.05")
    live = await anna.press(card.labels[0], bubble=card)
    await until(lambda: any("rest" in each for each in anna.last.labels), what="the offer")
    assert "Filled 0.02 BTC of 0.05 BTC @ 64,210.5" in words(anna.last.text)
    rest = await anna.press("Buy the rest at 64,210.50", bubble=anna.last)
    assert "Buy 0.03 BTC" in words(rest.text)
    assert "62,284" in rest.text, "the stop stays"
    assert live.message_id == rest.message_id


async def test_nothing_in_reach_is_no_failure(harness: Harness) -> None:
    anna, card = await offered(harness)
    thin_book(harness, "0")
    live = await anna.press(card.labels[0], bubble=card)
    await until(lambda: "↻ New price" in anna.last.labels, what="the way on", limit=5)
    assert "You have no position" in anna.last.text
    assert live.message_id == anna.last.message_id


class Lossy:
    """An exchange that does what it is asked and loses its answers; then it does not answer questions either."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.is_silent = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def create(self, account: Account, request: OrderRequest) -> OrderAck:
        await self._inner.create(account, request)
        raise OutcomeUnknown("the answer is lost")

    async def find_order(self, account: Account, symbol: Symbol, link_id: OrderLinkId) -> Order | None:
        if self.is_silent:
            raise ExchangeDown("no answer")
        found: Order | None = await self._inner.find_order(account, symbol, link_id)
        return found

    async def orders(self, account: Account) -> Any:
        if self.is_silent:
            raise ExchangeDown("no answer")
        return await self._inner.orders(account)

    async def positions(self, account: Account) -> Any:
        if self.is_silent:
            raise ExchangeDown("no answer")
        return await self._inner.positions(account)

    async def executions_since(self, account: Account, since: Any) -> Any:
        if self.is_silent:
            raise ExchangeDown("no answer")
        return await self._inner.executions_since(account, since)


def lossy_practice(harness: Harness) -> Lossy:
    trading = harness.services.trading
    gateways = cast("MutableMapping[AccountType, Any]", trading.runner.gateways)
    lossy = Lossy(gateways[AccountType.PAPER])
    gateways[AccountType.PAPER] = lossy
    for read in (trading.settlement.gateways, trading.settlement.told):
        cast("MutableMapping[AccountType, Any]", read)[AccountType.PAPER] = lossy
    return lossy


async def test_an_unknown_outcome_is_said_and_then_resolved_in_place(harness: Harness) -> None:
    anna, card = await offered(harness)
    lossy = lossy_practice(harness)
    await anna.press(CONFIRM, bubble=card)
    await until(lambda: "unknown until" in anna.last.text, what="the truth")
    assert "don't send it again" in anna.last.text
    lossy.is_silent = False
    harness.services.trading.settlement.wake((await harness.practice_account()).account_id)
    await until(lambda: "Filled 0.001" in words(anna.last.text), what="the fill")
    assert len(await sent(harness)) == 1


async def test_a_card_that_a_kill_left_is_taken_up_by_the_next_run(harness: Harness) -> None:
    anna, card = await offered(harness)
    lossy, trading = lossy_practice(harness), harness.services.trading
    await anna.press(CONFIRM, bubble=card)
    await until(lambda: "unknown until" in card.text, what="the truth")
    harness.app.bot_data.live_messages.leave(anna.chat_id, card.message_id)  # as a kill does
    await take_up_cards(harness.app)
    lossy.is_silent = False
    trading.settlement.wake((await harness.practice_account()).account_id)
    await until(lambda: "Filled 0.001" in words(card.text), what="the fill")
    assert await trading.watch.left_over(), "the outbox tells it, too: an edit rings nobody"

    lossy.is_silent = True
    close = await said(anna, "/close btc")
    await anna.press("Close 0.001", bubble=close)
    await until(lambda: "has not come yet" in close.text, what="the truth of the close")
    harness.app.bot_data.live_messages.leave(anna.chat_id, close.message_id)
    await take_up_cards(harness.app)
    lossy.is_silent = False
    trading.settlement.wake((await harness.practice_account()).account_id)
    await until(lambda: "closed 0.001" in words(close.text), what="the close")


async def test_the_rest_is_bought_once(harness: Harness) -> None:
    thin_book(harness, "0.02")
    anna, card = await typed(harness, "0.05")
    await anna.press(card.labels[0], bubble=card)
    await until(lambda: "Buy the rest at 64,210.50" in anna.last.labels, what="the offer")
    rest = await anna.press("Buy the rest at 64,210.50", bubble=anna.last)
    thin_book(harness, "5")
    harness.clock.advance(2)
    await anna.press(rest.labels[0], bubble=rest)
    await until(lambda: "✅" in anna.last.text, what="the fill")
    assert "Filled 0.03 BTC @ 64,210.5" in words(anna.last.text)
    assert "0.05" not in anna.last.text, "of this tap alone"
    assert not [each for each in anna.last.labels if "rest" in each]


async def test_an_add_tells_of_itself_and_of_the_stop_of_all(harness: Harness) -> None:
    anna, card = await offered(harness)
    await anna.press(CONFIRM, bubble=card)
    await said(anna, "/buy btc")
    for label in ("$250", "Stop", "2%", "Check the order ›"):
        card = await anna.press(label, bubble=anna.last)
    assert "The stop of the whole position moves from 62,284.1" in words(card.text)
    live = await anna.press(card.labels[0], bubble=card)
    await until(lambda: "✅" in anna.last.text, what="the fill")
    assert "0.003 BTC" in words(anna.last.text)
    assert "0.001" not in anna.last.text
    leg = await anna.press("Manage the position", bubble=live)
    assert "0.004 BTC" in words(leg.text)


async def test_an_opposite_order_leads_to_what_stands_in_its_way(harness: Harness) -> None:
    anna, card = await offered(harness)
    await anna.press(CONFIRM, bubble=card)
    refused = await anna.press("Sell BTC $100", bubble=await said(anna, "/start"))
    assert not [each for each in refused.labels if each.startswith("✓")]
    assert "0.001 BTC" in words((await anna.press("Manage the position", bubble=refused)).text)
