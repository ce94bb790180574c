"""How the Bybit stand-in lets requests in: window, key, signature, addresses, permissions, rates, parameters."""

import hmac
from base64 import b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from harness.sim_bybit import DAY, NOON
from hypothesis import given
from hypothesis import strategies as st

from ops.sim.bybit.accounts import Account, ApiKey
from ops.sim.bybit.auth import authenticate, check_public_key, is_signed
from ops.sim.bybit.errors import BybitError, ControlError
from ops.sim.bybit.facts import ENDPOINTS
from ops.sim.bybit.limits import BAN, IP_REQUESTS, IP_SPAN, IpLimits, UidLimits
from ops.sim.bybit.paging import page
from ops.sim.bybit.params import Query
from ops.sim.bybit.permissions import GROUPS, TRADING, allowed, complete, permissions_of

SECRET = "s" * 36
QUERY = "category=linear&symbol=BTCUSDT"


def account(**changes: Any) -> Account:
    fields: dict[str, Any] = {"key": "k" * 18, "secret": SECRET, "permissions": TRADING, "created_at": NOON}
    return Account(uid=1, environment="live", key=ApiKey(**{**fields, **changes}), created_at=NOON)


def headers(timestamp: int | str = NOON, window: str = "5000", payload: str = QUERY) -> dict[str, str]:
    origin = f"{timestamp}{'k' * 18}{window}{payload}"
    signed = {
        "X-BAPI-API-KEY": "k" * 18,
        "X-BAPI-TIMESTAMP": str(timestamp),
        "X-BAPI-SIGN": hmac.digest(SECRET.encode(), origin.encode(), "sha256").hex(),
    }
    return signed | ({"X-BAPI-RECV-WINDOW": window} if window else {})


def enter(
    given_headers: dict[str, str], one: Account | None = None, *, now: int = NOON, peer: str = "127.0.0.1"
) -> Account:
    one = one or account()
    return authenticate(given_headers, QUERY, {one.key.key: one}, environment="live", peer=peer, now=now)


def refusal(given_headers: dict[str, str], one: Account | None = None, **where: Any) -> BybitError:
    with pytest.raises(BybitError) as caught:
        enter(given_headers, one, **where)
    return caught.value


def test_a_signed_request_enters() -> None:
    assert enter(headers()).uid == 1


def test_without_a_window_header_five_seconds_hold() -> None:
    assert enter(headers(window=""), now=NOON + 5000).uid == 1
    assert refusal(headers(window=""), now=NOON + 5001).ret_code == 10002


@pytest.mark.parametrize(
    ("ahead", "window", "inside"),
    [
        (999, 5000, True),
        (1000, 5000, False),
        (-5000, 5000, True),
        (-5001, 5000, False),
        (-60_000, 60_000, True),
        (-60_001, 60_000, False),
        (0, 0, True),
        (-1, 0, False),
    ],
)
def test_the_window_ends_exactly_where_bybit_says(ahead: int, window: int, inside: bool) -> None:
    request = headers(NOON + ahead, str(window))
    if inside:
        assert enter(request).uid == 1
    else:
        assert refusal(request).ret_code == 10002


@given(st.integers(-20_000, 20_000), st.integers(0, 20_000))
def test_the_window_is_the_documented_formula(ahead: int, window: int) -> None:
    request = headers(NOON + ahead, str(window))
    if NOON - window <= NOON + ahead < NOON + 1000:
        assert enter(request).uid == 1
    else:
        assert refusal(request).ret_code == 10002


def test_the_refusal_names_both_times_and_the_window() -> None:
    text = refusal(headers(NOON + 1000)).ret_msg
    assert text == (
        "invalid request, please check your server timestamp or recv_window param. "
        f"req_timestamp[{NOON + 1000}],server_timestamp[{NOON}],recv_window[5000]"
    )


@pytest.mark.parametrize("name", ["X-BAPI-API-KEY", "X-BAPI-TIMESTAMP", "X-BAPI-SIGN"])
def test_a_missing_header_is_a_parameter_error(name: str) -> None:
    given_headers = headers()
    del given_headers[name]
    error = refusal(given_headers)
    assert error.ret_code == 10001
    assert error.ret_msg.startswith("empty value: apiTimestamp[")


@pytest.mark.parametrize("timestamp", ["soon", "1.5", "-1", "１２", "9" * 30])
def test_a_timestamp_that_is_no_number_is_a_parameter_error(timestamp: str) -> None:
    assert refusal(headers(timestamp)).ret_code == 10001


def test_an_unknown_key_is_invalid() -> None:
    error = refusal(headers() | {"X-BAPI-API-KEY": "x" * 18})
    assert (error.ret_code, error.ret_msg) == (10003, "API key is invalid.")


def test_a_key_of_the_other_environment_is_invalid() -> None:
    one = account()
    one.environment = "demo"
    assert refusal(headers(), one).ret_code == 10003


