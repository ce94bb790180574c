"""The sidecar over real sockets on 127.0.0.1: routes, refusals, headers, and clients that are slow."""

import asyncio
import gzip
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from harness.cache import account
from harness.fakes import FakeClock
from harness.raw_http import exchange
from harness.sidecar import Sidecar
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from pydantic import SecretStr

from bot.domain.health import Reason, ReasonKind
from bot.domain.ids import Millis, Symbol
from bot.settings import Settings
from cache.policy import TABLE
from ops.health import Said, ask
from stats_api.app import create_app
from stats_api.page_files import PAGE
from stats_api.server import serve

TOKEN = "canary-token-4f1e9a"
DATA = (
    "/api/stats/overview", "/api/stats/history", "/api/stats/cache", "/metrics", "/healthz", "/readyz", "/openapi.json"
)  # fmt: skip
ROUTES = (*PAGE, *DATA)


@pytest.fixture
async def sidecar() -> AsyncIterator[Sidecar]:
    async with Sidecar().running() as made:
        yield made


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(auto_decompress=False, headers={"Accept-Encoding": "identity"}) as made:
        yield made


async def test_the_statistics_of_all_ten_regions(sidecar: Sidecar, session: aiohttp.ClientSession) -> None:
    for _ in range(4):
        await sidecar.reads.balance(account(1))
    async with session.get(f"{sidecar.address}/api/stats/cache") as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
        regions = await answer.json()
    assert list(regions) == [policy.name for policy in TABLE]
    assert regions["price"]["hit_rate"] is None
    balance = regions["balance"]
    assert (balance["hit_rate"], balance["size"], balance["hits"], balance["misses"]) == (0.75, 1, 3, 1)


