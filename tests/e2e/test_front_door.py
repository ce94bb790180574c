"""Through the front door: a Telegram message in, a Telegram message out, the exchange's own truth afterwards."""

import asyncio
import random
import re
import signal
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from harness.command import perpdesk
from harness.waiting import CAMPAIGN_LIMIT, until

from ops.stack import OWNER, Stack, running_stack

pytestmark = pytest.mark.timeout(CAMPAIGN_LIMIT)
in_one_house = pytest.mark.asyncio(loop_scope="module")

POSITIONS = [
    {"symbol": "BTCUSDT", "side": "Buy", "size": "0.15", "leverage": "5"},
    {"symbol": "ETHUSDT", "side": "Sell", "size": "2.5", "leverage": "3"},
]
ORDERS = [{"symbol": "SOLUSDT", "side": "Buy", "qty": "20", "orderType": "Limit", "price": "95"}]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    async with running_stack(tmp_path_factory.mktemp("house"), is_forked=False) as made:
        yield made


def numbers(text: str) -> set[Decimal]:
    """Every number of a text, grouping and signs taken out."""
    bare = re.sub(r"(?<=\d)[,\u00a0\u2009\u202f](?=\d{3})", "", text)
    return {Decimal(found) for found in re.findall(r"\d+(?:\.\d+)?", bare)}


def newest_bot_text(messages: list[dict[str, Any]]) -> str:
    return str(next(each["text"] for each in reversed(messages) if each["from"]["is_bot"]))


async def add_key(stack: Stack, user_id: int, key: dict[str, str]) -> str:
    """Type a demo key, take the terms when they are asked for; what the bot says of the key in the end."""
    chat = stack.chat(user_id)
    await chat.say("/start")
    message = await chat.ask({"text": f"/keys add demo {key['api_key']} {key['api_secret']}"})
    if "I accept" in str(message.get("reply_markup")):
        message = await chat.press(message, "I accept")
    return str(message["text"])


async def connected(stack: Stack, user_id: int, **account: object) -> dict[str, str]:
    """A user with a demo key attached by chat, whose account screens show first; the key."""
    key = await stack.demo_key(**account)
    answer = await add_key(stack, user_id, key)
    assert "Bybit Demo is connected" in answer, answer
    await stack.chat(user_id).say("/settings account demo")
    return key


@in_one_house
async def test_a_newcomer_has_practice_money_at_once(home: Stack) -> None:
    chat = home.chat(7001)
    await home.telegram("PUT", "/sim/users/7001", {"first_name": "Anna", "language_code": "en"})
    welcome = await chat.say("/start")
    assert "Anna" in welcome
    assert Decimal(10000) in numbers(welcome)
    balance = await chat.say("/balance")
    assert "Practice" in balance
    assert Decimal(10000) in numbers(balance)
    assert "Practice" in await chat.say("/positions")
    price = await chat.say("/price BTCUSDT")
    tickers = await home.bybit("GET", "/v5/market/tickers?category=linear&symbol=BTCUSDT")
    last = Decimal(tickers["result"]["list"][0]["lastPrice"])
    assert any(abs(number - last) < last * Decimal("0.05") for number in numbers(price)), (price, last)


@in_one_house
async def test_a_demo_key_shows_what_bybit_holds(home: Stack) -> None:
    key = await connected(home, 7002, positions=POSITIONS, orders=ORDERS, executions=10)
    truth = await home.bybit("GET", f"/sim/accounts/{key['uid']}")
    chat = home.chat(7002)

    balance = await chat.say("/balance")
    equity = Decimal(
        truth["wallet"]["list"][0]["totalEquity"] if "list" in truth["wallet"] else truth["wallet"]["totalEquity"]
    )
    assert "Demo" in balance
    assert any(abs(number - equity) < equity * Decimal("0.02") for number in numbers(balance)), (balance, equity)

    positions = await chat.say("/positions")
    for held in truth["positions"]:
        if Decimal(held["size"]):
            assert held["symbol"] in positions
            assert Decimal(held["size"]) in numbers(positions)

    orders = await chat.say("/orders")
    assert "SOLUSDT" in orders
    assert {Decimal(20), Decimal(95)} <= numbers(orders)

    trades = await chat.say("/fills")
    assert any(execution["symbol"].removesuffix("USDT") in trades for execution in truth["executions"])