def test_a_wrong_signature_shows_what_was_to_be_signed_and_no_secret() -> None:
    error = refusal(headers() | {"X-BAPI-SIGN": "0" * 64})
    assert error.ret_code == 10004
    assert f"origin_string[{NOON}{'k' * 18}5000{QUERY}]" in error.ret_msg
    assert SECRET not in error.ret_msg


def test_a_changed_query_breaks_the_signature() -> None:
    assert refusal(headers(payload=QUERY + "&limit=1")).ret_code == 10004


def test_an_expired_key_is_refused_from_its_last_moment_on() -> None:
    one = account(expires_at=NOON)
    assert enter(headers(NOON - 1), one, now=NOON - 1).uid == 1
    assert refusal(headers(), one).ret_code == 33004


def test_a_bound_key_enters_only_from_its_addresses() -> None:
    one = account(ips=["10.0.0.1", "127.0.0.1"])
    assert enter(headers(), one).uid == 1
    assert refusal(headers(), one, peer="10.0.0.2").ret_code == 10010


def test_the_secret_is_in_no_representation() -> None:
    assert SECRET not in repr(account())


# RSA

PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_an_rsa_key_signs_with_its_private_half() -> None:
    one = account(secret="", public_key=check_public_key(PEM))
    sign = b64encode(PRIVATE.sign(b"origin", PKCS1v15(), SHA256())).decode()
    assert is_signed(one.key, "origin", sign)
    assert not is_signed(one.key, "another", sign)


@pytest.mark.parametrize("sign", ["", "not base64!", "AAAA", "0" * 64])
def test_a_broken_rsa_signature_is_wrong_and_no_error(sign: str) -> None:
    assert not is_signed(account(secret="", public_key=PEM).key, "origin", sign)


def test_only_rsa_public_keys_are_taken() -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1()).public_key()
    other = elliptic.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    for text in ("", "nonsense", other):
        with pytest.raises(ControlError, match="public_key"):
            check_public_key(text)


# permissions


@pytest.mark.parametrize(
    ("permissions", "category", "may"),
    [
        (TRADING, "linear", True),
        (TRADING, "spot", True),
        ({"ContractTrade": ["Order"]}, "inverse", True),
        ({"ContractTrade": ["Order"]}, "spot", False),
        ({"Spot": ["SpotTrade"]}, "linear", False),
        ({"Wallet": ["Withdraw"]}, "linear", False),
        ({"Options": ["OptionsTrade"]}, "option", True),
        ({"ContractTrade": []}, "linear", False),
    ],
)
def test_a_key_reads_what_its_groups_cover(permissions: dict[str, list[str]], category: str, may: bool) -> None:
    assert allowed(permissions, "order", category) is may
    assert allowed(permissions, "any", category)


def test_a_list_of_names_becomes_groups() -> None:
    assert permissions_of(["Withdraw"]) == {"Wallet": ["Withdraw"]}
    assert permissions_of(["account_transfer", "WITHDRAW"]) == {"Wallet": ["AccountTransfer", "Withdraw"]}
    assert permissions_of(["ContractTrade", "Spot"]) == {
        "ContractTrade": ["Order", "Position"],
        "Spot": ["SpotTrade"],
    }


def test_a_mapping_may_name_what_nobody_knows() -> None:
    assert permissions_of({"Moon": ["Landing"]}) == {"Moon": ["Landing"]}
    assert set(complete({"Moon": ["Landing"]})) == {*GROUPS, "Moon"}


@pytest.mark.parametrize("given_names", ["Withdraw", ["Nonsense"], [1], {"Wallet": "Withdraw"}, {"Wallet": [1]}])
def test_other_permissions_are_refused(given_names: object) -> None:
    with pytest.raises(ControlError, match="permissions"):
        permissions_of(given_names)


# rates


def test_a_rolling_second_lets_so_many_through_and_says_when_the_next_may() -> None:
    limits = UidLimits(enforced=True)
    taken = [limits.take(1, "/p", 3, NOON + number * 100) for number in range(4)]
    assert [one.exceeded for one in taken] == [False, False, False, True]
    assert [one.left for one in taken] == [2, 1, 0, 0]
    assert taken[3].reset_at == NOON + 1000
    assert limits.take(1, "/p", 3, NOON + 999).exceeded
    assert not limits.take(1, "/p", 3, NOON + 1000).exceeded


def test_uids_and_endpoints_have_seconds_of_their_own() -> None:
    limits = UidLimits(enforced=True)
    assert not limits.take(1, "/p", 1, NOON).exceeded
    assert not limits.take(2, "/p", 1, NOON).exceeded
    assert not limits.take(1, "/q", 1, NOON).exceeded
    assert limits.take(1, "/p", 1, NOON).exceeded
    limits.forget(1)
    assert not limits.take(1, "/p", 1, NOON).exceeded


