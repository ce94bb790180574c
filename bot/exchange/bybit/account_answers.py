"""What Bybit answers about an account, as the domain's values. Raises ExchangeDown for what can't be read.

Field names and meanings: Bybit v5 documentation, "Get Wallet Balance", "Get Position Info", "Get Open & Closed
Orders", "Get Trade History", "Get Fee Rate", "Get API Key Information".
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeVar

from bot.domain.accounts import KeyCheck
from bot.domain.ids import DAY, AccountId, Millis, OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Balance, CoinBalance, Execution, FeeRate, Order, OrderType, Position, Side
from bot.exchange.bybit.fields import (
    Fields,
    amount,
    array,
    flag,
    identifier,
    level,
    moment,
    money,
    money_or_none,
    money_or_zero,
    part,
    position_idx,
    rows,
    symbol_of,
    text,
    text_or_empty,
    unreadable,
    whole,
)

_ANY_IP: Final = "*"
_UNSET: Final = "UNKNOWN"  # stopOrderType of an order that is none

E = TypeVar("E", bound=StrEnum)


def balance(result: Fields, account_id: AccountId, as_of: Millis) -> Balance:
    """The wallet of a unified account. Raises ExchangeDown if the answer has none."""
    accounts = rows(result)
    if not accounts:
        raise unreadable("list", "a wallet")
    wallet = accounts[0]
    return Balance(
        account_id=account_id,
        total_equity=money(wallet, "totalEquity"),
        total_wallet_balance=money_or_zero(wallet, "totalWalletBalance"),
        total_available=money_or_none(wallet, "totalAvailableBalance"),
        total_unrealised_pnl=money_or_zero(wallet, "totalPerpUPL"),
        total_initial_margin=money_or_none(wallet, "totalInitialMargin"),
        coins=tuple(map(_coin, rows(wallet, "coin"))),
        as_of=as_of,
    )


def _coin(row: Fields) -> CoinBalance:
    return CoinBalance(
        coin=text(row, "coin"),
        wallet_balance=money(row, "walletBalance"),
        equity=money_or_zero(row, "equity"),
        unrealised_pnl=money_or_zero(row, "unrealisedPnl"),
        usd_value=money_or_zero(row, "usdValue"),
    )


def positions(found: Iterable[Fields], category: Category, account_id: AccountId) -> tuple[Position, ...]:
    """Every leg that stands, once; hedge mode has a row for each side, the empty one too."""
    legs = (_position(row, category) for row in found if money_or_zero(row, "size"))
    return tuple({leg.leg_key(account_id): leg for leg in legs}.values())


def _position(row: Fields, category: Category) -> Position:
    return Position(
        category=category,
        symbol=symbol_of(row),
        position_idx=position_idx(row),
        side=_enum(Side, row, "side"),
        size=amount(row, "size"),
        entry_price=amount(row, "avgPrice"),
        mark_price=amount(row, "markPrice"),
        position_value=amount(row, "positionValue"),
        leverage=level(row, "leverage"),
        liquidation_price=level(row, "liqPrice"),
        unrealised_pnl=money_or_zero(row, "unrealisedPnl"),
        take_profit=level(row, "takeProfit"),
        stop_loss=level(row, "stopLoss"),
        trailing_stop=level(row, "trailingStop"),
        created_ts=moment(row, "createdTime"),
        updated_ts=moment(row, "updatedTime"),
    )


def orders(found: Iterable[Fields], category: Category) -> tuple[Order, ...]:
    """Every order once: pages are read one after the other while orders come and go."""
    return tuple({order.order_id: order for order in (_order(row, category) for row in found)}.values())


def _order(row: Fields, category: Category) -> Order:
    stop_order_type = text_or_empty(row, "stopOrderType")
    return Order(
        category=category,
        symbol=symbol_of(row),
        order_id=identifier(row, "orderId"),
        order_link_id=OrderLinkId(text_or_empty(row, "orderLinkId")),
        position_idx=position_idx(row),
        side=_enum(Side, row, "side"),
        order_type=_enum(OrderType, row, "orderType"),
        order_status=identifier(row, "orderStatus"),
        price=level(row, "price"),
        qty=amount(row, "qty"),
        cum_exec_qty=level(row, "cumExecQty") or Decimal(0),
        trigger_price=level(row, "triggerPrice"),
        stop_order_type="" if stop_order_type == _UNSET else stop_order_type,
        time_in_force=text_or_empty(row, "timeInForce"),
        reduce_only=flag(row, "reduceOnly"),
        take_profit=level(row, "takeProfit"),
        stop_loss=level(row, "stopLoss"),
        created_ts=moment(row, "createdTime"),
        updated_ts=moment(row, "updatedTime"),
    )


def executions(found: Iterable[Fields], category: Category) -> tuple[Execution, ...]:
    """The fills, newest first, each execId once."""
    fills = {execution.exec_id: execution for execution in (_execution(row, category) for row in found)}
    return tuple(sorted(fills.values(), key=lambda fill: fill.exec_ts, reverse=True))


def _execution(row: Fields, category: Category) -> Execution:
    symbol = symbol_of(row)
    return Execution(
        category=category,
        symbol=symbol,
        exec_id=identifier(row, "execId"),
        order_id=text(row, "orderId"),
        order_link_id=OrderLinkId(text_or_empty(row, "orderLinkId")),
        side=_enum(Side, row, "side"),
        exec_type=identifier(row, "execType"),
        exec_price=money(row, "execPrice"),
        exec_qty=money(row, "execQty"),
        exec_value=money_or_zero(row, "execValue"),
        exec_fee=money_or_zero(row, "execFee"),
        fee_currency=text_or_empty(row, "feeCurrency") or _settle_coin(symbol),
        is_maker=flag(row, "isMaker"),
        closed_size=money_or_zero(row, "closedSize"),
        exec_ts=moment(row, "execTime"),
    )


def _settle_coin(symbol: Symbol) -> str:
    """Bybit leaves the fee's coin empty for derivatives, where it is what the contract settles in."""
    return "USDT" if "USDT" in symbol else "USDC"


