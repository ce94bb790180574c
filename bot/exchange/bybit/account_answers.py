"""What Bybit answers about an account, as the domain's values. Raises ExchangeUnreadable for what can't be read.

Field names and meanings: Bybit v5 documentation, "Get Wallet Balance", "Get Position Info", "Get Open & Closed
Orders", "Get Trade History", "Get Closed PnL", "Get Fee Rate", "Get API Key Information".
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from bot.domain.accounts import KeyCheck
from bot.domain.errors import ExchangeUnreadable
from bot.domain.ids import DAY, AccountId, Millis, OrderLinkId, Symbol
from bot.domain.market import Category
from bot.domain.portfolio import Balance, CoinBalance, Execution, FeeRate, Order, OrderType, Position, Side
from bot.domain.secrets import Secret
from bot.domain.trades import ClosedPnl
from bot.exchange.bybit.answer import Answer, Row
from bot.exchange.bybit.fields import (
    Fields,
    amount,
    amount_or_none,
    array,
    flag,
    identifier,
    listed,
    moment,
    money,
    one_of,
    part,
    position_idx,
    symbol_of,
    text,
    unreadable,
    whole,
    words,
)

_ANY_IP: Final = "*"
_CLASSIC: Final = 1  # unifiedMarginStatus; unified accounts have 3 to 6
_MOST_DAYS: Final = 36_500  # no key lives longer; what is beyond the calendar can't be stored
_UNSET: Final = "UNKNOWN"  # stopOrderType of an order that is none; orderType of one that is neither; triggerBy …
_NO_REASON: Final = "EC_NoError"  # rejectReason of an order that was not refused
_NEVER_TRADED: Final = -1


def balance(answer: Answer, account_id: AccountId, as_of: Millis) -> Balance:
    """The wallet of a unified account. Raises ExchangeUnreadable if the answer has none."""
    accounts = answer.objects()
    if not accounts:
        raise unreadable("list", "a wallet")
    wallet = answer.row(accounts[0])
    coins, lost = answer.each(_coins_of(wallet), _coin, named_by="coin")
    return Balance(
        account_id=account_id,
        total_equity=wallet.maybe(money, "totalEquity"),
        total_wallet_balance=wallet.maybe(money, "totalWalletBalance"),
        total_available=wallet.maybe(money, "totalAvailableBalance"),
        total_unrealised_pnl=wallet.maybe(money, "totalPerpUPL"),
        total_initial_margin=wallet.maybe(money, "totalInitialMargin"),
        coins=tuple(coins),
        as_of=as_of,
        unreadable=lost,
    )


def _coins_of(wallet: Row) -> list[object]:
    """The rows of coins. Where there is no list of them something stands there: one row that can't be read."""
    try:
        return array(wallet.fields, "coin")
    except ExchangeUnreadable:
        return [None]


def _coin(row: Row) -> CoinBalance:
    return CoinBalance(
        coin=identifier(row.fields, "coin"),
        wallet_balance=row.maybe(money, "walletBalance"),
        equity=row.maybe(money, "equity"),
        unrealised_pnl=row.maybe(money, "unrealisedPnl"),
        usd_value=row.maybe(money, "usdValue"),
    )


def positions(answer: Answer, category: Category) -> tuple[list[Position], tuple[str, ...]]:
    """Every leg that stands, and the symbols of the unreadable; hedge mode has a row for the empty side too."""
    return answer.each(listed(answer.fields, "list"), lambda row: _position(row, category))


def _position(row: Row, category: Category) -> Position | None:
    if _is_empty_leg(row.fields):
        return None
    return Position(
        category=category,
        symbol=symbol_of(row.fields),
        position_idx=position_idx(row.fields),
        side=one_of(Side, row.fields, "side"),
        size=amount(row.fields, "size"),
        entry_price=row.maybe(amount, "avgPrice"),
        mark_price=row.maybe(amount, "markPrice"),
        position_value=row.maybe(amount, "positionValue"),
        leverage=row.maybe(amount_or_none, "leverage"),
        liquidation_price=row.maybe(amount_or_none, "liqPrice"),
        unrealised_pnl=row.maybe(money, "unrealisedPnl"),
        take_profit=row.maybe(amount_or_none, "takeProfit"),
        stop_loss=row.maybe(amount_or_none, "stopLoss"),
        trailing_stop=row.maybe(amount_or_none, "trailingStop"),
        created_ts=row.maybe(moment, "createdTime") or None,
        updated_ts=row.maybe(moment, "updatedTime") or None,
        break_even_price=row.maybe(amount_or_none, "breakEvenPrice"),
        seq=_seq(row),
        unread=tuple(row.odd),
    )