def test_too_many_requests_ban_an_address_for_ten_minutes() -> None:
    limits = IpLimits(enforced=True)
    assert not any(limits.is_banned("a", NOON) for _ in range(IP_REQUESTS))
    assert limits.is_banned("a", NOON)
    assert not limits.is_banned("b", NOON)
    assert limits.is_banned("a", NOON + BAN - 1)
    assert not limits.is_banned("a", NOON + BAN)


def test_slow_enough_requests_ban_nobody() -> None:
    limits = IpLimits(enforced=True)
    step = IP_SPAN // IP_REQUESTS + 1
    assert not any(limits.is_banned("a", NOON + number * step) for number in range(3 * IP_REQUESTS))


def test_switched_off_nothing_is_limited() -> None:
    ip_limits, uid_limits = IpLimits(enforced=False), UidLimits(enforced=False)
    assert not any(ip_limits.is_banned("a", NOON) for _ in range(2 * IP_REQUESTS))
    assert all(uid_limits.take(1, "/p", 1, NOON) == (1, 1, NOON, False) for _ in range(5))


# parameters


def query(path: str, text: str) -> Query:
    return Query(ENDPOINTS[path], text)


def wrong(path: str, text: str) -> str:
    with pytest.raises(BybitError) as caught:
        query(path, text)
    assert caught.value.ret_code == 10001
    return caught.value.ret_msg


def test_absent_and_empty_values_take_the_default() -> None:
    asked = query("/v5/order/history", "category=linear&limit=&symbol=")
    assert (asked.limit, asked.text("symbol"), asked.number("startTime")) == (20, "", None)


def test_unknown_parameters_are_ignored() -> None:
    assert query("/v5/market/time", "nonsense=1").text("nonsense") == "1"


@pytest.mark.parametrize(
    "text", ["limit=0", "limit=51", "limit=ten", "limit=1.5", "limit=-1", "limit=１", "startTime=x"]
)
def test_numbers_out_of_range_are_refused(text: str) -> None:
    assert (
        wrong("/v5/order/history", f"category=linear&{text}")
        == f"params error: {text.split('=', maxsplit=1)[0]} invalid"
    )


def test_words_are_bybits() -> None:
    assert wrong("/v5/market/kline", "symbol=BTCUSDT&interval=7") == "Invalid period!"
    assert wrong("/v5/market/kline", "symbol=BTCUSDT") == "Invalid period!"
    assert wrong("/v5/market/tickers", "") == "params error: Category is invalid"
    assert wrong("/v5/market/tickers", "category=futures") == "params error: Category is invalid"
    assert wrong("/v5/market/funding/history", "category=option&symbol=X") == "Illegal category"
    assert wrong("/v5/market/orderbook", "category=linear") == "params error: symbol invalid"
    assert wrong("/v5/account/wallet-balance", "").endswith("accountType")


WEEK = 7 * DAY


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", (NOON - WEEK, NOON)),
        (f"startTime={NOON - DAY}", (NOON - DAY, NOON - DAY + WEEK)),
        (f"endTime={NOON}", (NOON - WEEK, NOON)),
        (f"startTime={NOON - WEEK}&endTime={NOON}", (NOON - WEEK, NOON)),
    ],
)
def test_time_windows_reach_seven_days(text: str, expected: tuple[int, int]) -> None:
    assert query("/v5/execution/list", f"category=linear&{text}").window(WEEK, NOON) == expected


@pytest.mark.parametrize("start", [NOON + 1, NOON - WEEK - 1])
def test_other_time_windows_are_refused(start: int) -> None:
    asked = query("/v5/execution/list", f"category=linear&startTime={start}&endTime={NOON}")
    with pytest.raises(BybitError) as caught:
        asked.window(WEEK, NOON)
    assert caught.value.ret_code == 10001


# pages


@given(st.integers(0, 60), st.integers(1, 20), st.booleans())
def test_pages_give_everything_once(count: int, limit: int, encoded: bool) -> None:
    items = [f"id-{number}:x%" for number in range(count)]
    seen: list[str] = []
    cursor, pages = "", 0
    while True:
        text = (
            f"category=linear&cursor={cursor}"
            if not encoded
            else f"category=linear&cursor={cursor.replace('%', '%25')}"
        )
        shown, cursor = page(items, query("/v5/execution/list", text).cursor, limit, str)
        seen += shown
        pages += 1
        if not cursor:
            break
    assert seen == items
    assert pages == count // limit + 1


def test_a_page_goes_on_where_the_last_stopped_although_items_came_in_front() -> None:
    items = ["c", "b", "a"]
    first, cursor = page(items, "", 2, str)
    rest, _ = page(["e", "d", *items], cursor.replace("%3A", ":"), 2, str)
    assert (list(first), list(rest)) == (["c", "b"], ["a"])


def test_a_cursor_of_ones_own_making_is_refused() -> None:
    for cursor in ("nonsense", "b:" + "9" * 5_000, "b:²"):
        with pytest.raises(BybitError) as caught:
            page(["a"], cursor, 2, str)
        assert caught.value.ret_code == 10001
