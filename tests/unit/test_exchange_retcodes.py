"""The table of retCodes: whole, without overlaps, and what each class becomes for reads and writes."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import (
    ClockTrouble,
    ExchangeDown,
    ExchangeRejected,
    ExchangeRestricted,
    KeyTrouble,
    OutcomeUnknown,
    RetryLater,
)
from bot.exchange.retcodes import _CODES, RET_CODE_CLASSES, Channel, RetCodeClass, class_of, to_error

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "bybit" / "error-codes.json"
OF_OTHER_PRODUCTS = range(182_011, 182_113)  # loans and collateral switches


@pytest.mark.parametrize(
    ("code", "read", "write"),
    [
        (10000, ExchangeDown, OutcomeUnknown),
        (10001, ExchangeRejected, ExchangeRejected),
        (10002, ClockTrouble, ClockTrouble),
        (-1, ClockTrouble, ClockTrouble),
        (10003, KeyTrouble, KeyTrouble),
        (10005, KeyTrouble, KeyTrouble),
        (10006, RetryLater, RetryLater),
        (10010, KeyTrouble, KeyTrouble),
        (10014, ExchangeDown, OutcomeUnknown),
        (10016, ExchangeDown, OutcomeUnknown),
        (33004, KeyTrouble, KeyTrouble),
        (110001, ExchangeRejected, ExchangeRejected),
        (110007, ExchangeRejected, ExchangeRejected),
        (110017, ExchangeRejected, ExchangeRejected),
        (110072, ExchangeDown, OutcomeUnknown),
        (110079, ExchangeDown, OutcomeUnknown),
        (10009, ExchangeRestricted, ExchangeRestricted),
        (10024, ExchangeRestricted, ExchangeRestricted),
        (10027, ExchangeRestricted, ExchangeRestricted),
        (10028, ExchangeRestricted, ExchangeRestricted),
        (100028, ExchangeRestricted, ExchangeRestricted),
        (110067, ExchangeRestricted, ExchangeRestricted),
        (110124, ExchangeRestricted, ExchangeRestricted),
        (110132, ExchangeRestricted, ExchangeRestricted),
        (10032, ExchangeRejected, ExchangeRejected),
        (170035, ExchangeDown, OutcomeUnknown),
        (170141, ExchangeDown, OutcomeUnknown),
        (170146, ExchangeDown, OutcomeUnknown),
        (170222, RetryLater, RetryLater),
        (429, RetryLater, RetryLater),
        (987654, ExchangeRejected, OutcomeUnknown),
    ],
)
def test_each_class_becomes_the_error_that_says_what_to_do(code: int, read: type, write: type) -> None:
    for is_write, wanted in ((False, read), (True, write)):
        error = to_error(code, "words", is_write=is_write)
        assert type(error) is wanted
        assert error.code == code


@pytest.mark.parametrize("code", [110043, 110025, 110026, 110027, 0])
def test_what_stands_already_is_no_error(code: int) -> None:
    assert class_of(code, is_write=True) is RetCodeClass.FINE
    with pytest.raises(ValueError, match="no error"):
        to_error(code, "words", is_write=True)


def test_a_stop_that_is_said_to_stand_is_a_refusal_until_it_was_read_back() -> None:
    assert type(to_error(34040, "words", is_write=True)) is ExchangeRejected


@pytest.mark.parametrize("code", [429, 10006, 10019, 10403, 10429, 170005, 20003, 20006, 987654])
@pytest.mark.parametrize("channel", [Channel.DERIVATIVES, Channel.SPOT, Channel.TRADE_STREAM])
def test_no_code_that_may_hide_an_order_is_a_no_to_a_create(code: int, channel: Channel) -> None:
    assert type(to_error(code, "words", is_write=True, is_create=True, channel=channel)) is OutcomeUnknown


@pytest.mark.parametrize(
    ("code", "of_channel"),
    [
        (10003, {Channel.DERIVATIVES: KeyTrouble, Channel.TRADE_STREAM: RetryLater, Channel.STREAM_AUTH: KeyTrouble}),
        (10016, {Channel.DERIVATIVES: OutcomeUnknown, Channel.TRADE_STREAM: OutcomeUnknown}),
        (10404, {Channel.DERIVATIVES: OutcomeUnknown, Channel.TRADE_STREAM: ExchangeRejected}),
        (170131, {Channel.SPOT: ExchangeRejected, Channel.DERIVATIVES: OutcomeUnknown}),
        (20006, {Channel.TRADE_STREAM: OutcomeUnknown}),
        (-1, {Channel.STREAM_AUTH: ClockTrouble}),
    ],
)
def test_a_code_means_what_its_channel_says(code: int, of_channel: dict[Channel, type]) -> None:
    found = {channel: type(to_error(code, "words", is_write=True, channel=channel)) for channel in of_channel}
    assert found == of_channel


def test_signing_in_twice_is_no_error() -> None:
    assert class_of(20001, is_write=True, channel=Channel.STREAM_AUTH) is RetCodeClass.FINE


def test_no_code_stands_in_two_classes() -> None:
    listed = [code for codes in _CODES.values() for code in codes]
    assert len(listed) == len(set(listed)) == len(RET_CODE_CLASSES)


def test_the_wait_is_handed_on() -> None:
    error = to_error(10006, "words", is_write=False, retry_after=4.5)
    assert isinstance(error, RetryLater)
    assert error.retry_after == 4.5


@given(st.integers())
def test_any_other_code_is_a_no_to_a_read_and_unknown_to_a_write(code: int) -> None:
    if code not in RET_CODE_CLASSES:
        assert class_of(code, is_write=False) is RetCodeClass.REJECTED
        assert class_of(code, is_write=True) is RetCodeClass.UNKNOWN


def test_no_write_is_called_rejected_by_a_code_that_bybit_does_not_list() -> None:
    """A range must not swallow a number that Bybit never explained: it would turn an unknown outcome into a no."""
    if not REFERENCE.exists():
        pytest.skip("needs ../shared/reference")
    listed = {int(code) for section in json.loads(REFERENCE.read_text()).values() for code in section}
    surplus = {code for code, kind in RET_CODE_CLASSES.items() if kind is RetCodeClass.REJECTED} - listed
    assert surplus == {10032}, "what demo answers for an endpoint that it does not have; Bybit's page lacks it"


def test_every_code_of_trading_that_bybit_lists_is_classed() -> None:
    if not REFERENCE.exists():
        pytest.skip("needs ../shared/reference")
    sections = json.loads(REFERENCE.read_text())
    trading = {int(code) for code in (*sections["UTA"], *sections["Spot Trade"])}
    ours = {code for code in trading if code < 200_000 and code not in OF_OTHER_PRODUCTS}
    assert ours - set(RET_CODE_CLASSES) == set()
