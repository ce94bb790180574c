"""Bybit Demo under a crowd: a thousand orders at once, twenty confirmations a second, people who look at screens.

The bot runs in this process, Bybit's stand-in with the real limits and Telegram's in their own. A moment "at Bybit" is
the one in which the stand-in got the call.
"""

import asyncio
import os
import random
import statistics
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from bot.domain.ids import ChatId, Symbol
from bot.domain.market import Category
from bot.domain.order_card import ConfirmedCard
from bot.domain.order_drafts import OrderDraft, OrderSize, SizeKind
from bot.domain.portfolio import LegKey, Side
from bot.domain.trade_plans import CardPlace
from bot.domain.users import UserConfig
from cache.stats import RegionStats
from ops.bench.cores import on_a_core_of_its_own
from ops.bench.crowd_bot import FIRST_USER, Crowd, LagSamples, crowd, epoch_ms, most_in
from ops.bench.report import Row

PEOPLE: Final = 1_000
TRADERS: Final = 200  # who confirm at a pace
SECONDS: Final = 20.0
CONFIRMS: Final = 20.0  # a second, of all of them
EXITS: Final = 20  # positions that are closed while everybody enters
LOOKS: Final = 4  # of a person at screens …
LOOK_EVERY_S: Final = 10.0  # … in seconds between two of them
_SYMBOL: Final = Symbol("BTCUSDT")
_PRICE: Final = "64000"
_CREATE: Final = "/demo/v5/order/create"
_LAW_S: Final = 5.0
_LAW_MOST: Final = 550
_SECOND: Final = 1_000.0
_PERCENT: Final = 100
_HITS: Final = 97
_LEVERAGE: Final = 10  # of a new account at the stand-in
_CARDS_AT_ONCE: Final = 8
_PRICE_UP: Final = 10  # seconds until the price comes by a stream
_THINK_S: Final = 2.0  # at a card, at most
_REST_S: Final = 2.0  # in which the budget of requests fills
_CHATS: Final = 20.0  # messages a second of people who only look meanwhile


class CardRefused(Exception):  # noqa: N818  as the bot's own refusals are named
    """What the card of an order says against it."""