def _seq(row: Row) -> int:
    """Of the last transaction; -1 where nothing was ever traded, or nothing is said."""
    value = None if row.fields.get("seq") in (_NEVER_TRADED, str(_NEVER_TRADED)) else row.maybe(whole, "seq")
    return _NEVER_TRADED if value is None else value


def _is_empty_leg(fields: Fields) -> bool:
    """A size of 0; or no size and no side, as Bybit writes a leg that nobody ever had."""
    if fields.get("size") == "":
        return fields.get("side") in ("", "None")
    return not money(fields, "size")


def orders(answer: Answer, category: Category) -> tuple[list[Order], tuple[str, ...]]:
    """The orders, and the symbols of the unreadable ones."""
    return answer.each(listed(answer.fields, "list"), lambda row: _order(row, category))


def _order(row: Row, category: Category) -> Order:
    return Order(
        category=category,
        symbol=symbol_of(row.fields),
        order_id=identifier(row.fields, "orderId"),
        order_link_id=OrderLinkId(row.maybe(text, "orderLinkId") or ""),
        position_idx=_order_position_idx(row, category),
        side=one_of(Side, row.fields, "side"),
        order_type=row.maybe(_order_type, "orderType"),
        order_status=row.maybe(text, "orderStatus") or "",
        price=row.maybe(amount_or_none, "price"),
        qty=amount(row.fields, "qty"),
        cum_exec_qty=row.maybe(amount, "cumExecQty"),
        trigger_price=row.maybe(amount_or_none, "triggerPrice"),
        stop_order_type=_word(row, "stopOrderType"),
        time_in_force=row.maybe(text, "timeInForce") or "",
        reduce_only=row.maybe(flag, "reduceOnly"),
        take_profit=row.maybe(amount_or_none, "takeProfit"),
        stop_loss=row.maybe(amount_or_none, "stopLoss"),
        created_ts=row.maybe(moment, "createdTime") or None,
        updated_ts=row.maybe(moment, "updatedTime") or None,
        avg_price=row.maybe(amount_or_none, "avgPrice"),
        trigger_by=_word(row, "triggerBy"),
        create_type=_word(row, "createType"),
        cancel_type=_word(row, "cancelType"),
        reject_reason=_reject_reason(row),
        parent_order_link_id=OrderLinkId(row.maybe(text, "parentOrderLinkId") or ""),
        unread=tuple(row.odd),
    )


def _word(row: Row, name: str) -> str:
    """A word of Bybit's; "" for the one that says that there is none."""
    word = row.maybe(text, name) or ""
    return "" if word == _UNSET else word


def _reject_reason(row: Row) -> str:
    reason = _word(row, "rejectReason")
    return "" if reason == _NO_REASON else reason


def _order_position_idx(row: Row, category: Category) -> int:
    """Which leg the order is of; spot has none."""
    return position_idx(row.fields) if category is Category.LINEAR else 0


def _order_type(fields: Fields, name: str) -> OrderType | None:
    """None for the documented word of an order that is neither."""
    return None if fields.get(name) == _UNSET else one_of(OrderType, fields, name)


def executions(answer: Answer, category: Category) -> tuple[list[Execution], tuple[str, ...]]:
    """The fills, and the symbols of the unreadable ones."""
    return answer.each(listed(answer.fields, "list"), lambda row: _execution(row, category))


