"""Invoice messages: the Pay button, and what becomes of it in forwarded copies."""

from typing import Any

from ops.sim.telegram.keyboards import pay_button
from ops.sim.telegram.model import Chat, JsonObject
from ops.sim.telegram.stars import Invoice
from ops.sim.telegram.world import World


def keep_invoice(world: World, chat: Chat, message_id: int, invoice: Invoice) -> None:
    """From now on that message can be paid."""
    chat.invoices[message_id] = invoice
    world.changed("invoice", chat.owner, chat.id, message_id)


def forwarded_invoice(world: World, source: Chat, message: JsonObject) -> tuple[JsonObject, Invoice | None]:
    """The content of a forwarded invoice, and the invoice if the copy can be paid.

    Without a start_parameter the copy keeps a working Pay button, with one it has a link into the bot instead.
    """
    content: JsonObject = {"invoice": message["invoice"]}
    invoice = source.invoices.get(message["message_id"])
    if invoice is None:
        return content | {name: message[name] for name in ("reply_markup",) if name in message}, None
    button = _first_button(message) or pay_button(invoice.total_amount)
    if invoice.start_parameter:
        looks = {name: value for name, value in button.items() if name != "pay"}
        username = world.bots[invoice.bot_id].username
        button = {**looks, "url": f"https://t.me/{username}?start={invoice.start_parameter}"}
    content["reply_markup"] = {"inline_keyboard": [[button]]}
    return content, None if invoice.start_parameter else invoice


def _first_button(message: JsonObject) -> dict[str, Any] | None:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return rows[0][0] if rows else None