@in_one_house
async def test_the_key_is_gone_from_the_chat_and_nowhere_in_clear(home: Stack) -> None:
    key = await connected(home, 7003)
    await home.chat(7003).say("/keys check demo")
    transcript = str(await home.chat(7003).messages())
    files = [path.read_bytes() for path in home.folder.iterdir() if "sqlite" in path.name]
    assert files
    for secret in (key["api_secret"], key["api_key"]):
        assert secret not in transcript
        assert secret not in home.log("bot")
        assert not any(secret.encode() in content for content in files)
    assert "an-end-to-end-test-token" not in home.log("bot")


@in_one_house
@pytest.mark.parametrize(
    ("account", "word"),
    [
        ({"permissions": {"ContractTrade": ["Order", "Position"], "Wallet": ["Withdraw"]}}, "withdraw"),
        ({"permissions": {"ContractTrade": ["Order", "Position"], "Wallet": ["AccountTransfer"]}}, "transfer"),
        ({"read_only": True}, "read-only"),
        ({"environment": "live"}, "live"),
    ],
    ids=["withdraw", "transfer", "read-only", "wrong environment"],
)
async def test_a_bad_key_is_refused_by_name_and_not_stored(
    home: Stack, account: dict[str, object], word: str, request: pytest.FixtureRequest
) -> None:
    user_id = 7100 + sum(map(ord, request.node.name)) % 800
    chat = home.chat(user_id)
    key = await home.demo_key(**account)
    answer = await add_key(home, user_id, key)
    assert word in answer.lower()
    assert "Practice" in await chat.say("/balance")


@in_one_house
async def test_the_same_bybit_account_is_refused_to_a_second_user(home: Stack) -> None:
    key = await connected(home, 7004)
    chat = home.chat(7005)
    answer = await add_key(home, 7005, key)
    assert "another" in answer.lower()
    assert "Practice" in await chat.say("/balance")


@in_one_house
async def test_a_ban_holds_from_the_very_next_message(home: Stack) -> None:
    chat, owner = home.chat(7006), home.chat(OWNER)
    await chat.say("/start")
    await owner.say("/start")
    assert "10,000" in await chat.say("/balance")  # the config is cached now
    await owner.say("/ban 7006")
    refused = await chat.say("/balance")
    assert "10,000" not in refused
    await owner.say("/unban 7006")
    sent = await home.telegram("POST", "/sim/users/7006/messages", {"text": "/balance"})
    assert "10,000" in (await chat.answer(sent["seq"], word="Balance"))["text"]  # that they may is told as well


@in_one_house
async def test_nobody_but_the_owner_bans(home: Stack) -> None:
    chat = home.chat(7007)
    await chat.say("/start")
    assert (await chat.say("/ban 7001")).split()[:3] == (await chat.say("/bann 7001")).split()[:3]
    assert "10,000" in await home.chat(7001).say("/balance")


@in_one_house
async def test_ten_regions_and_their_counters_are_served(home: Stack) -> None:
    regions = await home.stats()
    assert set(regions) == {
        *("user_config", "license", "credentials", "balance", "position", "order"),
        *("market_data", "price", "symbol_info", "api_response"),
    }
    before = regions["price"]["hits"]
    await home.chat(7001).say("/price BTCUSDT")
    await home.chat(7001).say("/price BTCUSDT")
    assert (await home.stats())["price"]["hits"] > before
    async with home.session.get(f"{home.stats_url}/metrics") as answer:
        assert 'perpdesk_cache_hits_total{region="price"}' in await answer.text()


@in_one_house
async def test_nobody_gets_silence(home: Stack) -> None:
    chat = home.chat(7008)
    await chat.say("/start")
    assert "/balance" in await chat.say("/balanse")
    assert await chat.say("hello there")
    assert await chat.say("<b>&amp; \u202e zalgo ͑")
    photo = {
        "photo": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    }
    assert (await chat.ask({**photo, "caption": "look"}))["text"]


@in_one_house
async def test_refresh_edits_in_place(home: Stack) -> None:
    chat = home.chat(7009)
    await chat.say("/start")
    shown = await chat.ask({"text": "/price ETHUSDT"})
    label = next(
        button["text"]
        for row in shown["reply_markup"]["inline_keyboard"]
        for button in row
        if "refresh" in button["text"].lower()
    )
    count = len(await chat.messages())
    await home.bybit("POST", "/sim/prices", {"symbol": "ETHUSDT", "price": "4321", "hold": True})
    await asyncio.sleep(5.2)  # the price's time to live
    asked = await home.telegram("POST", "/sim/users/7009/press", {"message_id": shown["message_id"], "button": label})
    edited = await chat.answer(asked["seq"], word="4,321")
    assert edited["message_id"] == shown["message_id"]
    assert Decimal(4321) in numbers(edited["text"])
    assert len(await chat.messages()) == count


