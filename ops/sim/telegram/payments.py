"""How Stars move: a person confirms, the bot is asked, the Stars go, and some of them go back.

A payment takes three steps, each within one step of the loop:

    ask      the bot gets pre_checkout_query and has PRE_CHECKOUT_SECONDS to answer it
    answer   answerPreCheckoutQuery; with ok the Stars move and the bot gets successful_payment
    refund   refundStarPayment; the Stars come back and the bot gets refunded_payment, which it sent itself

The payer's page is told the end of each checkout by the event `settled`, whose text is one of OUTCOMES.
"""

import asyncio
import base64
from typing import Final

from ops.sim.telegram.errors import ControlError, bad_request
from ops.sim.telegram.messages import new_message
from ops.sim.telegram.model import Bot, Chat, JsonObject
from ops.sim.telegram.stars import Charge, Checkout, Invoice, Subscription, Transaction
from ops.sim.telegram.world import World

PRE_CHECKOUT_SECONDS: Final = 10.0
"""https://core.telegram.org/bots/api#answerprecheckoutquery"""
WATCH_SECONDS: Final = 0.2
OUTCOMES: Final = ("paid", "refused", "expired", "short")
"""`short`: the payer no longer had the Stars when the bot agreed."""
_CHECKOUT_LANE: Final = 4 << 33


def ask(world: World, owner: Bot, chat: Chat, user_id: int, invoice: Invoice) -> tuple[Checkout, int | None]:
    """Ask the bot whether that person may pay; returns the checkout and the update, if the bot wants such.

    Raises ControlError if the person has too few Stars.
    """
    user = world.user(user_id)
    if user.stars < invoice.total_amount:
        raise ControlError(
            f"user {user_id} has {user.stars} Stars and the invoice asks for {invoice.total_amount}", stars=user.stars
        )
    expires_at = world.now() + PRE_CHECKOUT_SECONDS
    checkout = Checkout(id=world.new_id(), chat=chat, user_id=user_id, invoice=invoice, expires_at=expires_at)
    owner.stars.checkouts[checkout.id] = checkout
    world.changed("checkout", owner.id, checkout.id)
    query: JsonObject = {
        "id": checkout.id,
        "from": user.card(),
        "currency": invoice.card()["currency"],
        "total_amount": invoice.total_amount,
        "invoice_payload": invoice.payload,
    }
    return checkout, owner.updates.push("pre_checkout_query", query, lane=user_id + _CHECKOUT_LANE)


def answer(world: World, bot: Bot, query_id: str, refusal: str | None) -> None:
    """The bot agrees, or refuses with a message for the payer. Raises ApiError 400 once it is too late."""
    checkout = bot.stars.checkouts.get(query_id)
    if checkout is None or checkout.expires_at <= world.now():
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    world.events.record(
        checkout.chat,
        "checked",
        by_bot=True,
        bot_id=bot.id,
        user_id=checkout.user_id,
        pre_checkout_query_id=query_id,
        ok=refusal is None,
        error_message=refusal,
    )
    if refusal is not None:
        _finish(world, bot, checkout, "refused", refusal)
    elif world.user(checkout.user_id).stars < checkout.invoice.total_amount:
        _finish(world, bot, checkout, "short")
    else:
        _charge(world, bot, checkout.user_id, checkout.invoice)
        _finish(world, bot, checkout, "paid")


def refund(world: World, bot: Bot, user_id: int, charge_id: str) -> None:
    """The bot gives the Stars of a charge back. Raises ApiError 400."""
    charge = bot.stars.charges.get(charge_id)
    if user_id not in world.users:
        raise bad_request("USER_ID_INVALID")
    if charge is None or charge.user_id != user_id:
        raise bad_request("CHARGE_NOT_FOUND")
    if charge.returned:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    _give_back(world, bot, charge)
    chat = world.dialog(bot, user_id)
    message = new_message(world, chat, bot, bot, {"refunded_payment": charge.card()})
    _publish(world, bot, chat, message, by_bot=True)


def charge_back(world: World, bot: Bot, user_id: int, charge_id: str) -> None:
    """The shop that sold the Stars takes them from the bot again; the bot only sees the transaction.

    Raises ControlError if there is no such charge, or nothing left of it.
    """
    charge = bot.stars.charges.get(charge_id)
    if charge is None or charge.user_id != user_id:
        raise ControlError(f"user {user_id} has no charge {charge_id!r}", 404)
    if charge.returned:
        raise ControlError("these Stars went back already")
    _give_back(world, bot, charge)


