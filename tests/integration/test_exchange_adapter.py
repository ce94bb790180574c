"""The adapter as a whole against a scripted Bybit: pages, keys that change, hosts in doubt, numbers for the sidecar."""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
from aiohttp import web
from harness.exchange import (
    API_KEY,
    API_SECRET,
    WALLET,
    Keys,
    ScriptedBybit,
    account,
    connected,
    drop,
    ok,
    raw,
    refusal,
    scripted_bybit,
)
from harness.waiting import LIMIT

from bot.domain.accounts import AccountType, KeyType, NewKey
from bot.domain.clock import SystemClock
from bot.domain.errors import ExchangeDown, ExchangeRejected, ExchangeUnreadable, KeyTrouble, RetryLater
from bot.domain.ids import AccountId, Symbol
from bot.domain.market import Category
from bot.domain.priorities import RequestPriority, at_priority
from bot.domain.secrets import Secret
from bot.exchange.budget import Limits
from bot.exchange.bybit.transport import Timeouts
from bot.exchange.meter import BUCKETS, OUTCOMES

BTC = Symbol("BTCUSDT")


def leg(number: int) -> dict[str, Any]:
    return {
        "symbol": f"COIN{number}USDT", "positionIdx": 0, "side": "Buy", "size": "1", "avgPrice": "2", "markPrice": "3",
        "positionValue": "3", "unrealisedPnl": "1", "createdTime": "1", "updatedTime": "2",
    }  # fmt: skip


def page(first: int, count: int, cursor: str) -> Any:
    return ok({"list": [leg(number) for number in range(first, first + count)], "nextPageCursor": cursor})


class MovedClock(SystemClock):
    """The real clock, some seconds later."""

    ahead = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.ahead


# --- pages ----------------------------------------------------------------------------------------------------


async def test_pages_are_followed_to_the_short_one() -> None:
    async with scripted_bybit() as server, connected(server.url) as bybit:
        server.then = [page(0, 200, "a%3D1%26b"), page(200, 200, "c"), page(400, 7, "d")]
        positions = await bybit.gateway.positions(account())
    assert len(positions.items) == 407
    assert [got.query for got in server.asked] == [
        "category=linear&limit=200&settleCoin=USDT",
        "category=linear&cursor=a%3D1%26b&limit=200&settleCoin=USDT",
        "category=linear&cursor=c&limit=200&settleCoin=USDT",
    ]
    assert all(got.has_hmac_of(API_SECRET) for got in server.asked)


async def test_a_full_page_without_a_cursor_is_the_last() -> None:
    async with scripted_bybit(then=[page(0, 200, "")]) as server, connected(server.url) as bybit:
        assert len((await bybit.gateway.positions(account())).items) == 200
    assert len(server.asked) == 1


async def test_a_full_page_that_names_no_way_on_cannot_be_read() -> None:
    full = ok({"list": [leg(number) for number in range(200)], "nextPageCursor": None})
    async with scripted_bybit(always=full) as server, connected(server.url) as bybit:
        with pytest.raises(ExchangeUnreadable):
            await bybit.gateway.positions(account())


@pytest.mark.parametrize("cursors", [["same"] * 5, [f"c{number}" for number in range(200)]])
async def test_pages_without_end_are_no_answer(cursors: list[str]) -> None:
    async with scripted_bybit(then=[page(0, 200, cursor) for cursor in cursors]) as server:
        async with connected(server.url) as bybit:
            with pytest.raises(ExchangeDown, match="a way to the end"):
                await bybit.gateway.positions(account())
        assert len(server.asked) == (2 if cursors[0] == cursors[1] else 100)


# --- what is asked --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("category", list(Category))
async def test_a_book_is_asked_for_by_its_depth_and_without_a_signature(category: Category) -> None:
    book = ok({"s": "BTCUSDT", "b": [], "a": []})
    async with scripted_bybit(always=book) as server, connected(server.url) as bybit:
        await bybit.market.order_book(category, BTC)
    assert server.asked[0].query == f"category={category.value}&limit=25&symbol=BTCUSDT"
    assert "X-BAPI-SIGN" not in server.asked[0].headers


@pytest.mark.parametrize("code", [10001, 10029, 170121])
async def test_a_symbol_that_bybit_does_not_know_has_no_rules(code: int) -> None:
    async with scripted_bybit(always=refusal(code)) as server, connected(server.url) as bybit:
        assert await bybit.market.instrument(Category.LINEAR, BTC) is None
        with pytest.raises(ExchangeRejected):
            await bybit.market.ticker(Category.LINEAR, BTC)


