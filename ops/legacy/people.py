"""Users of the old bot, their settings, and whose keys it kept in clear."""

import json
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from bot.domain.accounts import LegacyKeysMessage, TradeSettings
from bot.domain.chat import outbox_message
from bot.domain.ids import Millis, UserId
from bot.domain.portfolio import OrderType
from bot.domain.users import Language, NewUser
from bot.services.users.people import open_practice
from bot.services.users.preferences import RANGES, Range, SettingField
from ops.legacy.import_run import ImportRun
from ops.legacy.report import KEYS, Report
from ops.legacy.values import Row, amount, flag, from_seconds, text, user_id, whole
from storage.legacy.imports import LegacySettings

TABLE: Final = "users"
STRATEGIES: Final = "strategy_settings"
_RISK: Final = RANGES[SettingField.RISK_PERCENT]
_STOP: Final = RANGES[SettingField.STOP_LOSS_PERCENT]
_TARGET: Final = RANGES[SettingField.TAKE_PROFIT_PERCENT]
_OLD_LEVERAGE: Final = 10  # its default, which nobody had chosen
_MOST_LEVERAGE: Final = 100
_LANGUAGES: Final = MappingProxyType({"ua": Language.UKRAINIAN, **{each.value: each for each in Language}})
_NAME_LIMIT: Final = 256
_USERNAME_LIMIT: Final = 64
_LONGEST_JSON: Final = 64_000
_EXCHANGES: Final = frozenset({"bybit", "hyperliquid"})
_GONE: Final = ("hl_", "elc_")
_WALLET: Final = "a private key of HyperLiquid"
_KEYS: Final = MappingProxyType(
    {
        "api_key": "a Bybit key",
        "api_secret": "a Bybit key",
        "demo_api_key": "a Bybit Demo key",
        "demo_api_secret": "a Bybit Demo key",
        "real_api_key": "a Bybit Live key",
        "real_api_secret": "a Bybit Live key",
        "hl_private_key": _WALLET,
    }
)
# What the old bot had and this one has not, by the columns that show that somebody used it.
_LEFT: Final[Mapping[str, Callable[[Row], bool]]] = MappingProxyType(
    {
        "hl_*": lambda row: bool(text(row.get("hl_wallet_address"), 1)) or flag(row.get("hl_enabled")),
        "elc_*": lambda row: any(amount(row.get(f"elc_{each}")) for each in ("balance", "staked", "locked")),
        "spot": lambda row: flag(row.get("spot_enabled")) or bool(text(row.get("spot_settings"), 1)),
        "dca": lambda row: flag(row.get("dca_enabled")),
        "ladder": lambda row: flag(row.get("limit_ladder_enabled")) or bool(text(row.get("limit_ladder_settings"), 1)),
    }
)


async def take_people(run: ImportRun) -> None:
    """Everybody whom Telegram can know and we don't; a row of ours stays as it is."""
    settings: list[LegacySettings] = []
    for row in run.source.rows(TABLE):
        run.report.read(TABLE)
        user = user_id(row.get("user_id"))
        if user is None:
            run.report.drop(TABLE, row["row_number"], "no id that Telegram gives")
            continue
        for name, is_used in _LEFT.items():
            run.report.leave(name, int(is_used(row)), "is not in this bot")
        if user in run.known:
            run.report.drop(TABLE, row["row_number"], "is known here: what stands here stays")
        else:
            run.report.take(TABLE, await _add(run, user, row))
            run.known.add(user)
        await _tell_keys(run, user, row)
        settings += _strategies(run.report, user, row)
    await run.unit.legacy.add_settings(settings)


async def _add(run: ImportRun, user: UserId, row: Row) -> list[str]:
    """Book the person of that row; the names of what had to be changed."""
    unit, changes = run.unit, list[str]()
    new = NewUser(
        user_id=user,
        username=text(row.get("username"), _USERNAME_LIMIT) or None,
        first_name=text(row.get("first_name"), _NAME_LIMIT),
        language=_language(row.get("lang"), changes),
        start_payload=None,
    )
    first_seen = _seen(row.get("first_seen_ts"), run.at) or run.at
    await unit.users.ensure(new, first_seen)
    await unit.users.set_trade_settings(user, _trade_settings(row, changes))
    if flag(row.get("is_banned")):
        await unit.users.set_banned(user, banned=True)
    await unit.legacy.set_seen(user, _seen(row.get("last_seen_ts"), run.at) or first_seen)
    await open_practice(unit, user, run.at)
    return changes


