"""The policy table is what the design asks for, whole and frozen."""

import ast
import dataclasses
import enum
import types
import typing
from decimal import Decimal
from pathlib import Path
from typing import Any

import mypy.api
import pytest
from harness.sources import trees

from bot.domain import events
from bot.domain.events import AccountEvent, InstrumentRejected, UserEvent
from cache.policy import TABLE, Of, Policy, account_subject, as_markdown, on, policies
from cache.tags import account, user

ROOT = Path(__file__).parents[2]

DESIGN = {  # name: (ttl s, capacity, events that drop it)
    "user_config": (30, 5000, "UserConfigChanged UserBanned RoleChanged"),
    "license": (60, 5000, "LicenseChanged UserBanned"),
    "credentials": (60, 2000, "CredentialsChanged"),
    "balance": (15, 1000, "OrderPlaced OrderFilled PositionClosed WalletChanged CredentialsChanged"),
    "position": (10, 2000, "OrderPlaced OrderFilled PositionOpened PositionClosed StopChanged CredentialsChanged"),
    "order": (5, 1500, "OrderPlaced OrderChanged OrderFilled CredentialsChanged"),
    "market_data": (5, 500, ""),
    "price": (5, 500, ""),
    "symbol_info": (3600, 1000, "InstrumentRejected"),
    "api_response": (60, 2000, "OrderFilled PositionClosed CredentialsChanged"),
}


def test_the_table_is_the_design() -> None:
    table = {
        policy.name: (policy.ttl, policy.capacity, " ".join(drop.event.__name__ for drop in policy.dropped_by))
        for policy in TABLE
    }
    assert table == DESIGN
    assert list(table) == list(DESIGN)


def test_an_order_book_lives_longer_than_the_rest_of_market_data() -> None:
    market_data = policies()["market_data"]
    assert market_data.ttl_of(("order_book", "BTCUSDT", "")) == 10
    assert market_data.ttl_of(("klines", "BTCUSDT", "60")) == 5
    assert market_data.ttl_of(("board", "linear", "")) == 5


CONCRETE = {
    event
    for event in vars(events).values()
    if isinstance(event, type) and issubclass(event, UserEvent | AccountEvent | InstrumentRejected)
} - {UserEvent, AccountEvent}


def test_every_event_drops_something() -> None:
    assert len(CONCRETE) >= 13
    assert {drop.event for policy in TABLE for drop in policy.dropped_by} == CONCRETE


def test_storage_names_every_event() -> None:
    """To record one, a repository has to read its name."""
    read = {
        node.id
        for module, tree in trees().items()
        if module.partition(".")[0] == "storage"
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
    }
    assert not {event.__name__ for event in CONCRETE} - read


FROZEN_LEAVES = (int, str, bytes, bool, float, Decimal, types.NoneType)


def thawed(annotation: Any, path: str) -> list[str]:
    """Every part of a type that could be changed in place, by its path."""
    origin = typing.get_origin(annotation)
    if origin in {typing.Union, types.UnionType, tuple}:
        return [found for part in typing.get_args(annotation) if part is not ... for found in thawed(part, path)]
    annotation = getattr(annotation, "__supertype__", annotation)  # a NewType
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        frozen = annotation.__dataclass_params__.frozen  # type: ignore[attr-defined]  # set by @dataclass
        hints = typing.get_type_hints(annotation)
        inner = [found for name, hint in hints.items() for found in thawed(hint, f"{path}.{name}")]
        return inner if frozen else [path, *inner]
    is_leaf = isinstance(annotation, type) and issubclass(annotation, (*FROZEN_LEAVES, enum.Enum))
    return [] if is_leaf else [f"{path}: {annotation}"]


@pytest.mark.parametrize("policy", TABLE, ids=lambda policy: policy.name)
def test_what_is_held_is_frozen_all_the_way_down(policy: Policy[Any]) -> None:
    assert policy.values
    for value in policy.values:
        assert thawed(value, value.__name__) == []


def test_the_check_for_frozen_values_sees_a_list_deep_inside() -> None:
    @dataclasses.dataclass(frozen=True)
    class Inner:
        rows: list[int]

    @dataclasses.dataclass
    class Open:
        name: str

    assert thawed(Inner, "Inner") == ["Inner.rows: list[int]"]
    assert thawed(Open, "Open") == ["Open"]


def test_settings_lie_over_the_table() -> None:
    chosen = policies({"balance": (3.5, None), "order": (None, 7), "market_data.order_book": (2, None)})
    assert (chosen["balance"].ttl, chosen["balance"].capacity) == (3.5, 1000)
    assert (chosen["order"].ttl, chosen["order"].capacity) == (5, 7)
    assert chosen["market_data"].ttl_of(("order_book", "BTCUSDT", "")) == 2
    assert chosen["market_data"].ttl_of(("klines", "BTCUSDT", "1")) == 5
    assert policies()["balance"].ttl == 15


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"balances": (1, 1)}, "no cache region is called 'balances'"),
        ({"balance": (0, None)}, "time to live must be above 0 s, not 0"),
        ({"balance": (float("nan"), None)}, "not nan"),
        ({"balance": (float("inf"), None)}, "not inf"),
        ({"balance": (None, 0)}, "capacity must be at least 1, not 0"),
        ({"balance.main": (1, None)}, "no time of its own"),
        ({"market_data.order_book": (None, 5)}, "no time of its own"),
    ],
)
def test_overrides_that_make_no_sense_are_refused(
    overrides: dict[str, tuple[float | None, int | None]], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        policies(overrides)


def test_an_event_that_asks_for_a_tag_no_entry_carries_is_refused() -> None:
    with pytest.raises(ValueError, match="carry no tag for OrderPlaced"):
        Policy(
            name="wrong",
            ttl=1,
            capacity=1,
            key="",
            loaded_from="",
            read_by="",
            values=(),
            tags=Of(account_subject).tags(account),
            dropped_by=(on(events.OrderPlaced, user),),
        )


ROWS = """\
from bot.domain.events import InstrumentRejected, OrderPlaced, UserBanned
from cache.policy import Of, on, rules_of
from cache.tags import account, instrument, user
on(OrderPlaced, account)
on(UserBanned, account)  # line 5: a ban has no account
on(InstrumentRejected, user)  # line 6: nor has this a user
Of(rules_of).tags(instrument)
Of(rules_of).tags(user)  # line 8: nor a symbol's key
"""


def test_a_key_and_an_event_of_the_wrong_kind_are_type_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "rows.py"
    file.write_text(ROWS, encoding="utf-8")
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    monkeypatch.chdir(ROOT)  # mypy's own cache, warm after `make lint`, is there
    out, err, code_of_exit = mypy.api.run(["--config-file", "pyproject.toml", str(file)])
    assert err == ""
    assert code_of_exit == 1
    wrong = [line.split(":")[1] for line in out.splitlines() if ": error:" in line]
    assert wrong == ["5", "6", "8"], out


def test_the_doc_table_has_a_row_for_each_region() -> None:
    rows = as_markdown().splitlines()
    assert len(rows) == 12
    assert (
        rows[8]
        == "| market_data | 5 (order book 10) | 500 | kind, category, symbol | exchange | – | /book, /chart, klines |"
    )