def set_renewal(world: World, bot: Bot, user_id: int, charge_id: str, *, is_canceled: bool) -> None:
    """The bot cancels a subscription at the end of its period, or lets it go on. Raises ApiError 400."""
    subscription = bot.stars.subscriptions.get(charge_id)
    if subscription is None or subscription.user_id != user_id:
        raise bad_request("CHARGE_ID_INVALID")
    subscription.is_canceled = is_canceled
    world.changed("subscription", bot.id, charge_id)


def expire(world: World) -> None:
    """End the checkouts no bot has answered in time."""
    now = world.now()
    for bot in world.bots.values():
        checkouts = bot.stars.checkouts
        while checkouts and (oldest := next(iter(checkouts.values()))).expires_at <= now:
            _finish(world, bot, oldest, "expired")


def renew(world: World) -> None:
    """Charge subscriptions whose period is over; those canceled, or without the Stars, end."""
    now = world.now()
    for bot in world.bots.values():
        for due in [one for one in bot.stars.subscriptions.values() if one.expires_at <= now]:
            if due.is_canceled or world.user(due.user_id).stars < due.invoice.total_amount:
                del bot.stars.subscriptions[due.charge_id]
            else:
                due.expires_at += due.invoice.subscription_period
                _charge(world, bot, due.user_id, due.invoice, renews=due)
            world.changed("subscription", bot.id, due.charge_id)


async def keep_time(world: World) -> None:
    """Expire and renew for as long as the server runs; cancel to stop."""
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        expire(world)
        renew(world)


def _finish(world: World, bot: Bot, checkout: Checkout, outcome: str, refusal: str | None = None) -> None:
    del bot.stars.checkouts[checkout.id]
    world.changed("checkout", bot.id, checkout.id)
    world.events.record(
        checkout.chat,
        "settled",
        by_bot=False,
        bot_id=bot.id,
        user_id=checkout.user_id,
        pre_checkout_query_id=checkout.id,
        text=outcome,
        error_message=refusal,
    )


def _charge(world: World, bot: Bot, user_id: int, invoice: Invoice, *, renews: Subscription | None = None) -> None:
    """Move the Stars and tell the bot, in the payer's private chat with it."""
    book, now = bot.stars, int(world.now())
    charge = Charge(
        id="stx" + base64.urlsafe_b64encode(world.random.randbytes(48)).decode(),
        provider_id=f"{user_id}_{len(book.charges) + 1}",
        user_id=user_id,
        invoice=invoice,
        date=now,
    )
    book.charges[charge.id] = charge
    world.changed("charge", bot.id, charge.id)
    _move(world, bot, charge, is_outgoing=False)
    payment = charge.card() | {"provider_payment_charge_id": charge.provider_id}
    if invoice.subscription_period:
        subscription = renews or _subscribe(world, bot, charge)
        payment |= {"subscription_expiration_date": subscription.expires_at, "is_recurring": True}
        payment |= {} if renews else {"is_first_recurring": True}
    chat = world.dialog(bot, user_id)
    if not chat.opened:
        chat.opened = True
        world.changed("chat", chat.owner, chat.id)
    message = new_message(world, chat, bot, world.user(user_id), {"successful_payment": payment})
    _publish(world, bot, chat, message, by_bot=False)


def _subscribe(world: World, bot: Bot, charge: Charge) -> Subscription:
    subscription = Subscription(
        charge_id=charge.id,
        user_id=charge.user_id,
        invoice=charge.invoice,
        expires_at=charge.date + charge.invoice.subscription_period,
    )
    bot.stars.subscriptions[charge.id] = subscription
    world.changed("subscription", bot.id, charge.id)
    return subscription


def _give_back(world: World, bot: Bot, charge: Charge) -> None:
    charge.returned = True
    world.changed("charge", bot.id, charge.id)
    _move(world, bot, charge, is_outgoing=True)


def _move(world: World, bot: Bot, charge: Charge, *, is_outgoing: bool) -> None:
    """From the person to the bot, or back."""
    user, amount = world.user(charge.user_id), charge.invoice.total_amount
    user.stars += amount if is_outgoing else -amount
    world.changed("user", user.id)
    line = Transaction(charge_id=charge.id, date=int(world.now()), is_outgoing=is_outgoing)
    world.changed("transaction", bot.id, bot.stars.enter(line))


def _publish(world: World, bot: Bot, chat: Chat, message: JsonObject, *, by_bot: bool) -> None:
    """Put a service message into the chat and tell the bot of it, even where it sent it itself."""
    world.store(chat, message)
    bot.updates.push("message", message, lane=chat.id)
    user_id = 0 if by_bot else chat.id
    world.events.record(chat, "sent", by_bot=by_bot, bot_id=bot.id, user_id=user_id, message=message)
