"""The stand-in's tables and answers beside Bybit's documentation, where the reference is at hand."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from harness.sim_bybit import BALANCE, ORDERS, PARAMS, POSITIONS, Driver, driving
from harness.sim_trading import SimTrader

from ops.sim.bybit.facts import ENDPOINTS, ERROR_TEXTS

REFERENCE = Path(__file__).parents[2].parent / "shared" / "reference" / "bybit"
PLAIN: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "datetime": (str,),
    "number": (int, float, str),
    "int": (int,),
    "integer": (int,),
    "long": (int,),
    "boolean": (bool,),
    "array": (list,),
    "list": (list,),
    "object": (dict,),
    "json": (dict,),
}
DOCUMENTED: dict[str, dict[str, Any]] = {}
if REFERENCE.exists():
    DOCUMENTED = {
        page["path"]: page
        for page in json.loads((REFERENCE / "endpoints.json").read_text()).values()
        if page.get("path")
    }
ASKED = [
    (path, params)
    for path, asked in PARAMS.items()
    for params in asked
    if not DOCUMENTED or path in DOCUMENTED  # test_sim_bybit_rest holds the others against the stand-in's own table
]
LEFT_OUT = {"mmrSysUpdateTime", "nextPageCursor", "cumFeeDetail"}
"""A misprint of the examples, the cursor that spot has not, and an object whose names are coins."""
NOT_OF = {
    "contract": frozenset({"category", "baseCoin"}),
    "spot": frozenset({"baseCoin"}),
    "option": frozenset[str](),
}
"""What fee-rate's page says in words that these do not have."""
DEMO_CODE = 10032
"""Of the demo host; Bybit's page of codes leaves it out."""


def reference(name: str) -> Any:
    if not REFERENCE.exists():
        pytest.skip("needs ../shared/reference")
    return json.loads((REFERENCE / name).read_text())


def documented(path: str) -> dict[str, Any]:
    if not DOCUMENTED:
        pytest.skip("needs ../shared/reference")
    return DOCUMENTED[path]


@pytest.fixture
async def driver() -> AsyncIterator[Driver]:
    async with driving() as one:
        await one.account(environment="live", balance=BALANCE, positions=POSITIONS, orders=ORDERS, executions=10)
        yield one


def check_fields(
    value: Any, fields: list[dict[str, Any]], depth: int = 0, *, left_out: frozenset[str] = frozenset()
) -> None:
    """The documented table is flat, with depths: what follows an object or array deeper is inside it."""
    for place, field in enumerate(fields):
        if field["depth"] != depth or "[" in field["name"] or field["name"] in left_out:
            continue
        assert field["name"] in value, field
        found = value[field["name"]]
        assert isinstance(found, PLAIN[field["type"]]), (field, found)
        assert field["type"] not in {"integer", "long"} or not isinstance(found, bool)
        inner = []
        for following in fields[place + 1 :]:
            if following["depth"] <= depth:
                break
            inner.append(following)
        for item in found if isinstance(found, list) else [found] if inner else []:
            if isinstance(item, dict):
                check_fields(item, inner, depth + 1, left_out=left_out)


@pytest.mark.parametrize(("path", "params"), ASKED)
async def test_answers_have_the_documented_fields_and_look_like_the_examples(
    driver: Driver, path: str, params: dict[str, Any]
) -> None:
    page = documented(path)
    left_out = NOT_OF[kind(params["category"])] if path == "/v5/account/fee-rate" else frozenset()
    reply = await driver.ask(path, **params)
    whole = any(field["name"] == "result" for field in page["response"])
    check_fields(reply.json if whole else reply.result, page["response"], left_out=left_out)
    for text in page["examples"]:
        example = json.loads(text) if isinstance(text, str) else text
        category = example["result"].get("category", "")
        if kind(category) in {"", kind(params.get("category", ""))}:
            check_example(example, reply.json, path)


def check_example(example: Any, found: Any, where: str) -> None:
    """Whatever the example has we have, of the same JSON type; of lists the first item is looked at."""
    assert type(example) is type(found), (where, example, found)
    if isinstance(example, dict):
        for name in set(example) - LEFT_OUT:
            assert name in found, f"{where}.{name}"
            check_example(example[name], found[name], f"{where}.{name}")
    elif isinstance(example, list) and example and found:
        check_example(example[0], found[0], f"{where}[0]")


def kind(category: str) -> str:
    return "contract" if category in {"linear", "inverse"} else category


def test_the_tables_ask_for_what_the_documentation_asks_for() -> None:
    for path in sorted({path for path, _ in ASKED}):
        page, fact = documented(path), ENDPOINTS[path]
        assert page["method"] == fact.method, path
        asked_for = page["request"] or documented("/v5/order/create")["request"]  # pre-check's page refers to that one
        found = [(parameter.name, parameter.type, parameter.required) for parameter in fact.request]
        outer = [(field["name"], field["type"], field["required"]) for field in asked_for if not field["depth"]]
        assert found == (outer if fact.request else []), path


@pytest.mark.parametrize("topic", ["order", "execution", "position", "wallet"])
def test_rows_of_private_streams_have_every_documented_field(topic: str) -> None:
    page = reference("endpoints.json")[f"websocket/private/{topic}"]
    trader = SimTrader()
    trader.order("Buy", "0.01", stopLoss="59000")
    trader.order("Sell", "0.01")
    envelope = ("id", "topic", "creationTime", "data")
    fields = [field for field in page["response"] if field["name"] not in envelope]
    rows = [row for news in trader.news if news.topic == topic for row in news.rows]
    assert rows
    for row in rows:
        check_fields(row, fields, 1)
        check_example(page["examples"][0]["data"][0], row, topic)


def test_every_code_is_a_documented_one() -> None:
    codes = reference("error-codes.json")
    known = {int(code) for code in (*codes["UTA"], *codes["Spot Trade"], *codes["WS OE General code"])}
    assert set(ERROR_TEXTS) <= known | {DEMO_CODE}
