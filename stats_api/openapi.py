"""The sidecar's description in OpenAPI 3.1. Written by hand; tests compare it with the routes and their answers."""

from functools import cache
from typing import Any, Final

from bot.domain.health import ReasonKind
from stats_api.page_files import PAGE, PageFile
from stats_api.schemas import SCHEMAS

_COUNT: Final = {"type": "integer", "minimum": 0}

_REGION: Final[dict[str, Any]] = {
    "type": "object",
    "description": "One region of the cache since the start of the process.",
    "additionalProperties": False,
    "properties": {
        "hit_rate": {
            "type": ["number", "null"],
            "minimum": 0,
            "maximum": 1,
            "description": "(hits + coalesced) / reads; null before the first read.",
        },
        "size": {**_COUNT, "description": "Entries held; an expired one until it leaves."},
        "capacity": {"type": "integer", "minimum": 1},
        "bytes": {**_COUNT, "description": "About how large the entries are, as JSON."},
        "max_bytes": {"type": "integer", "minimum": 1, "description": "Above it those used least recently leave."},
        "ttl_seconds": {"type": "number", "exclusiveMinimum": 0},
        "hits": {**_COUNT, "description": "Reads answered from memory."},
        "coalesced": {**_COUNT, "description": "Reads that joined a load under way."},
        "misses": {**_COUNT, "description": "Reads that began a load."},
        "loads": {**_COUNT, "description": "Loads that ended, well or badly."},
        "load_failures": {**_COUNT, "description": "Loads that ended badly."},
        "overtaken_loads": {**_COUNT, "description": "Loads that a drop or a write overtook."},
        "loading": {**_COUNT, "description": "Loads under way."},
        "oldest_load_seconds": {"type": "number", "minimum": 0, "description": "Of those; 0: none is under way."},
        "evictions": {**_COUNT, "description": "Entries that were good and had to make room."},
        "expirations": {**_COUNT, "description": "Entries whose end was noticed."},
        "invalidations": {**_COUNT, "description": "Entries that were dropped."},
        "load_seconds": {"$ref": "#/components/schemas/LoadSeconds"},
    },
}
_REGION["required"] = list(_REGION["properties"])

_SCHEMAS: Final[dict[str, Any]] = {
    "Region": _REGION,
    "LoadSeconds": {
        "type": "object",
        "description": "How long loads took; buckets are cumulative, by their upper bound in seconds.",
        "additionalProperties": False,
        "required": ["count", "sum", "buckets"],
        "properties": {
            "count": _COUNT,
            "sum": {"type": "number", "minimum": 0},
            "buckets": {"type": "object", "additionalProperties": _COUNT},
        },
    },
    "Health": {
        "type": "object",
        "additionalProperties": False,
        "required": ["status"],
        "properties": {
            "status": {"type": "string", "enum": ["ok", "stuck"]},
            "stuck": {"type": "array", "items": {"type": "string"}},
        },
    },
    "Readiness": {
        "type": "object",
        "additionalProperties": False,
        "required": ["ready", "reasons"],
        "properties": {
            "ready": {"type": "boolean"},
            "reasons": {"type": "array", "items": {"$ref": "#/components/schemas/Reason"}},
        },
    },
    "Reason": {
        "type": "object",
        "additionalProperties": False,
        "required": ["reason", "text", "since", "age_seconds"],
        "properties": {
            "reason": {"type": "string", "enum": [kind.value for kind in ReasonKind]},
            "text": {"type": "string"},
            "since": {"type": "string", "description": "RFC 3339, UTC."},
            "age_seconds": {"type": "number", "minimum": 0},
        },
    },
    "Error": {
        "type": "object",
        "additionalProperties": False,
        "required": ["error"],
        "properties": {"error": {"type": "string"}},
    },
}

_ERRORS: Final = {
    "401": "A bearer token is needed; WWW-Authenticate says so.",
    "405": "Only GET and HEAD are served; Allow says so.",
    "421": "Without a token only requests to a loopback name (localhost, 127.0.0.1, [::1]) are served.",
    "413": "Nothing here takes a body over 1 KB, or one of unknown length.",
}


def _json(words: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": words, "content": {"application/json": {"schema": schema}}}


def _schema(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _path(summary: str, answers: dict[str, Any]) -> dict[str, Any]:
    errors = {status: _json(words, _schema("Error")) for status, words in _ERRORS.items()}
    operation = {"summary": summary, "responses": answers | errors}
    return {"get": operation, "head": {**operation, "summary": f"{summary} Headers only."}}


def _page(file: PageFile) -> dict[str, Any]:
    """A file of the dashboard: no token is demanded for it."""
    words = "A file of the dashboard's page; nothing in it is data."
    path = _path(words, {"200": {"description": words, "content": {file.kind: {"schema": {"type": "string"}}}}})
    for operation in path.values():
        operation["security"] = [{}]
        operation["responses"] = {status: said for status, said in operation["responses"].items() if status != "401"}
    return path


_TOKEN: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "Demanded when the sidecar has a token, which it must outside loopback.",
}


def _paths() -> dict[str, Any]:
    regions = {"type": "object", "additionalProperties": _schema("Region")}
    metrics = {
        "description": "The metrics in Prometheus' text format 0.0.4, at most a second old.",
        "content": {"text/plain": {"schema": {"type": "string"}}},
    }
    return {
        **{path: _page(file) for path, file in PAGE.items()},
        "/api/stats/overview": _path(
            "What the dashboard shows of now.", {"200": _json("Its panels.", _schema("Overview"))}
        ),
        "/api/stats/history": _path(
            "What the dashboard shows of the last hour.", {"200": _json("Its columns.", _schema("History"))}
        ),
        "/api/stats/cache": _path("The cache, region by region.", {"200": _json("Every region by its name.", regions)}),
        "/metrics": _path("What Prometheus scrapes.", {"200": metrics}),
        "/healthz": _path(
            "Whether the process goes on.",
            {
                "200": _json("It does.", _schema("Health")),
                "503": _json("It is stuck, and will be ended soon.", _schema("Health")),
            },
        ),
        "/readyz": _path(
            "Whether the bot serves its users.",
            {
                "200": _json("It does.", _schema("Readiness")),
                "503": _json("Not now, with the reasons.", _schema("Readiness")),
            },
        ),
        "/openapi.json": _path("This document.", {"200": _json("OpenAPI 3.1.", {"type": "object"})}),
    }


@cache
def describe(version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the sidecar, as /openapi.json answers it."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Perpdesk stats",
            "version": version,
            "description": "Statistics, metrics, health and readiness of one bot. No answer speaks of a user.",
        },
        "security": [{}, {"token": []}],
        "paths": _paths(),
        "components": {"schemas": _SCHEMAS | SCHEMAS, "securitySchemes": {"token": _TOKEN}},
    }
