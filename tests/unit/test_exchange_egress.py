"""Whose fault a refusal for the address is: by how many meet it, and for how long."""

import pytest
from harness.exchange import TurnedTime

from bot.domain.errors import NotSent
from bot.exchange.egress import MANY, WITHIN, EgressWatch


def test_one_account_alone_is_its_keys_fault_after_five_minutes_and_never_ours() -> None:
    time = TurnedTime()
    watch = EgressWatch(clock=time)
    assert watch.note_refusal(1)
    time.seconds += WITHIN - 1
    assert watch.note_refusal(1)
    time.seconds += 1
    assert not watch.note_refusal(1)
    watch.check(1)
    assert (watch.refused_since, watch.problems()) == (None, ())
    watch.note_answer(1)
    assert watch.note_refusal(1), "a key that was taken meanwhile begins anew"


def test_three_accounts_within_five_minutes_are_our_address_until_one_of_them_is_taken_again() -> None:
    time = TurnedTime()
    watch = EgressWatch(clock=time)
    for owner in range(MANY):
        assert watch.refused_since is None
        watch.note_refusal(owner)
    began = time.now()
    assert watch.refused_since == began
    assert len(watch.problems()) == 1
    watch.note_answer(99)  # its key is bound to no address
    watch.check(99)
    with pytest.raises(NotSent) as held:
        watch.check(0)
    assert held.value.retry_after == 10
    time.seconds += 10
    watch.check(0)
    time.seconds += WITHIN
    assert watch.note_refusal(0), "as long as it is our address no key is at fault"
    watch.note_answer(1)
    assert (watch.refused_since, watch.problems()) == (None, ())
    watch.check(0)


def test_three_accounts_over_an_hour_are_no_sign_of_it() -> None:
    time = TurnedTime()
    watch = EgressWatch(clock=time)
    for owner in range(MANY + 2):
        watch.note_refusal(owner)
        time.seconds += WITHIN / 2 + 1
    assert watch.refused_since is None


def test_a_few_among_many_whose_keys_are_taken_are_no_sign_of_it() -> None:
    time = TurnedTime()
    watch = EgressWatch(clock=time)
    for owner in range(MANY):
        watch.note_refusal(owner)
    assert watch.refused_since is not None
    for owner in range(100, 100 + 5 * MANY + 1):
        watch.note_answer(owner)
    assert watch.refused_since is None
    time.seconds += WITHIN - 1
    assert watch.note_refusal(0)
    time.seconds += 1
    watch.note_answer(100)
    assert not watch.note_refusal(0), "it stayed alone: the key is at fault"


def test_it_ends_by_itself_where_nobody_asks_any_more() -> None:
    time = TurnedTime()
    watch = EgressWatch(clock=time)
    for owner in range(MANY):
        watch.note_refusal(owner)
    time.seconds += 900
    assert watch.refused_since is not None
    time.seconds += 1
    assert watch.refused_since is None
