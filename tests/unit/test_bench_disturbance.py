"""What others took of the machine, read from a made-up /proc and judged."""

from pathlib import Path

import pytest

from ops.bench.disturbance import UNKNOWN, Disturbance, Usage, between, read_usage

MAIN = 70


def _usage(at: float, *, busy: float = 0, own: float = 0, waited: float = 0) -> Usage:
    return Usage(at=at, busy=busy, own=own, waited=waited)


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A machine of 100 ticks a second: ours are 70, its child 71 and its grandchild 72; 90 is somebody else's."""
    (tmp_path / "stat").write_text("cpu  1000 20 300 5000 70 4 6 80 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n")
    for pid, parent, ticks in (
        (MAIN, 1, "100 20 3 4"),
        (71, MAIN, "50 0 0 0"),
        (72, 71, "7 0 0 0"),
        (90, 1, "9 9 9 9"),
    ):
        folder = tmp_path / str(pid)
        folder.mkdir()
        (folder / "stat").write_text(f"{pid} (a) b (c) S {parent} 1 1 0 -1 4194560 1 2 3 4 {ticks} 20 0 1 0 55 1 2\n")
        (folder / "schedstat").write_text("123 2500000000 17\n")
    (tmp_path / "self").mkdir()
    return tmp_path


def test_busy_time_is_of_all_cores_with_what_was_stolen_and_without_idling(
    proc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sysconf", lambda _: 100)
    usage = read_usage(proc, MAIN)
    assert usage is not None
    assert usage.busy == pytest.approx(14.10)
    assert usage.waited == pytest.approx(2.5)


def test_own_time_is_of_the_process_its_descendants_and_their_ended_children(
    proc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sysconf", lambda _: 100)
    usage = read_usage(proc, MAIN)
    assert usage is not None
    assert usage.own == pytest.approx(1.84)


@pytest.mark.parametrize("text", ["", "cpu0 1 2 3 4 5 6 7 8\n", "cpu 1 2 3\n", "cpu a b c d e f g h\n"])
def test_counters_that_cannot_be_read_are_none(proc: Path, text: str) -> None:
    (proc / "stat").write_text(text)
    assert read_usage(proc, MAIN) is None


def test_a_system_without_proc_is_none(tmp_path: Path) -> None:
    assert read_usage(tmp_path / "none", MAIN) is None


def test_others_are_what_is_busy_and_not_ours() -> None:
    found = between(_usage(10, busy=100, own=50, waited=1), _usage(12, busy=103, own=50.5, waited=2), cores=2)
    assert (found.others, found.waited) == (pytest.approx(0.625), pytest.approx(0.5))
    assert found.reason == "others used 62% of the cores, it waited for one 50% of the time"


def test_a_quiet_machine_is_no_reason() -> None:
    found = between(_usage(10), _usage(12, busy=2.1, own=2.0, waited=1.5), cores=2)
    assert found.is_known
    assert found.reason is None, "threads of our own wait for each other"


def test_others_on_one_of_many_cores_are_a_reason_when_they_keep_us_waiting() -> None:
    busy = {"busy": 4.0, "own": 2.0}
    quiet = between(_usage(0), _usage(2, **busy), cores=64)
    waiting = between(_usage(0), _usage(2, **busy, waited=1.0), cores=64)
    assert quiet.reason is None
    assert waiting.reason == "others used 2% of the cores, it waited for one 50% of the time"


def test_ticks_that_are_counted_late_make_no_negative_share() -> None:
    assert between(_usage(0), _usage(1, busy=1.0, own=1.02), cores=2).others == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, _usage(1, busy=1)),
        (_usage(0), None),
        (_usage(0), _usage(0.1, busy=0.1)),
        (_usage(0), _usage(1)),
    ],
    ids=["no first look", "no second look", "too short", "counters that stand still"],
)
def test_what_cannot_be_known_is_unknown(before: Usage | None, after: Usage | None) -> None:
    found = between(before, after, cores=2)
    assert found == UNKNOWN
    assert not found.is_known
    assert found.reason is None


def test_unknown_says_nothing() -> None:
    assert Disturbance().reason is None