def _seen(value: object, at: Millis) -> Millis | None:
    found = from_seconds(value)
    return None if found is None or found > at else found


def _language(value: object, changes: list[str]) -> Language:
    known = _LANGUAGES.get(text(value, 16).lower())
    if known is None:
        changes.append("a language that is not spoken here: English")
    return known or Language.ENGLISH


def _trade_settings(row: Row, changes: list[str]) -> TradeSettings:
    usual = TradeSettings()
    return TradeSettings(
        risk_percent=_percent(row, "percent", _RISK, usual.risk_percent, changes),
        stop_loss_percent=_percent(row, "sl_percent", _STOP, usual.stop_loss_percent, changes),
        take_profit_percent=_percent(row, "tp_percent", _TARGET, usual.take_profit_percent, changes),
        leverage=_leverage(row.get("leverage"), usual.leverage, changes),
        order_type=OrderType.LIMIT if text(row.get("global_order_type"), 8).lower() == "limit" else OrderType.MARKET,
    )


def _percent(row: Row, column: str, bounds: Range, usual: Decimal, changes: list[str]) -> Decimal:
    found = amount(row.get(column))
    if found is None:
        changes.append(f"{column} is no number: the default")
        return usual
    if not bounds.minimum <= found <= bounds.maximum:
        changes.append(f"{column} is out of range: the nearest that is allowed")
    return min(max(found, bounds.minimum), bounds.maximum)


def _leverage(value: object, usual: int, changes: list[str]) -> int:
    found = whole(value)
    if found is None:
        changes.append("leverage is no number: the default")
        return usual
    if found == _OLD_LEVERAGE:
        changes.append("leverage 10, the old default: the default")
        return usual
    if not 1 <= found <= _MOST_LEVERAGE:
        changes.append("leverage is out of range: the nearest that is allowed")
    return min(max(found, 1), _MOST_LEVERAGE)


async def _tell_keys(run: ImportRun, user: UserId, row: Row) -> None:
    """Whose keys lie in the old file, to the owner; and to whose they are."""
    found = dict.fromkeys(label for column, label in _KEYS.items() if text(row.get(column), 1))
    if not found:
        return
    run.report.tell(KEYS, user, f"{', '.join(found)}: they are told to revoke it")
    told = LegacyKeysMessage(has_keys=bool(found.keys() - {_WALLET}), has_wallet=_WALLET in found)
    message = outbox_message(told, user_id=user, idempotency_key=f"legacy-keys:{user}")
    await run.unit.enqueue(message, run.at)


def _strategies(report: Report, user: UserId, row: Row) -> list[LegacySettings]:
    """Both forms as they stand, without what is of exchanges and coins that are not here."""
    written = row.get(STRATEGIES)
    if not text(written, 1):
        return []
    report.read(STRATEGIES)
    try:
        found, is_whole = _split(user, text(written, _LONGEST_JSON + 1))
    except (ValueError, RecursionError):  # nested too deeply
        report.drop(STRATEGIES, row["row_number"], "no JSON object that can be read")
        return []
    report.take(STRATEGIES, [] if is_whole else ["without settings of HyperLiquid and ELC"])
    return [found]


def _split(user: UserId, written: str) -> tuple[LegacySettings, bool]:
    """And whether nothing was left out. Raises ValueError, RecursionError."""
    parsed = json.loads(written, parse_constant=lambda _: None, parse_float=_finite)
    if not isinstance(parsed, dict):
        raise ValueError("no object")  # noqa: TRY004  as broken JSON is
    kept = _without_gone(parsed)
    versioned = {name: kept.pop(name) for name in list(kept) if name in _EXCHANGES}
    versioned.pop("hyperliquid", None)
    is_whole = json.dumps({**kept, **versioned}, sort_keys=True) == json.dumps(parsed, sort_keys=True)
    return LegacySettings(user_id=user, plain=_json(kept), versioned=_json(versioned)), is_whole


def _finite(written: str) -> float | None:
    found = float(written)
    return found if math.isfinite(found) else None


def _without_gone(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _without_gone(each) for name, each in value.items() if not name.startswith(_GONE)}


def _json(values: dict[str, Any]) -> str | None:
    return json.dumps(values, separators=(",", ":")) if values else None