async def test_the_json_and_the_metrics_are_the_same_numbers(sidecar: Sidecar, session: aiohttp.ClientSession) -> None:
    for number in range(9):
        await sidecar.reads.balance(account(number % 4))
        await sidecar.reads.ticker(Symbol(f"COIN{number}USDT"))
    sidecar.reads.invalidate_user_caches(account().user_id)
    sidecar.clock.advance(1)  # what is asked for within a second is shared
    async with session.get(f"{sidecar.address}/api/stats/cache") as answer:
        regions = await answer.json()
    async with session.get(f"{sidecar.address}/metrics") as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        text = await answer.text()
    samples = {
        (sample.name, sample.labels.get("region"), sample.labels.get("le")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    gauges = ("capacity", "bytes", "max_bytes", "loading", "oldest_load_seconds")
    names = {"size": "perpdesk_cache_entries"} | {name: f"perpdesk_cache_{name}" for name in gauges}
    for region, numbers in regions.items():
        for name in set(numbers) - {"hit_rate", "ttl_seconds", "load_seconds", "loads"}:
            metric = names.get(name, f"perpdesk_cache_{name}_total")
            assert samples[metric, region, None] == numbers[name], (metric, region)
        for upper, count in numbers["load_seconds"]["buckets"].items():
            assert samples["perpdesk_cache_load_seconds_bucket", region, upper] == count
        assert samples["perpdesk_cache_load_seconds_count", region, None] == numbers["loads"]
    assert regions["balance"]["invalidations"] == 4


async def test_other_parts_metrics_are_scraped(session: aiohttp.ClientSession) -> None:
    class Lanes(Collector):
        def collect(self) -> list[Metric]:
            return [GaugeMetricFamily("perpdesk_lanes", "Users being served.", value=7)]

    async with (
        Sidecar(extra=(Lanes(),)).running() as sidecar,
        session.get(f"{sidecar.address}/metrics") as answer,
    ):
        text = await answer.text()
    assert "perpdesk_lanes 7.0" in text
    assert "process_resident_memory_bytes " in text


async def test_a_crowd_of_scrapers_costs_one_rendering_a_second(session: aiohttp.ClientSession) -> None:
    class Asked(Collector):
        times = 0

        def collect(self) -> list[Metric]:
            self.times += 1
            return [GaugeMetricFamily("perpdesk_asked", "How often.", value=self.times)]

    async def scrape(address: str) -> str:
        async with session.get(f"{address}/metrics") as answer:
            return next(line for line in (await answer.text()).splitlines() if line.startswith("perpdesk_asked "))

    asked = Asked()
    async with Sidecar(extra=(asked,)).running() as sidecar:
        crowd = await asyncio.gather(*(scrape(sidecar.address) for _ in range(20)))
        assert crowd == ["perpdesk_asked 1.0"] * 20
        sidecar.clock.advance(0.9)
        assert await scrape(sidecar.address) == "perpdesk_asked 1.0"
        sidecar.clock.advance(0.1)
        assert await scrape(sidecar.address) == "perpdesk_asked 2.0"


async def test_a_rendering_that_fails_is_tried_again_by_the_next_reader(session: aiohttp.ClientSession) -> None:
    class Flaky(Collector):
        is_broken = True

        def collect(self) -> list[Metric]:
            if self.is_broken:
                raise RuntimeError("not now")
            return [GaugeMetricFamily("perpdesk_mended", "Again.", value=1)]

    flaky = Flaky()
    async with Sidecar(extra=(flaky,)).running() as sidecar:
        async with session.get(f"{sidecar.address}/metrics") as answer:
            assert answer.status == 500
        flaky.is_broken = False
        async with session.get(f"{sidecar.address}/metrics") as answer:
            assert "perpdesk_mended 1.0" in await answer.text()


async def test_health_and_readiness(sidecar: Sidecar, session: aiohttp.ClientSession) -> None:
    since = Millis(sidecar.clock.now() - 61_500)
    why = "Telegram has not been reached yet"
    sidecar.reasons = (Reason(kind=ReasonKind.STARTING, text=why, since=since),)
    async with session.get(f"{sidecar.address}/readyz") as answer:
        assert answer.status == 503
        said = await answer.json()
        at = datetime.fromtimestamp(since // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        assert said == {
            "ready": False,
            "reasons": [{"reason": "starting", "text": why, "since": at, "age_seconds": 61.5}],
        }
    async with session.get(f"{sidecar.address}/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})
    sidecar.stuck = ("a transaction has been open for 21 s",)
    async with session.get(f"{sidecar.address}/healthz") as answer:
        said = await answer.json()
        assert (answer.status, said) == (503, {"status": "stuck", "stuck": ["a transaction has been open for 21 s"]})
    sidecar.reasons = ()
    async with session.get(f"{sidecar.address}/readyz") as answer:
        assert (answer.status, await answer.json()) == (200, {"ready": True, "reasons": []})


# --- the description ----------------------------------------------------------------------------------------


def misfits(value: Any, schema: dict[str, Any], schemas: dict[str, Any], path: str = "$") -> Iterator[str]:
    """Where a value leaves its schema; the keywords that the description uses, and no others."""
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    known = {
        "type", "description", "additionalProperties", "properties", "required", "items", "enum",
        "minimum", "maximum", "exclusiveMinimum",
    }  # fmt: skip
    assert set(schema) <= known, schema
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not any(is_number if kind == "number" else type(value) is kinds[kind] for kind in types):
        yield f"{path}: {value!r} is no {types}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r}"
    if is_number:
        is_low = value < schema.get("minimum", value) or value <= schema.get("exclusiveMinimum", value - 1)
        if is_low or value > schema.get("maximum", value):
            yield f"{path}: {value} is out of range"
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from misfits(item, schema["items"], schemas, f"{path}[{place}]")
    elif isinstance(value, dict):
        yield from misfit_parts(value, schema, schemas, path)


def misfit_parts(value: dict[str, Any], schema: dict[str, Any], schemas: dict[str, Any], path: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    rest = schema.get("additionalProperties", True)
    yield from (f"{path}.{name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, inner in value.items():
        if name not in properties and rest is False:
            yield f"{path}.{name} is not described"
        elif name in properties or rest is not True:
            yield from misfits(inner, properties.get(name, rest), schemas, f"{path}.{name}")


async def test_the_description_has_exactly_the_routes_and_their_answers(
    sidecar: Sidecar, session: aiohttp.ClientSession
) -> None:
    async with session.get(f"{sidecar.address}/openapi.json") as answer:
        document = await answer.json()
    app = create_app(stats=tuple, reasons=tuple, stuck=tuple, clock=FakeClock(), version="1")
    routes = {(route.method.lower(), route.resource.canonical) for route in app.router.routes() if route.resource}
    assert {(method, path) for path, methods in document["paths"].items() for method in methods} == routes
    assert set(document["paths"]) == set(ROUTES)
    await sidecar.reads.ticker(Symbol("BTCUSDT"))
    for path in ROUTES:
        for reasons in ((), (Reason(kind=ReasonKind.BYBIT, text="why", since=sidecar.clock.now()),)):
            sidecar.reasons = reasons
            async with session.get(sidecar.address + path) as answer:
                described = document["paths"][path]["get"]["responses"][str(answer.status)]["content"]
                assert list(described) == [answer.content_type]
                if answer.content_type == "application/json":
                    schema = described["application/json"]["schema"]
                    schemas = document["components"]["schemas"]
                    assert list(misfits(await answer.json(), schema, schemas)) == []


def test_the_check_of_answers_sees_what_does_not_fit() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "additionalProperties": False,
        "properties": {"a": {"type": "integer", "minimum": 0}},
    }
    assert list(misfits({"a": 1}, schema, {})) == []
    for wrong in ({}, {"a": -1}, {"a": "1"}, {"a": True}, {"a": 1, "b": 2}, []):
        assert list(misfits(wrong, schema, {})), wrong


# --- refusals -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_only_get_and_head_are_served(sidecar: Sidecar, session: aiohttp.ClientSession, method: str) -> None:
    for path in ROUTES:
        async with session.request(method, sidecar.address + path) as answer:
            assert (answer.status, answer.headers["Allow"]) == (405, "GET,HEAD"), path
            assert await answer.json() == {"error": "method not allowed"}, path


@pytest.mark.parametrize("path", ROUTES)
async def test_head_answers_the_headers_of_get(sidecar: Sidecar, session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(sidecar.address + path) as got, session.head(sidecar.address + path) as head:
        assert (head.status, head.content_type, await head.read()) == (200, got.content_type, b"")
        assert int(head.headers["Content-Length"]) > 0


@pytest.mark.parametrize(
    "path", ["/nope", "/dashboard", "/index.html", "/api/stats", "/api/stats/cache/", "/metrics/../../etc/passwd", "//"]
)
async def test_other_paths_are_not_found(sidecar: Sidecar, session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(sidecar.address + path) as answer:
        assert (answer.status, answer.content_type) == (404, "application/json")
        assert await answer.json() == {"error": "not found"}


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_large_body_is_refused(sidecar: Sidecar, session: aiohttp.ClientSession, method: str) -> None:
    async with session.request(method, f"{sidecar.address}/healthz", data=b"x" * 1_025) as answer:
        assert (answer.status, answer.headers["Connection"]) == (413, "close")
        assert await answer.json() == {"error": "nothing here takes a body"}
    async with session.get(f"{sidecar.address}/healthz", data=b"x" * 1_024) as answer:
        assert answer.status == 200


async def test_a_body_of_unknown_length_is_refused(sidecar: Sidecar) -> None:
    head = await exchange(
        sidecar.port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello"
    )
    assert head.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        (b"GET / HTP/1.1\r\n\r\n", b"400", b"bad request"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: x\r\n\r\n", b"417", b"expectation failed"),
    ],
)
async def test_what_no_route_sees_is_refused_as_the_rest_is(
    sidecar: Sidecar, sent: bytes, status: bytes, words: bytes
) -> None:
    head, _, body = (await exchange(sidecar.port, sent)).partition(b"\r\n\r\n")
    assert head.split()[1] == status
    assert b"\r\nServer: perpdesk" in head
    assert b"\r\nContent-Type: application/json\r\n" in head
    assert body == b'{"error":"' + words + b'"}'


async def test_huge_headers_are_refused_and_their_bytes_not_logged(
    sidecar: Sidecar, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for header in (
            b"X: " + TOKEN.encode() * 1_000,
            b"Authorization: Bearer \x01" + TOKEN.encode(),
            b"a: b\r\n" * 90,
        ):
            head = await exchange(sidecar.port, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + header + b"\r\n\r\n")
            assert head.split()[1] in {b"400", b"431"}, head
    assert TOKEN not in caplog.text


async def test_a_route_that_breaks_answers_json_and_logs_why(
    session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> tuple[Reason, ...]:
        raise ZeroDivisionError("canary words of an error")

    app = create_app(stats=tuple, reasons=broken, stuck=tuple, clock=FakeClock(), version="1")
    async with serve(app, port=0) as address, session.get(f"{address}/readyz") as answer:
        assert (answer.status, answer.content_type) == (500, "application/json")
        assert "canary" not in await answer.text()
    assert "canary words" in caplog.text


# --- the token ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*DATA, "//", "/nope", "/dashboard.js/", "/dashboard.js/../metrics"])
async def test_with_a_token_every_path_but_the_page_s_demands_it(session: aiohttp.ClientSession, path: str) -> None:
    async with Sidecar().running(token=TOKEN) as sidecar:
        for method in ("GET", "POST"):
            for authorization in (
                None,
                "",
                "Bearer",
                "Bearer x",
                f"Basic {TOKEN}",
                TOKEN,
                f"Bearer {TOKEN}x",
                "Bearer é",
            ):
                headers = {} if authorization is None else {"Authorization": authorization}
                async with session.request(method, sidecar.address + path, headers=headers) as answer:
                    assert answer.status == 401, authorization
                    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="perpdesk"'
                    assert await answer.json() == {"error": "a bearer token is needed"}
        for scheme in ("Bearer", "bearer"):
            async with session.get(sidecar.address + path, headers={"Authorization": f"{scheme} {TOKEN}"}) as answer:
                assert answer.status in {200, 404}


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "/nope"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "10.0.0.7", "localhost.evil.example", ""])
async def test_without_a_token_another_name_is_not_served(
    sidecar: Sidecar, session: aiohttp.ClientSession, host: str, path: str
) -> None:
    """A page in the operator's browser could have its own name lead here (DNS rebinding) and read the answers."""
    async with session.get(sidecar.address + path, headers={"Host": host}) as answer:
        assert answer.status == 421
        assert await answer.json() == {"error": "without a token only localhost is served"}


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8765", "localhost.", "127.0.0.1", "127.1.2.3:1", "[::1]:8765"]
)
async def test_every_name_of_this_machine_is_served(
    sidecar: Sidecar, session: aiohttp.ClientSession, host: str
) -> None:
    async with session.get(f"{sidecar.address}/healthz", headers={"Host": host}) as answer:
        assert answer.status == 200


async def test_with_a_token_every_name_is_served(session: aiohttp.ClientSession) -> None:
    headers = {"Host": "stats.example.org", "Authorization": f"Bearer {TOKEN}"}
    async with (
        Sidecar().running(token=TOKEN) as sidecar,
        session.get(f"{sidecar.address}/healthz", headers=headers) as answer,
    ):
        assert answer.status == 200


async def test_an_address_that_others_reach_is_not_opened_without_a_token() -> None:
    app = create_app(stats=tuple, reasons=tuple, stuck=tuple, clock=FakeClock(), version="1")
    with pytest.raises(ValueError, match="needs a token"):
        async with serve(app, host="0.0.0.0", port=0):  # noqa: S104  refused before it is bound
            pytest.fail("it was opened")


async def test_a_port_in_use_is_told(sidecar: Sidecar) -> None:
    app = create_app(stats=tuple, reasons=tuple, stuck=tuple, clock=FakeClock(), version="1")
    with pytest.raises(OSError, match="address already in use"):
        async with serve(app, port=int(sidecar.address.rsplit(":", 1)[1])):
            pytest.fail("it was opened")


async def test_the_command_line_tells_what_it_answers_in_words() -> None:
    wrong = Reason(kind=ReasonKind.TELEGRAM, text="Telegram gives no updates", since=Millis(0))
    async with Sidecar().running(token=TOKEN) as sidecar:
        stranger, ours = (
            Settings(stats_port=sidecar.port),
            Settings(stats_port=sidecar.port, stats_token=SecretStr(TOKEN)),
        )
        assert await ask(stranger, "/healthz", wait=0) == Said(is_well=False, words="a bearer token is needed")
        assert await ask(ours, "/healthz", wait=0) == Said(is_well=True, words="ok")
        assert await ask(ours, "/readyz", wait=0) == Said(is_well=True, words="ready")
        sidecar.reasons = (wrong,)
        assert await ask(ours, "/readyz", wait=0) == Said(is_well=False, words=wrong.text)
    assert "nobody listens there" in (await ask(ours, "/healthz", wait=0)).words


# --- headers and gzip ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*ROUTES, "/nope"])
async def test_every_answer_carries_the_security_headers(
    sidecar: Sidecar, session: aiohttp.ClientSession, path: str
) -> None:
    async with session.get(sidecar.address + path) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Server"] == "perpdesk"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", PAGE)
async def test_the_page_is_whole_without_anybody_else_and_without_inline_code(
    session: aiohttp.ClientSession, path: str
) -> None:
    async with Sidecar().running(token=TOKEN) as sidecar, session.get(sidecar.address + path) as answer:
        text, policy = await answer.text(), answer.headers["Content-Security-Policy"]
        assert (answer.status, answer.charset) == (200, "utf-8")
    assert "unsafe" not in policy
    assert set(re.findall(r"'[a-z]+'", policy)) == {"'none'", "'self'", "'script'"}
    assert re.sub(r"http://www\.w3\.org/2000/svg", "", text).count("://") == 0
    assert not re.search(r"""<style|\bstyle=|\bon[a-z]+="|<script>|innerHTML|url\(|@import""", text)


async def test_gzip_when_asked_and_worth_it(sidecar: Sidecar, session: aiohttp.ClientSession) -> None:
    for path, is_packed in (("/api/stats/cache", True), ("/metrics", True), ("/healthz", False)):
        async with session.get(sidecar.address + path, headers={"Accept-Encoding": "gzip, deflate"}) as answer:
            body = await answer.read()
            assert (answer.headers.get("Content-Encoding") == "gzip") is is_packed
            assert answer.headers.get("Vary") == ("Accept-Encoding" if is_packed else None)
            assert int(answer.headers["Content-Length"]) == len(body)
        async with session.get(sidecar.address + path) as answer:
            plain = await answer.read()
            assert "Content-Encoding" not in answer.headers
        if path == "/api/stats/cache":
            assert json.loads(gzip.decompress(body)) == json.loads(plain)
            assert len(body) < len(plain) / 3


async def test_no_answer_speaks_of_a_user(sidecar: Sidecar, session: aiohttp.ClientSession) -> None:
    await sidecar.reads.user_config(987654321)  # type: ignore[arg-type]  # a user id
    await sidecar.reads.balance(account(555666777, 987654321))
    for path in ROUTES:
        async with session.get(sidecar.address + path) as answer:
            text = await answer.text()
        assert "987654321" not in text
        assert "555666777" not in text
