"""The client pool: one build for many, nothing kept of what was evicted, idle keys forgotten, doubt checked."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from harness.exchange import Keys, OpenVault, TurnedTime, account, sealed, settle

from bot.domain.accounts import Account, Credentials, KeyType
from bot.domain.errors import ExchangeDown, KeyTrouble
from bot.domain.ids import AccountId
from bot.exchange.bybit.client import BybitClient
from bot.exchange.bybit.pool import ClientPool


@dataclass
class Checks:
    """Says that a host answers, at the cost of a call if there is doubt."""

    asked: list[str] = field(default_factory=list)
    is_doubtful: bool = False
    trouble: ExchangeDown | None = None

    async def __call__(self, host: str) -> bool:
        self.asked.append(host)
        await asyncio.sleep(0)
        if self.trouble is not None:
            raise self.trouble
        return self.is_doubtful


@dataclass
class PoolHarness:
    time: TurnedTime = field(default_factory=TurnedTime)
    keys: Keys = field(default_factory=Keys)
    checks: Checks = field(default_factory=Checks)
    built: list[str] = field(default_factory=list)

    def pool(self, capacity: int = 10) -> ClientPool:
        return ClientPool(
            clock=self.time,
            vault=OpenVault(),
            credentials=self.keys,
            build=self.build,
            check=self.checks,
            capacity=capacity,
        )

    def build(self, owner: Account, opened: Credentials) -> BybitClient:
        self.built.append(opened.api_key.reveal())
        return BybitClient(host="http://host", pipeline=None, owner=owner.account_id)  # type: ignore[arg-type]  # never sends


async def test_many_borrowers_are_one_build() -> None:
    harness = PoolHarness()
    pool = harness.pool()
    clients = await asyncio.gather(*(pool.borrow(account()) for _ in range(50)))
    assert len(set(map(id, clients))) == 1
    assert (harness.keys.reads, len(harness.built)) == (1, 1)
    assert await pool.borrow(account()) is clients[0]
    assert harness.keys.reads == 1, "a hit asks nobody"


async def test_accounts_do_not_share_a_client() -> None:
    pool = PoolHarness().pool()
    assert await pool.borrow(account(1)) is not await pool.borrow(account(2))


async def test_a_borrower_that_gives_up_does_not_stop_the_build_of_the_others() -> None:
    harness = PoolHarness()
    harness.keys.gate = asyncio.Event()
    pool = harness.pool()
    first, second = (asyncio.ensure_future(pool.borrow(account())) for _ in range(2))
    await settle()
    first.cancel()
    await settle()
    harness.keys.gate.set()
    assert (await second).endpoint == "http://host"
    assert len(harness.built) == 1


async def test_an_evicted_client_is_built_anew_from_what_is_stored_then() -> None:
    harness = PoolHarness()
    pool = harness.pool()
    old = await pool.borrow(account())
    harness.keys.put(1, api_key="NewKey", api_secret="new secret")
    pool.evict(AccountId(1))
    assert await pool.borrow(account()) is not old
    assert harness.built[-1] == "NewKey"
    assert pool.stats().evictions == 1


async def test_a_build_that_was_overtaken_by_an_eviction_is_not_kept() -> None:
    harness = PoolHarness()
    harness.keys.gate = asyncio.Event()
    pool = harness.pool()
    early = asyncio.ensure_future(pool.borrow(account()))
    await settle()
    pool.evict(AccountId(1))
    late = asyncio.ensure_future(pool.borrow(account()))
    await settle()
    harness.keys.put(1, api_key="NewKey", api_secret="new secret")
    harness.keys.gate.set()
    kept, given = await late, await early
    assert kept is not given
    assert await pool.borrow(account()) is kept


async def test_an_account_without_a_key_is_key_trouble_and_not_kept() -> None:
    harness = PoolHarness()
    harness.keys.by_account[AccountId(1)] = None
    pool = harness.pool()
    for _ in range(2):
        with pytest.raises(KeyTrouble, match="no key is stored"):
            await pool.borrow(account())
    assert harness.keys.reads == 2


async def test_a_pair_whose_key_id_has_not_come_is_no_key() -> None:
    harness = PoolHarness()
    harness.keys.by_account[AccountId(1)] = replace(sealed(1, KeyType.RSA, "", "pem"), check=None)
    with pytest.raises(KeyTrouble):
        await harness.pool().borrow(account())


async def test_a_key_that_is_idle_is_forgotten() -> None:
    harness = PoolHarness()
    pool = harness.pool()
    old = await pool.borrow(account(1))
    await harness.time.advance(200)
    await pool.borrow(account(2))
    await harness.time.advance(101)
    pool.sweep()
    assert pool.stats().clients == 1, "the one that was used 101 s ago"
    assert await pool.borrow(account(1)) is not old


async def test_a_key_that_is_used_stays() -> None:
    harness = PoolHarness()
    pool = harness.pool()
    old = await pool.borrow(account())
    for _ in range(5):
        await harness.time.advance(299)
        assert await pool.borrow(account()) is old


async def test_over_capacity_the_least_recently_used_goes() -> None:
    harness = PoolHarness()
    pool = harness.pool(capacity=3)
    for number in (1, 2, 3, 1, 4):
        await pool.borrow(account(number))
    pool.sweep()
    assert pool.stats().clients == 3
    before = harness.keys.reads
    await pool.borrow(account(1))
    assert harness.keys.reads == before, "1 was used after 2"
    await pool.borrow(account(2))
    assert harness.keys.reads == before + 1


async def test_a_new_client_and_one_in_doubt_are_checked_and_no_other() -> None:
    harness = PoolHarness()
    pool = harness.pool()
    for _ in range(3):
        await pool.borrow(account())
    assert len(harness.checks.asked) == 1
    pool.distrust(AccountId(1))
    pool.distrust(AccountId(99))
    harness.checks.is_doubtful = True
    for _ in range(3):
        await pool.borrow(account())
    assert harness.checks.asked == ["http://host"] * 2
    assert pool.stats().checks == 1


async def test_a_host_that_does_not_answer_is_asked_again_at_the_next_borrowing() -> None:
    harness = PoolHarness()
    pool = harness.pool()
    harness.checks.trouble = ExchangeDown("silent")
    for _ in range(2):
        with pytest.raises(ExchangeDown):
            await pool.borrow(account())
    harness.checks.trouble = None
    await pool.borrow(account())
    assert len(harness.checks.asked) == 3
    assert len(harness.built) == 1, "the key is not opened again for that"


async def test_closing_forgets_every_key_and_ends_what_is_built() -> None:
    harness = PoolHarness()
    pool = harness.pool()
    await pool.borrow(account(1))
    harness.keys.gate = asyncio.Event()
    waiting = asyncio.ensure_future(pool.borrow(account(2)))
    await settle()
    await pool.close()
    assert pool.stats().clients == 0
    with pytest.raises(asyncio.CancelledError):
        await waiting
