"""Small memories of minutes: bounded, and gone in time."""

import asyncio

import pytest
from harness.fakes import FakeClock

from bot.domain.accounts import AccountType
from bot.domain.ids import UserId
from bot.domain.secrets import Secret
from handlers.core.short_memory import Cooldown, SecretStore, TypedKey

ANNA, BORIS = UserId(1001), UserId(1002)


def key(secret: str = "s") -> TypedKey:
    return TypedKey(account_type=AccountType.DEMO, site="com", api_key=Secret("k"), api_secret=Secret(secret))


def test_once_a_period_each() -> None:
    clock = FakeClock()
    cooldown = Cooldown(clock, period=60)
    assert cooldown.may(1)
    assert not cooldown.may(1)
    assert cooldown.may(2)
    clock.advance(59)
    assert not cooldown.may(1)
    clock.advance(1)
    assert cooldown.may(1)


def test_what_has_ended_is_told_anew() -> None:
    cooldown = Cooldown(FakeClock(), period=60)
    assert cooldown.may(1)
    assert cooldown.may(2)
    cooldown.forget(1)
    cooldown.forget(3)
    assert [cooldown.may(number) for number in (1, 2)] == [True, False]


def test_many_people_cost_bounded_memory() -> None:
    cooldown = Cooldown(FakeClock(), period=60, capacity=2)
    assert [cooldown.may(number) for number in (1, 2, 3)] == [True, True, True]
    assert cooldown.may(1), "the oldest was forgotten"
    assert not cooldown.may(3)


async def test_a_held_key_is_taken_once_by_its_owner() -> None:
    held: SecretStore[TypedKey] = SecretStore(FakeClock(), lifetime=900)
    held.put(ANNA, key())
    assert held.take(BORIS) is None
    assert held.take(ANNA) == key()
    assert held.take(ANNA) is None


async def test_a_held_key_is_replaced_and_ends() -> None:
    clock = FakeClock()
    held: SecretStore[TypedKey] = SecretStore(clock, lifetime=900)
    held.put(ANNA, key("old"))
    held.put(ANNA, key("new"))
    clock.advance(899)
    held.put(BORIS, key())
    taken = held.take(ANNA)
    assert taken is not None
    assert taken.api_secret.reveal() == "new"
    held.put(ANNA, key())
    clock.advance(900)
    assert held.take(ANNA) is None


@pytest.mark.virtual_time
async def test_a_secret_is_forgotten_in_time_though_nobody_comes() -> None:
    clock = FakeClock()
    held: SecretStore[TypedKey] = SecretStore(clock, lifetime=0.01)
    held.put(ANNA, key())
    clock.advance(1)
    await asyncio.sleep(0.05)
    assert not held._held


async def test_holding_is_bounded() -> None:
    held: SecretStore[TypedKey] = SecretStore(FakeClock(), lifetime=900, capacity=1)
    held.put(ANNA, key())
    held.put(BORIS, key())
    assert held.take(ANNA) is None
    assert held.take(BORIS) is not None


async def test_a_held_key_does_not_print_its_secret() -> None:
    assert "hidden-canary" not in repr(key("hidden-canary"))
    with pytest.raises(TypeError):
        key().api_secret.__reduce__()