async def run(people: int = PEOPLE, seconds: float = SECONDS) -> AsyncGenerator[list[Row], None]:
    """Confirmations at a pace that no budget holds up; looks at screens; everybody at once."""
    async with crowd(min(TRADERS, people), is_limited=False) as made:
        await _priced(made)
        yield []
        with on_a_core_of_its_own(os.getpid()):
            yield await _paced(made, seconds)
    async with crowd(people) as made:
        await _priced(made)
        yield []
        yield await _looks(made)
        exits = made.people[: min(EXITS, people // 10)]
        await _all_of(made, await _cards(made, exits), exits)
        await made.quiet()
        cards = await _cards(made, made.people[len(exits) :])
        await asyncio.sleep(_REST_S)
        yield []
        yield await _at_once(made, cards, exits)


async def _priced(made: Crowd) -> None:
    """The price stands still, and is told by a stream."""
    await made.bybit("POST", "/sim/prices", {"symbol": _SYMBOL, "price": _PRICE, "hold": True})
    for _ in range(_PRICE_UP):  # the second look has it streamed
        await made.assembly.services.market_screens.ticker(_SYMBOL)
        await asyncio.sleep(1)


async def card_of(made: Crowd, config: UserConfig) -> ConfirmedCard:
    """What a person would agree to now. Raises CardRefused, UserFacing, ExchangeErrors."""
    draft = OrderDraft(
        account_id=made.account(config).account_id,
        symbol=_SYMBOL,
        side=Side.BUY,
        size=OrderSize(SizeKind.QTY, Decimal("0.001")),
        leverage=_LEVERAGE,
    )
    card = await made.assembly.services.trading.quotes.card(config, draft)
    if card.refusals:
        raise CardRefused(f"the card is refused: {card.refusals}")
    return card.confirmed()


async def _cards(made: Crowd, people: Sequence[UserConfig]) -> list[ConfirmedCard]:
    """Everybody's, a few at a time."""
    room = asyncio.Semaphore(_CARDS_AT_ONCE)

    async def one(config: UserConfig) -> ConfirmedCard:
        async with room:
            return await card_of(made, config)

    return list(await asyncio.gather(*map(one, people)))


async def confirm(made: Crowd, card: ConfirmedCard, config: UserConfig) -> tuple[int, float]:
    """Bybit's id of the account, and the moment of the confirmation. Raises UserFacing, ExchangeErrors."""
    account = made.account(config)
    now = made.assembly.clock.now()
    own = replace(card, account_id=account.account_id, quoted_ts=now)
    place = CardPlace(chat_id=ChatId(config.user_id), message_id=0)
    began = epoch_ms()
    await made.assembly.services.trading.entries.confirm(config, own, place=place, idempotency_key=made.key("entry"))
    return made.uids[account.account_id], began


async def close(made: Crowd, config: UserConfig) -> tuple[int, float]:
    """The same of a close of the whole position."""
    account = made.account(config)
    leg = LegKey(account_id=account.account_id, category=Category.LINEAR, symbol=_SYMBOL, position_idx=0)
    place = CardPlace(chat_id=ChatId(config.user_id), message_id=0)
    began = epoch_ms()
    await made.assembly.services.trading.legs.close(config, leg, place=place, idempotency_key=made.key("close"))
    return made.uids[account.account_id], began


async def _all_of(made: Crowd, cards: Sequence[ConfirmedCard], people: Sequence[UserConfig]) -> list[tuple[int, float]]:
    """Everybody's confirmation; those that are refused are left out."""
    confirmed = (confirm(made, card, each) for card, each in zip(cards, people, strict=True))
    found = await asyncio.gather(*confirmed, return_exceptions=True)
    return [each for each in found if not isinstance(each, BaseException)]


async def _at_once(made: Crowd, cards: Sequence[ConfirmedCard], exits: Sequence[UserConfig]) -> list[Row]:
    """Everybody but those who have a position enters in one moment; those close a second later."""
    lag, after = LagSamples(), await made.last_call()
    people = made.people[len(exits) :]
    chats = await _chats(made)
    async with lag.watched():
        began = epoch_ms()
        entering = asyncio.create_task(_all_of(made, cards, people))
        await asyncio.sleep(1)
        closed = await asyncio.gather(*(close(made, each) for each in exits))
        confirmed = await entering
        await _sent(made, after, len(confirmed) + len(closed))
    calls = await made.calls(after)
    await made.quiet()
    answered = await chats()
    sent = creates(calls)
    took = [sent[uid][0] - began for uid, _ in confirmed if uid in sent]
    left = [sent[uid][0] - at for uid, at in closed if uid in sent]
    return [
        Row.at_most(f"{len(people):,} entries at once: the last at Bybit", max(took) / _SECOND, "s", 13),
        Row(name="of those, refused", value=len(people) - len(confirmed), unit=""),
        Row(name="of those, never sent", value=len(confirmed) - len(took), unit=""),
        Row.at_most("a close meanwhile: tap to Bybit, p99", late(left), "ms", 1000),
        Row.at_most("calls in any 5 s", most_in((each["at"] for each in calls), _LAW_S * _SECOND), "", _LAW_MOST),
        Row.at_most("the loop is late meanwhile, p99", late(lag.seconds) * _SECOND, "ms", 50),
        Row(name="a message answered meanwhile, p99", value=late(answered) * _SECOND, unit="ms"),
    ]


async def _paced(made: Crowd, seconds: float) -> list[Row]:
    """They confirm, at random, as many a second as are asked for; what they hold is closed at the end."""
    lag, after, draw = LagSamples(), await made.last_call(), random.Random(7)  # noqa: S311  a load, not a secret
    people, found = made.people, list[tuple[int, float]]()
    pause = len(people) / CONFIRMS

    async def trade(config: UserConfig) -> None:
        end = asyncio.get_running_loop().time() + seconds
        await asyncio.sleep(draw.random() * pause)
        while asyncio.get_running_loop().time() < end:
            card = await card_of(made, config)
            await asyncio.sleep(draw.random() * _THINK_S)
            found.extend(await _all_of(made, [card], [config]))
            await asyncio.sleep(draw.expovariate(1 / pause))

    async with lag.watched():
        await asyncio.gather(*map(trade, people))
        await _sent(made, after, len(found))
    calls = await made.calls(after)
    await made.quiet()
    sent = creates(calls)
    took = sorted(first_after(sent.get(uid, ()), at) - at for uid, at in found)
    await asyncio.gather(*(close(made, each) for each in people if made.uids[made.account(each).account_id] in sent))
    await made.quiet()
    name = f"confirm to Bybit, {len(people)} people, {CONFIRMS:g} a second, no budget"
    return [
        Row(name=f"{name}, p50", value=statistics.median(took), unit="ms"),
        Row.at_most(f"{name}, p99", late(took), "ms", 60),
        Row(name="calls to Bybit a confirmation", value=len(calls) / max(1, len(found)), unit=""),
        Row(name="the loop is late meanwhile, p99", value=late(lag.seconds) * _SECOND, unit="ms"),
    ]


async def _looks(made: Crowd) -> list[Row]:
    """Everybody looks at balance, positions and a price every ten seconds."""
    draw, services = random.Random(7), made.assembly.services  # noqa: S311  a load, not a secret
    screens, ages = services.account_screens, list[float]()
    before, after, looks = _by_name(made), await made.last_call(), 0

    async def look(config: UserConfig) -> None:
        nonlocal looks
        account = made.account(config)
        await asyncio.sleep(draw.random() * LOOK_EVERY_S)
        for _ in range(LOOKS):
            await screens.balance(account)
            await screens.positions(account)
            price = await services.market_screens.ticker(_SYMBOL)
            ages.append(epoch_ms() - (price.as_of or 0))
            looks += 2
            await asyncio.sleep(draw.expovariate(1 / LOOK_EVERY_S))

    await asyncio.gather(*map(look, made.people))
    found, calls = _by_name(made), await made.calls(after)
    name = f"{len(made.people):,} people with streams who look every {LOOK_EVERY_S:g} s"
    rows = []
    for region in ("balance", "position"):
        old, new = before[region], found[region]
        rate = (new.hits + new.coalesced - old.hits - old.coalesced) / (new.reads - old.reads) * _PERCENT
        ok = rate >= _HITS
        rows.append(Row(name=f"hit rate, {region}: {name}", value=rate, unit="%", target=f">= {_HITS} %", ok=ok))
    return [
        *rows,
        Row.at_most("calls to Bybit a screen", len(calls) / looks, "", 0.1),
        Row.at_most("age of a price that is shown, p99", late(ages) / _SECOND, "s", 1),
        Row.at_most("memory a user with a stream", made.bytes_a_stream / 1024, "KB", 100),
    ]


async def _chats(made: Crowd) -> Callable[[], Awaitable[list[float]]]:
    """People who only ask for the time of the day begin to; gives what tells how long they waited, in seconds."""
    count = int(_CHATS * 10)
    body = {"texts": ["/whoami"], "per_second": _CHATS, "count": count, "users": 50, "first_user": FIRST_USER}
    await made.telegram("POST", "/pace", body)

    async def waits() -> list[float]:
        waited: list[float] = []
        for _ in range(300):
            waited = list((await made.telegram("GET", "/sent"))["waits"])
            if len(waited) >= count:
                break
            await asyncio.sleep(0.1)
        return waited

    return waits


async def _sent(made: Crowd, after: int, count: int) -> None:
    """Until so many orders are at Bybit, or twenty seconds have passed."""
    for _ in range(100):
        if sum(each["path"] == _CREATE for each in await made.calls(after)) >= count:
            return
        await asyncio.sleep(0.2)


def creates(calls: Sequence[Mapping[str, Any]]) -> dict[int, list[float]]:
    """By Bybit's id of the account, the moments at which its orders came."""
    found: dict[int, list[float]] = {}
    for each in calls:
        if each["path"] == _CREATE:
            found.setdefault(each["uid"], []).append(each["at"])
    return found


def first_after(moments: Sequence[float], at: float) -> float:
    return next((each for each in moments if each >= at - 1), at + 60_000)


def late(values: Sequence[float]) -> float:
    """The 99th percentile; 0 of nothing."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)] if ordered else 0.0


def _by_name(made: Crowd) -> Mapping[str, RegionStats]:
    return {each.name: each for each in made.assembly.reads.stats()}