async def test_another_refusal_of_the_rules_is_no_answer_about_the_symbol() -> None:
    async with scripted_bybit(always=refusal(10017)) as server, connected(server.url) as bybit:
        with pytest.raises(ExchangeRejected):
            await bybit.market.instrument(Category.LINEAR, BTC)


# --- keys -----------------------------------------------------------------------------------------------------


async def test_after_the_credentials_changed_the_next_call_signs_with_the_new_ones() -> None:
    keys = Keys()
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url, keys=keys) as bybit:
        await bybit.gateway.balance(account())
        keys.put(1, api_key="NewKey", api_secret="new secret")
        bybit.evict(AccountId(1))
        await bybit.gateway.balance(account())
    assert [got.headers["X-BAPI-API-KEY"] for got in server.asked] == [API_KEY, "NewKey"]
    assert server.asked[1].has_hmac_of("new secret")


async def test_after_key_trouble_what_is_stored_is_opened_anew() -> None:
    keys = Keys()
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url, keys=keys) as bybit:
        server.then = [refusal(10003)]
        with pytest.raises(KeyTrouble):
            await bybit.gateway.balance(account())
        await bybit.gateway.balance(account())
    assert keys.reads == 2


async def test_a_key_that_is_not_stored_is_asked_on_its_own_host_and_kept_nowhere() -> None:
    information = ok({"userID": 7, "readOnly": 0, "permissions": {}, "ips": ["*"]})
    key = NewKey(
        account_type=AccountType.DEMO,
        host="com",
        key_type=KeyType.HMAC,
        api_key=Secret("Typed"),
        api_secret=Secret("typed secret"),
    )
    async with scripted_bybit(always=information) as server, connected(server.url) as bybit:
        assert (await bybit.gateway.inspect(key)).bybit_uid == "7"
        assert bybit.stats().pool.clients == 0
    assert server.asked[0].raw_path == "/demo/v5/user/query-api"
    assert server.asked[0].has_hmac_of("typed secret")


async def test_what_was_typed_as_a_key_and_is_none_is_not_sent() -> None:
    key = NewKey(
        account_type=AccountType.LIVE,
        host="com",
        key_type=KeyType.HMAC,
        api_key=Secret("a b\r\nc"),
        api_secret=Secret("s"),
    )
    async with scripted_bybit() as server, connected(server.url) as bybit:
        with pytest.raises(KeyTrouble):
            await bybit.gateway.inspect(key)
    assert server.got == []


# --- hosts in doubt -------------------------------------------------------------------------------------------


def clock_calls(server: ScriptedBybit) -> int:
    return len(server.got) - len(server.asked)


async def test_after_trouble_the_host_is_asked_for_the_time_before_the_next_read() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account())
        before = clock_calls(server)
        server.then = [drop, drop]
        with pytest.raises(ExchangeDown):
            await bybit.gateway.balance(account())
        await bybit.gateway.balance(account())
        assert clock_calls(server) == before + 1
        await bybit.gateway.balance(account())
        assert clock_calls(server) == before + 1
        assert bybit.stats().pool.checks == 1


async def test_an_answer_in_between_is_proof_enough() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account(1))
        before = clock_calls(server)
        server.then = [drop, drop]
        with pytest.raises(ExchangeDown):
            await bybit.gateway.balance(account(1))
        await bybit.pipeline.server_time.ask()
        await bybit.gateway.balance(account(1))
        assert clock_calls(server) == before + 1, "only the one of this test"


async def test_many_in_doubt_are_one_question() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await asyncio.gather(*(bybit.gateway.balance(account(number)) for number in range(10)))
        server.always = drop
        await asyncio.gather(*(bybit.gateway.balance(account(number)) for number in range(2)), return_exceptions=True)
        for number in range(10):
            bybit.pool.distrust(AccountId(number))
        before, server.always = clock_calls(server), ok(WALLET)
        await asyncio.gather(*(bybit.gateway.balance(account(number)) for number in range(10)))
        assert clock_calls(server) <= before + 1


