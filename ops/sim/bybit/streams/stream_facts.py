"""The table of facts about Bybit's WebSockets, read once from ops/sim/data/bybit_streams.json."""

from typing import Any, Final

import orjson

from ops.sim.bybit.facts import DATA

_TABLE: Final[dict[str, Any]] = orjson.loads((DATA / "bybit_streams.json").read_bytes())

DEPTHS: Final[dict[str, list[str]]] = _TABLE["depths"]
"""Of order books, by category."""
INTERVALS: Final[list[str]] = _TABLE["intervals"]
"""Of candles."""
KINDS: Final[dict[str, list[str]]] = _TABLE["kinds"]
"""First words of public topics, by category."""
TICKERS: Final[dict[str, list[str]]] = {kind: _TABLE["tickers"][kind] for kind in ("perpetual", "dated", "spot")}
"""Fields of a ticker."""
OPTION_TICKER: Final[dict[str, str]] = _TABLE["tickers"]["option"]
"""Fields of an option's ticker, each with the one of market/tickers that it is."""
PRIVATE: Final[dict[str, list[str]]] = _TABLE["private"]
"""Private topics, with the categories that may follow them."""
FAST: Final[list[str]] = _TABLE["fast"]
"""Fields of execution.fast."""
LIMITS: Final[dict[str, int]] = _TABLE["limits"]
ACTIVE_SECONDS: Final[dict[str, int]] = _TABLE["active_seconds"]
