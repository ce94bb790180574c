"""How invoices, charges and what else Stars leave behind are written as JSON rows, and made again from them."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from ops.sim.telegram.model import Chat, JsonObject
from ops.sim.telegram.stars import Charge, Checkout, Invoice, StarBook, Subscription, Transaction
from ops.sim.telegram.world import World

FindChat = Callable[[World, int, int], Chat | None]
Rows = dict[str, list[tuple[list[str], JsonObject]]]


def _book(world: World, bot_id: int) -> StarBook:
    bot = world.known_bot(bot_id)
    return bot.stars if bot else StarBook()


def _link(world: World, bot_id: int, slug: str) -> JsonObject:
    return asdict(_book(world, bot_id).links[slug])


def _checkout(world: World, bot_id: int, checkout_id: str) -> JsonObject | None:
    checkout = _book(world, bot_id).checkouts.get(checkout_id)
    if checkout is None:
        return None
    row: JsonObject = {name: getattr(checkout, name) for name in ("id", "user_id", "expires_at")}
    return row | {"chat_id": checkout.chat.id, "invoice": asdict(checkout.invoice)}


def _charge(world: World, bot_id: int, charge_id: str) -> JsonObject:
    return asdict(_book(world, bot_id).charges[charge_id])


def _subscription(world: World, bot_id: int, charge_id: str) -> JsonObject | None:
    subscription = _book(world, bot_id).subscriptions.get(charge_id)
    return asdict(subscription) if subscription else None


def _transaction(world: World, bot_id: int, index: int) -> JsonObject:
    return asdict(_book(world, bot_id).transactions[index])


STAR_DUMPS: Final[dict[str, Callable[..., JsonObject | None]]] = {
    "invoice_link": _link,
    "checkout": _checkout,
    "charge": _charge,
    "subscription": _subscription,
    "transaction": _transaction,
}
"""By kind of row; the row of an invoice message is with the chats'."""


def restore_stars(world: World, rows: Rows, find_chat: FindChat) -> None:
    """Put back what concerns Stars, once bots, chats and messages are there."""
    for (owner, chat_id, message_id), row in rows.get("invoice", []):
        chat = find_chat(world, int(owner), int(chat_id))
        if chat is not None:
            chat.invoices[int(message_id)] = Invoice(**row)
    for (bot_id, slug), row in rows.get("invoice_link", []):
        _book(world, int(bot_id)).links[slug] = Invoice(**row)
    for (bot_id, charge_id), row in rows.get("charge", []):
        _book(world, int(bot_id)).charges[charge_id] = Charge(**_with_invoice(row))
    for (bot_id, charge_id), row in rows.get("subscription", []):
        _book(world, int(bot_id)).subscriptions[charge_id] = Subscription(**_with_invoice(row))
    for (bot_id, _), row in sorted(rows.get("transaction", []), key=lambda line: int(line[0][1])):
        _book(world, int(bot_id)).enter(Transaction(**row))
    for (bot_id, checkout_id), row in sorted(rows.get("checkout", []), key=lambda line: float(line[1]["expires_at"])):
        chat = find_chat(world, int(bot_id), row.pop("chat_id"))
        if chat is not None:
            _book(world, int(bot_id)).checkouts[checkout_id] = Checkout(**_with_invoice(row), chat=chat)


def _with_invoice(row: JsonObject) -> dict[str, Any]:
    return row | {"invoice": Invoice(**row["invoice"])}