def fee_rate(result: Fields, symbol: Symbol) -> FeeRate:
    row = next((row for row in rows(result) if row.get("symbol") == symbol), None)
    if row is None:
        raise unreadable("list", "the fee rate of that symbol")
    return FeeRate(symbol=symbol, taker=money(row, "takerFeeRate"), maker=money(row, "makerFeeRate"))


def key_check(result: Fields, now: Millis) -> KeyCheck:
    """What a key may do. `permissions` as "Group:Name", sorted, so that an unknown name shows up as itself."""
    groups = part(result, "permissions")
    ips = tuple(_words(result, "ips")) if result.get("ips") is not None else ()
    return KeyCheck(
        bybit_uid=_uid(result),
        read_only=whole(result, "readOnly") != 0,
        permissions=tuple(sorted(f"{group}:{name}" for group in groups for name in _words(groups, group))),
        ips=() if _ANY_IP in ips else tuple(ip for ip in ips if ip),
        expires_at=_expires_at(result, now),
        checked_at=now,
    )


def _uid(result: Fields) -> str:
    """userID; where that is 0, the 64-bit one (new accounts are beyond 32 bits)."""
    for name in ("userID", "userIDInt64"):
        if result.get(name) is not None and (uid := whole(result, name)) > 0:
            return str(uid)
    raise unreadable("userID", "a user's id")


def _expires_at(result: Fields, now: Millis) -> Millis | None:
    """expiredAt, or deadlineDay from now; 1970 and a day of 0 or less stand for "does not expire"."""
    stamp = text_or_empty(result, "expiredAt")
    if stamp:
        try:
            moment_of_expiry = datetime.fromisoformat(stamp)
        except ValueError:
            raise unreadable("expiredAt", "a date") from None
        if moment_of_expiry.tzinfo is None:
            moment_of_expiry = moment_of_expiry.replace(tzinfo=UTC)
        expires_at = int(moment_of_expiry.timestamp() * 1000)
        if expires_at > 0:
            return Millis(expires_at)
    days = whole(result, "deadlineDay") if result.get("deadlineDay") is not None else 0
    return Millis(now + days * DAY) if days > 0 else None


def _words(fields: Fields, name: str) -> list[str]:
    words = array(fields, name)
    if not all(isinstance(word, str) for word in words):
        raise unreadable(name, "a list of words")
    return [word for word in words if isinstance(word, str)]


def _enum(kind: type[E], row: Fields, name: str) -> E:
    try:
        return kind(text(row, name))
    except ValueError:
        raise unreadable(name, "one of " + ", ".join(kind)) from None