async def test_a_host_that_stays_silent_is_down_sooner_than_a_call_would_be() -> None:
    async def silent(_: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    timeouts = Timeouts(answer=2 * LIMIT, check=1)
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url, timeouts=timeouts) as bybit:
        await bybit.gateway.balance(account())
        server.then = [drop, drop]
        with pytest.raises(ExchangeDown):
            await bybit.gateway.balance(account())
        server.times, server.always = [silent] * 3, silent
        with pytest.raises(ExchangeDown, match="does not answer"):
            async with asyncio.timeout(LIMIT):
                await bybit.gateway.balance(account())
        server.times, server.always = [], ok(WALLET)
        await bybit.gateway.balance(account())


async def test_a_client_that_was_idle_is_built_anew_and_its_host_checked() -> None:
    clock, keys = MovedClock(), Keys()
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url, keys=keys, clock=clock) as bybit:
        await bybit.gateway.balance(account())
        before = clock_calls(server)
        clock.ahead = 301
        await bybit.gateway.balance(account())
        assert keys.reads == 2
        assert clock_calls(server) == before + 1


# --- budget and numbers ---------------------------------------------------------------------------------------


async def test_a_view_is_told_to_come_back_when_the_budget_is_used_up() -> None:
    limits = Limits(ip_rate=2, ip_burst=4, view_patience=0.4)
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url, limits=limits) as bybit:
        results = await asyncio.gather(
            *(bybit.gateway.balance(account(number)) for number in range(8)), return_exceptions=True
        )
    refused = [result for result in results if isinstance(result, RetryLater)]
    assert len(refused) >= 6
    assert all(error.retry_after > 0.4 for error in refused)
    assert len(server.asked) == 8 - len(refused)


@pytest.mark.parametrize("answer", [ok(WALLET), raw(b"<html>"), drop])
async def test_a_call_counts_for_its_uid_until_a_second_after_its_end_however_it_ended(answer: Any) -> None:
    clock, limits = MovedClock(), Limits(ip_rate=1000, ip_burst=1000, uid_share=0.1, view_patience=0.1)
    async with scripted_bybit(always=answer) as server:
        async with connected(server.url, limits=limits, clock=clock) as bybit:
            for round_number in range(3):
                clock.ahead = round_number * 1.5
                for _ in range(10):
                    with suppress(ExchangeDown, RetryLater):
                        await bybit.gateway.balance(account())
        assert len(server.asked) == 15, "a tenth of Bybit's 50, three times"


async def test_the_numbers_are_of_closed_sets_and_frozen() -> None:
    async with scripted_bybit(always=ok(WALLET)) as server, connected(server.url) as bybit:
        await bybit.gateway.balance(account())
        server.then = [refusal(10003), raw(b"<html>"), refusal(10001)]
        for _ in range(3):
            with pytest.raises((KeyTrouble, ExchangeDown, ExchangeRejected)):
                await bybit.gateway.balance(account())
        client = await bybit.pool.borrow(account())
        await client.get_borrow_history()
        stats = bybit.stats()
    assert {endpoint for endpoint, _ in stats.requests} == {"time", "wallet_balance", "other"}
    assert {outcome for _, outcome in stats.requests} <= set(OUTCOMES)
    assert stats.requests["wallet_balance", "key_trouble"] == 1
    assert stats.latency.bounds == BUCKETS
    assert stats.latency.count == sum(stats.requests.values())
    with pytest.raises(TypeError):
        stats.requests["x", "y"] = 1  # type: ignore[index]  # that is what is tested


async def test_closing_leaves_no_task_and_no_connection() -> None:
    before = asyncio.all_tasks()
    async with scripted_bybit(always=ok(WALLET)) as server:
        async with connected(server.url) as bybit:
            await bybit.gateway.balance(account())
        assert {task for task in asyncio.all_tasks() - before if "exchange" in task.get_name()} == set()
        assert bybit.stats().pool.clients == 0


@pytest.mark.parametrize(("priority", "pages"), [(RequestPriority.VIEW, 1), (RequestPriority.CLOSE, 2)])
async def test_what_acts_on_rows_follows_the_cursor_of_a_short_page(priority: RequestPriority, pages: int) -> None:
    """Bybit gives a cursor with the last page all the same; a page that is short for another reason has one too."""
    leg = {"symbol": "BTCUSDT", "positionIdx": 0, "side": "Buy", "size": "1"}
    answers = [ok({"list": [leg], "nextPageCursor": "c"}), ok({"list": [{**leg, "symbol": "ETHUSDT"}]})]
    async with scripted_bybit(then=answers) as server, connected(server.url) as bybit:
        with at_priority(priority):
            assert len((await bybit.gateway.positions(account())).items) == pages
        assert [("cursor=c" in got.query) for got in server.asked] == [False, True][:pages]