def _execution(row: Row, category: Category) -> Execution:
    symbol = symbol_of(row.fields)
    fee_currency = row.maybe(text, "feeCurrency") or ""
    return Execution(
        category=category,
        symbol=symbol,
        exec_id=identifier(row.fields, "execId"),
        order_id=row.maybe(text, "orderId") or "",
        order_link_id=OrderLinkId(row.maybe(text, "orderLinkId") or ""),
        side=one_of(Side, row.fields, "side"),
        exec_type=row.maybe(text, "execType") or "",
        exec_price=row.maybe(money, "execPrice"),
        exec_qty=money(row.fields, "execQty"),
        exec_value=row.maybe(money, "execValue"),
        exec_fee=row.maybe(money, "execFee"),
        fee_currency=fee_currency or (_settle_coin(symbol) if category is Category.LINEAR else ""),
        is_maker=row.maybe(flag, "isMaker"),
        closed_size=row.maybe(money, "closedSize"),
        exec_ts=row.maybe(moment, "execTime") or None,
        create_type=_word(row, "createType"),
    )


def closed_pnl(answer: Answer) -> list[ClosedPnl]:
    """What each order closed brought. One that can't be read is left out: its trade has no result then."""
    items, _ = answer.each(
        array(answer.fields, "list"),
        lambda row: ClosedPnl(
            symbol=symbol_of(row.fields), order_id=identifier(row.fields, "orderId"), pnl=money(row.fields, "closedPnl")
        ),
    )
    return items


def _settle_coin(symbol: Symbol) -> str:
    """Bybit leaves the fee's coin empty for derivatives, where it is what the contract settles in."""
    return "USDT" if "USDT" in symbol else "USDC"


def fee_rate(answer: Answer, symbol: Symbol) -> FeeRate:
    """Raises ExchangeUnreadable for an answer without that symbol's rates."""
    row = answer.object_of(symbol)
    if row is None:
        raise unreadable("list", "the fee rate of that symbol")
    return FeeRate(symbol=symbol, taker=money(row.fields, "takerFeeRate"), maker=money(row.fields, "makerFeeRate"))


def key_check(answer: Answer, now: Millis) -> KeyCheck:
    """What a key may do. `permissions` as "Group:Name", sorted, so that an unknown name shows up as itself."""
    result = answer.fields
    row = answer.row(result)
    uta = row.maybe(whole, "uta")
    groups = part(result, "permissions")
    ips = tuple(words(result, "ips")) if result.get("ips") is not None else ()
    return KeyCheck(
        bybit_uid=_uid(result),
        read_only=whole(result, "readOnly") != 0,
        permissions=tuple(sorted(f"{group}:{name}" for group in groups for name in _names(groups, group))),
        ips=() if _ANY_IP in ips else tuple(ip for ip in ips if ip),
        expires_at=_expires_at(result, now),
        checked_at=now,
        is_unified=None if uta is None else uta > 0,
        is_master=row.maybe(flag, "isMaster"),
        key_kind=row.maybe(whole, "type"),
    )


def key_check_without_rights(answer: Answer, uid: str, now: Millis) -> KeyCheck:
    """Of an answer of account/info: the key is taken there, which is all that it says of the key."""
    margin_status = answer.row(answer.fields).maybe(whole, "unifiedMarginStatus")
    return KeyCheck(
        bybit_uid=uid,
        read_only=False,
        permissions=(),
        ips=(),
        expires_at=None,
        checked_at=now,
        is_unified=None if margin_status is None else margin_status > _CLASSIC,
        is_complete=False,
    )


def uid_of_key(api_key: Secret) -> str:
    """What stands for the user's id where Bybit does not tell it: digits that no id of Bybit's begins with."""
    return "0" + str(int.from_bytes(sha256(api_key.reveal().encode()).digest()[:8]))[:19]


def _names(groups: Fields, group: str) -> list[str]:
    """The rights of a group, whose name is Bybit's to choose and therefore not in the error."""
    return words({"permissions": groups[group]}, "permissions")


def _uid(result: Fields) -> str:
    """userID; where that is 0, the 64-bit one (new accounts are beyond 32 bits)."""
    for name in ("userID", "userIDInt64"):
        if result.get(name) is not None and (uid := whole(result, name)) > 0:
            return str(uid)
    raise unreadable("userID", "a user's id")


def _expires_at(result: Fields, now: Millis) -> Millis | None:
    """expiredAt, or deadlineDay from now; 1970 and a day of 0 or less stand for "does not expire"."""
    stamp = text(result, "expiredAt") if result.get("expiredAt") is not None else ""
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
    if days > _MOST_DAYS:
        raise unreadable("deadlineDay", "a number of days")
    return Millis(now + days * DAY) if days > 0 else None