async def test_a_silent_exchange_never_makes_a_screen_wait(tmp_path: Path) -> None:
    async with running_stack(tmp_path, streams=False) as home:
        await connected(home, 7010, positions=POSITIONS)
        chat = home.chat(7010)
        await chat.say("/positions")
        await asyncio.sleep(10.2)  # the rows are older than their time to live now
        await home.bybit("POST", "/sim/faults", {"kind": "late_answer", "probability": 1, "seed": 1, "seconds": 5})
        try:
            seq = (await home.telegram("POST", "/sim/users/7010/messages", {"text": "/positions"}))["seq"]
            first = await chat.answer(seq)
            assert "BTCUSDT" in first["text"]

            async def edits_so_far() -> list[dict[str, Any]]:
                return [event for event in await chat.events(seq) if event["kind"] == "edited"]

            edits = await until(edits_so_far, what="an edit of the screen when Bybit's answer came")
            assert edits[-1]["message"]["message_id"] == first["message_id"]
        finally:
            await home.bybit("DELETE", "/sim/faults")


async def test_hit_rates_and_no_more_calls_than_the_misses_explain(tmp_path: Path) -> None:
    """A small version of the load: ten users, fifteen turns each; the calls must be explained by loads exactly."""
    draw = random.Random(5)  # noqa: S311  a load, not a secret
    async with running_stack(tmp_path, log_level="INFO", streams=False) as stack:
        for user_id in range(8000, 8010):
            await connected(stack, user_id, positions=POSITIONS)
        before = await stack.stats()
        seq = max((call["seq"] for call in await stack.bybit("GET", "/sim/calls?after=0")), default=0)

        async def talk(user_id: int) -> None:
            for _ in range(15):
                text = draw.choice(["/balance", "/positions", "/price BTCUSDT", "/book BTCUSDT"])
                await stack.chat(user_id).say(text)
                await asyncio.sleep(draw.expovariate(10.0))

        await asyncio.gather(*(talk(user_id) for user_id in range(8000, 8010)))
        after = await stack.stats()
        calls = await stack.bybit("GET", f"/sim/calls?after={seq}")

    def grown(region: str, counter: str) -> int:
        return int(after[region][counter] - before[region][counter])

    loads = sum(
        grown(region, "loads")
        for region in ("balance", "position", "order", "market_data", "price", "symbol_info", "api_response")
    )
    by_jobs = ("market/time", "system/status")
    assert [call["path"] for call in calls if not call["path"].endswith(by_jobs)][loads:] == []
    assert grown("user_config", "hits") + grown("user_config", "coalesced") >= 0.9 * (
        grown("user_config", "hits") + grown("user_config", "coalesced") + grown("user_config", "misses")
    )


async def test_a_kill_loses_nothing_and_a_stop_is_clean(tmp_path: Path) -> None:
    async with running_stack(tmp_path, log_level="INFO") as stack:
        await connected(stack, 7020, positions=POSITIONS)
        await stack.end_bot(signal.SIGKILL)
        said = await stack.telegram("POST", "/sim/users/7020/messages", {"text": "/positions"})
        await stack.start_bot()
        await stack.chat(7020).answer(said["seq"], word="BTCUSDT")
        assert await stack.end_bot(signal.SIGTERM) == 0
        await stack.start_bot()
        said = await stack.telegram("POST", "/sim/users/7020/messages", {"text": "/balance"})
        await stack.chat(7020).answer(said["seq"], word="Demo")  # the kill may have to be told of first


def test_a_wrong_setting_ends_the_start_with_78(tmp_path: Path) -> None:
    for variables, words in (
        ({}, "PERPDESK_TELEGRAM_TOKEN is not set"),
        ({"PERPDESK_TELEGRAM_TOKEN": "1:a", "PERPDESK_STATS_PRT": "1"}, "did you mean PERPDESK_STATS_PORT"),
        ({"PERPDESK_TELEGRAM_TOKEN": "1:a", "PERPDESK_KEY_FILE": str(tmp_path / "none.key")}, "none.key"),
    ):
        ended = perpdesk("run", folder=tmp_path, PERPDESK_DATABASE=str(tmp_path / "x.sqlite3"), **variables)
        assert ended.returncode == 78, ended
        assert words in ended.stderr
        assert len(ended.stderr.strip().splitlines()) == 1
