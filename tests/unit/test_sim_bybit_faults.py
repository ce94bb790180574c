"""Which requests the faults of the Bybit stand-in hit, and what drivers may order."""

import pytest
from harness.sim_bybit import NOON
from hypothesis import given
from hypothesis import strategies as st

from ops.sim.bybit.calls import KEPT, CallLog
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.fault_kinds import KINDS
from ops.sim.bybit.faults import Faults

PATH = "/v5/position/list"
CONTRACT = {
    "lost_answer", "late_answer", "http_500", "html", "truncated", "code_10000", "code_10006", "ip_ban",
    "code_10002", "reset_before", "reset_after", "stream_drop", "stream_duplicate", "stream_reorder",
    "stream_stall", "stream_auth", "partial_then_cancel", "stop_refused", "halted", "key_revoked",
    "html_502", "html_403", "http_429", "code_10016", "code_10018", "code_10429", "slow_body", "cut_body", "odd_field",
    "mute_stream", "trade_10019", "fill_then_reject", "filled_without_new", "split_reduce_only", "price_adjusted",
    "mode_switched", "limits_changed", "funding", "adl", "settle", "late_execution", "code", "corporate_action",
    "move_position", "delivery", "trade_no_reqid", "maintenance",
}  # fmt: skip

BESIDE = {"html_504", "gzip"}
"""Kinds beside those of the contract."""


def faults(**body: object) -> Faults:
    standing = Faults()
    standing.add({"kind": "http_500", **body}, NOON)
    return standing


def hits(standing: Faults, count: int, *, path: str = PATH, uid: int | None = 1) -> list[bool]:
    return [standing.draw(path, uid, NOON) is not None for _ in range(count)]


def test_every_kind_of_the_contract_is_known() -> None:
    assert KINDS == CONTRACT | BESIDE


def test_a_fault_hits_once_unless_told_otherwise() -> None:
    assert hits(faults(), 3) == [True, False, False]
    assert hits(faults(times=2), 3) == [True, True, False]
    assert hits(faults(probability=1), 3) == [True, True, True]


def test_states_stand_until_they_are_removed() -> None:
    standing = faults(kind="halted")
    assert hits(standing, 3) == [True, True, True]
    standing.clear()
    assert hits(standing, 1) == [False]


def test_a_halt_may_end_by_itself() -> None:
    standing = faults(kind="halted", seconds=30)
    assert standing.draw(PATH, None, NOON + 29_999)
    assert not standing.draw(PATH, None, NOON + 30_000)


@pytest.mark.parametrize(
    ("wanted", "path", "hit"),
    [
        ("", PATH, True),
        (PATH, PATH, True),
        (f"/demo{PATH}", PATH, True),
        ("/v5/position", PATH, True),
        ("/v5/position/", PATH, True),
        ("/v5/pos", PATH, False),
        ("/v5/order/realtime", PATH, False),
    ],
)
def test_a_path_hits_itself_and_what_is_below(wanted: str, path: str, hit: bool) -> None:
    assert hits(faults(path=wanted), 1, path=path) == [hit]


def test_a_uid_hits_only_its_own_key() -> None:
    assert hits(faults(uid=2), 1, uid=1) == [False]
    assert hits(faults(uid="1"), 1, uid=1) == [True]
    assert hits(faults(uid=1), 1, uid=None) == [False]


def test_a_revoked_key_needs_a_key() -> None:
    assert hits(faults(kind="key_revoked"), 1, uid=None) == [False]
    assert hits(faults(kind="key_revoked"), 2, uid=5) == [True, True]


@given(st.integers(0, 1000), st.floats(0.05, 0.95))
def test_chances_come_from_the_seed(seed: int, probability: float) -> None:
    first = hits(faults(probability=probability, seed=seed), 300)
    assert first == hits(faults(probability=probability, seed=seed), 300)
    assert abs(sum(first) / 300 - probability) < 0.17


def test_times_and_probability_together_hit_so_many_by_chance() -> None:
    drawn = hits(faults(probability=0.5, times=3), 100)
    assert sum(drawn) == 3


def test_the_first_order_that_hits_wins() -> None:
    standing = faults(times=1)
    standing.add({"kind": "html", "times": 1}, NOON)
    assert [standing.draw(PATH, 1, NOON).kind for _ in range(2)] == ["http_500", "html"]  # type: ignore[union-attr]  # both hit
    assert standing.standing == []


def test_shaping_orders_come_on_top_of_one_another_and_of_others() -> None:
    standing = faults(kind="late_answer")
    for field in ("size", "avgPrice"):
        standing.add({"kind": "odd_field", "path": PATH, "field": field}, NOON)
    standing.add({"kind": "gzip"}, NOON)
    assert [fault.field for fault in standing.shaping(PATH, 1, NOON)] == ["size", "avgPrice", ""]
    assert hits(standing, 2) == [True, False]
    assert [fault.kind for fault in standing.shaping(PATH, 1, NOON)] == ["gzip"]


def test_a_maintenance_hits_no_request() -> None:
    standing = faults(kind="maintenance")
    assert hits(standing, 2) == [False, False]
    assert len(standing.standing) == 1


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ([], "body"),
        ({}, "kind"),
        ({"kind": "flood"}, "kind"),
        ({"kind": "html", "times": 0}, "times"),
        ({"kind": "html", "times": "often"}, "times"),
        ({"kind": "html", "probability": 1.5}, "probability"),
        ({"kind": "html", "probability": -1}, "probability"),
        ({"kind": "html", "seed": "x"}, "seed"),
        ({"kind": "html", "path": 5}, "path"),
        ({"kind": "html", "often": 5}, "often"),
        ({"kind": "late_answer", "seconds": 1e9}, "seconds"),
        ({"kind": "code"}, "code"),
        ({"kind": "code", "code": "many"}, "code"),
        ({"kind": "html_403", "cause": "weather"}, "cause"),
        ({"kind": "odd_field", "field": "size"}, "path and field"),
        ({"kind": "odd_field", "path": PATH}, "path and field"),
        ({"kind": "odd_field", "path": PATH, "field": "size", "row": -5}, "row"),
        ({"kind": "odd_field", "path": PATH, "field": "size", "row": True}, "row"),
    ],
)
def test_a_wrong_order_is_refused_by_name(body: object, named: str) -> None:
    with pytest.raises(ControlError, match=named):
        Faults().add(body, NOON)


# the log of calls


def log_of(count: int) -> CallLog:
    log = CallLog()
    for number in range(count):
        log.add(at=number, method="GET", path=PATH, uid=None, status=200, ret_code=0, ms=0.1)
    return log


def test_calls_are_numbered_and_given_from_where_one_asks() -> None:
    log = log_of(5)
    assert [call["seq"] for call in log.after(0)] == [1, 2, 3, 4, 5]
    assert [call["seq"] for call in log.after(3)] == [4, 5]
    assert log.after(5) == log.after(99) == []
    assert set(log.after(4)[0]) == {"seq", "at", "method", "path", "uid", "status", "ret_code", "ms"}


def test_the_ring_keeps_the_last_two_hundred_thousand() -> None:
    log = log_of(KEPT + 10)
    assert KEPT >= 200_000
    assert len(log.after(0)) == KEPT
    assert log.after(0)[0]["seq"] == 11
    assert [call["seq"] for call in log.after(KEPT + 8)] == [KEPT + 9, KEPT + 10]
