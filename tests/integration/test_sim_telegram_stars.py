"""Payments in Stars over the stand-in's own HTTP: control calls, events, faults, redelivery, restarts."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientTimeout
from harness.sim_telegram import TOKEN, Driver, driven
from harness.waiting import until

from ops.sim.telegram.stars import FIRST_BALANCE
from ops.sim.telegram.world import World

pytestmark = pytest.mark.usefixtures("started")

OFFER: dict[str, Any] = {
    "title": "Basic, 30 days",
    "description": "Demo and paper",
    "payload": "offer:1",
    "currency": "XTR",
    "prices": [{"label": "Basic", "amount": 100}],
}


async def invoice(sim: Driver, **changes: Any) -> int:
    sent = await sim.call("sendInvoice", chat_id=1000, **OFFER | changes)
    message_id: int = sent["message_id"]
    return message_id


async def confirm(sim: Driver, message_id: int, user: int = 1000) -> dict[str, Any]:
    """A person presses Pay."""
    answer: dict[str, Any] = await sim.sim("POST", f"users/{user}/pay", message_id=message_id)
    return answer


async def agree(sim: Driver, query_id: str) -> None:
    assert await sim.call("answerPreCheckoutQuery", pre_checkout_query_id=query_id, ok=True) is True


async def paid(sim: Driver) -> dict[str, Any]:
    """A whole payment; returns the SuccessfulPayment."""
    await agree(sim, (await confirm(sim, await invoice(sim)))["pre_checkout_query_id"])
    payment: dict[str, Any] = (await sim.updates())[-1]["message"]["successful_payment"]
    return payment


async def balance(sim: Driver, user: int = 1000) -> int:
    stars: int = (await sim.sim("PUT", f"users/{user}"))["stars"]
    return stars


async def unanswered(sim: Driver, method: str, **params: Any) -> None:
    """Call a method whose answer is lost."""
    with pytest.raises(TimeoutError):
        await sim.raw("POST", f"/bot{TOKEN}/{method}", json=params, timeout=ClientTimeout(total=2))


async def test_the_control_call_leads_from_the_press_to_the_check(sim: Driver) -> None:
    message_id = await invoice(sim)
    pressed = await confirm(sim, message_id)
    assert pressed.keys() == {"update_id", "pre_checkout_query_id", "seq"}
    query = (await sim.updates())[-1]
    assert query["update_id"] == pressed["update_id"]
    assert query["pre_checkout_query"]["id"] == pressed["pre_checkout_query_id"]
    waiting = asyncio.create_task(sim.sim("GET", f"chats/1000/events?after={pressed['seq']}&wait=5"))
    await agree(sim, pressed["pre_checkout_query_id"])
    (checked,) = await waiting
    assert {name: checked[name] for name in ("kind", "ok", "pre_checkout_query_id")} == {
        "kind": "checked",
        "ok": True,
        "pre_checkout_query_id": pressed["pre_checkout_query_id"],
    }
    assert await sim.sim("GET", f"chats/1000/events?after={checked['seq']}") == []
    last = (await sim.sim("GET", "chats/1000/messages"))[-1]
    assert last["successful_payment"]["total_amount"] == 100
    assert await balance(sim) == FIRST_BALANCE - 100


async def test_balances_are_set_and_asked_for(sim: Driver) -> None:
    user = await sim.sim("PUT", "users/1000", first_name="Ann", stars=99)
    assert user == {"id": 1000, "is_bot": False, "first_name": "Ann", "stars": 99}
    assert (await sim.sim("PUT", "users/1000", language_code="ru"))["stars"] == 99
    message_id = await invoice(sim)
    refused = await sim.sim("POST", "users/1000/pay", expect=400, message_id=message_id)
    assert refused == {"error": "user 1000 has 99 Stars and the invoice asks for 100", "stars": 99}
    for wrong in (-1, "9", 10**13):
        assert "stars must be" in (await sim.sim("PUT", "users/1000", expect=400, stars=wrong))["error"]


async def test_wrong_payments_are_refused(sim: Driver) -> None:
    message_id = await invoice(sim)
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "message_id is missing"),
        ({"message_id": "1"}, "message_id must be a whole number"),
        ({"message_id": message_id, "invoice_link": "x"}, "not both"),
        ({"message_id": 1}, "is no invoice"),
    ]
    for body, words in cases:
        assert words in (await sim.sim("POST", "users/1000/pay", expect=400, **body))["error"]
    await sim.sim("POST", "users/1000/pay", expect=404, message_id=77)
    await sim.sim("POST", "users/1000/pay", expect=404, invoice_link="https://t.me/$x")
    await sim.sim("POST", "users/1000/charge_back", expect=404, telegram_payment_charge_id="x")


async def test_a_link_is_paid_in_private(sim: Driver) -> None:
    link = await sim.call("createInvoiceLink", **OFFER, subscription_period=2_592_000)
    pressed = await sim.sim("POST", "users/1000/pay", invoice_link=link)
    await agree(sim, pressed["pre_checkout_query_id"])
    assert (await sim.updates())[-1]["message"]["successful_payment"]["is_first_recurring"] is True


async def test_a_refund_is_a_message_of_the_bot_that_it_is_told_of(sim: Driver) -> None:
    charge = (await paid(sim))["telegram_payment_charge_id"]
    before = (await sim.updates())[-1]["update_id"]
    assert await sim.call("refundStarPayment", user_id=1000, telegram_payment_charge_id=charge) is True
    (update,) = await sim.updates(offset=before + 1)
    assert update["message"]["from"]["is_bot"] is True
    (sent,) = [event for event in await sim.sim("GET", "chats/1000/events") if "refunded_payment" in str(event)]
    assert (sent["kind"], sent["message"]) == ("sent", update["message"])
    assert await balance(sim) == FIRST_BALANCE


async def test_a_charge_back_by_control_call(sim: Driver) -> None:
    charge = (await paid(sim))["telegram_payment_charge_id"]
    assert await sim.sim("POST", "users/1000/charge_back", telegram_payment_charge_id=charge) == {}
    assert await sim.call("getMyStarBalance") == {"amount": 0}
    incoming, outgoing = (await sim.call("getStarTransactions"))["transactions"]
    assert incoming["id"] == outgoing["id"] == charge


async def test_unconfirmed_updates_of_a_payment_come_again(sim: Driver) -> None:
    payment = await paid(sim)
    first, second = await sim.updates(), await sim.updates()
    assert first == second
    assert [kind for update in first for kind in update if kind != "update_id"] == [
        "message",
        "pre_checkout_query",
        "message",
    ]
    assert second[-1]["message"]["successful_payment"] == payment
    assert await sim.updates(offset=first[-1]["update_id"] + 1) == []


async def test_a_bot_that_asks_for_no_checkouts_is_not_paid(sim: Driver) -> None:
    message_id = await invoice(sim)
    await sim.updates(allowed_updates=["message"])
    assert (await confirm(sim, message_id))["update_id"] is None


async def test_time_runs_out_by_itself() -> None:
    now = [1_000_000.0]
    async with driven(World(limits=False, clock=lambda: now[0])) as sim:
        await sim.say("/start")
        pressed = await confirm(sim, await invoice(sim))
        now[0] += 10
        book = sim.world.bot().stars

        async def gone() -> bool:
            return not book.checkouts

        await until(gone, what="the expired check")
        late = await sim.refused(
            "answerPreCheckoutQuery", pre_checkout_query_id=pressed["pre_checkout_query_id"], ok=True
        )
        assert late == "Bad Request: query is too old and response timeout expired or query ID is invalid"
        assert await balance(sim) == FIRST_BALANCE


async def test_the_page_shows_what_would_be_paid(sim: Driver) -> None:
    message_id = await invoice(sim, start_parameter="buy_1")
    link = await sim.call("createInvoiceLink", **OFFER, subscription_period=2_592_000)
    place = "/page/api/chats/1000/checkout?user=1000"
    status, offer = await sim.raw("GET", f"{place}&message={message_id}")
    assert status == 200
    assert offer == {
        "title": "Basic, 30 days",
        "description": "Demo and paper",
        "start_parameter": "buy_1",
        "currency": "XTR",
        "total_amount": 100,
        "subscription_period": 0,
        "payee": "Perpdesk",
        "stars": FIRST_BALANCE,
    }
    assert (await sim.raw("GET", f"{place}&link={link}"))[1]["subscription_period"] == 2_592_000
    assert await sim.raw("GET", place) == (400, {"error": "message is missing"})
    assert (await sim.raw("GET", f"{place}&message=1"))[0] == 400
    assert (await sim.raw("GET", f"{place}&link=https://t.me/$x"))[0] == 404


# Faults


async def test_a_lost_answer_to_a_checkout_leaves_one_charge(sim: Driver) -> None:
    pressed = await confirm(sim, await invoice(sim))
    answer = {"pre_checkout_query_id": pressed["pre_checkout_query_id"], "ok": True}
    await sim.sim("POST", "faults", kind="timeout_after", method="answerPreCheckoutQuery", times=1)
    await unanswered(sim, "answerPreCheckoutQuery", **answer)
    assert "query is too old" in await sim.refused("answerPreCheckoutQuery", **answer)
    assert len((await sim.call("getStarTransactions"))["transactions"]) == 1
    assert await balance(sim) == FIRST_BALANCE - 100


async def test_a_lost_answer_to_a_refund_is_told_as_refunded_already(sim: Driver) -> None:
    refund = {"user_id": 1000, "telegram_payment_charge_id": (await paid(sim))["telegram_payment_charge_id"]}
    await sim.sim("POST", "faults", kind="timeout_after", method="refundStarPayment", times=1)
    await unanswered(sim, "refundStarPayment", **refund)
    assert await sim.refused("refundStarPayment", **refund) == "Bad Request: CHARGE_ALREADY_REFUNDED"
    assert await balance(sim) == FIRST_BALANCE


async def test_faults_before_the_work_leave_everything_as_it_was(sim: Driver) -> None:
    pressed = await confirm(sim, await invoice(sim))
    answer = {"pre_checkout_query_id": pressed["pre_checkout_query_id"], "ok": True}
    await sim.sim("POST", "faults", kind="http_500", method="answerPreCheckoutQuery", times=1)
    assert await sim.refused("answerPreCheckoutQuery", **answer) == "Internal Server Error"
    assert await balance(sim) == FIRST_BALANCE
    await agree(sim, pressed["pre_checkout_query_id"])
    await sim.sim("POST", "faults", kind="flood", method="getStarTransactions", times=1)
    assert "Too Many Requests" in await sim.refused("getStarTransactions")
    assert len((await sim.call("getStarTransactions"))["transactions"]) == 1


async def test_faults_of_a_chat_strike_its_payments_too(sim: Driver) -> None:
    charge = (await paid(sim))["telegram_payment_charge_id"]
    pressed = await confirm(sim, await invoice(sim))
    for method, params in [
        ("answerPreCheckoutQuery", {"pre_checkout_query_id": pressed["pre_checkout_query_id"], "ok": True}),
        ("refundStarPayment", {"user_id": 1000, "telegram_payment_charge_id": charge}),
        ("sendInvoice", {"chat_id": 1000, **OFFER}),
    ]:
        await sim.sim("POST", "faults", kind="http_500", chat_id=1000, method=method, times=1)
        assert await sim.refused(method, **params) == "Internal Server Error"
        await sim.call(method, **params)


async def test_a_lost_answer_to_an_invoice_leaves_the_invoice(sim: Driver) -> None:
    await sim.sim("POST", "faults", kind="timeout_after", method="sendInvoice", times=1)
    await unanswered(sim, "sendInvoice", chat_id=1000, **OFFER)
    message = (await sim.sim("GET", "chats/1000/messages"))[-1]
    await agree(sim, (await confirm(sim, message["message_id"]))["pre_checkout_query_id"])


# What a restart keeps


async def test_a_restart_keeps_invoices_checkouts_charges_and_balances(tmp_path: Path) -> None:
    async with driven(state=tmp_path) as sim:
        await sim.say("/start")
        charge = (await paid(sim))["telegram_payment_charge_id"]
        refunded = (await paid(sim))["telegram_payment_charge_id"]
        await sim.call("refundStarPayment", user_id=1000, telegram_payment_charge_id=refunded)
        open_invoice, gone = await invoice(sim), await invoice(sim)
        await sim.call("deleteMessage", chat_id=1000, message_id=gone)
        link = await sim.call("createInvoiceLink", **OFFER, subscription_period=2_592_000)
        await agree(sim, (await sim.sim("POST", "users/1000/pay", invoice_link=link))["pre_checkout_query_id"])
        pressed = await confirm(sim, open_invoice)
        transactions = await sim.call("getStarTransactions")
        before = sim.world.bot().stars
    async with driven(state=tmp_path) as sim:
        assert sim.world.users[1000].stars == FIRST_BALANCE - 200
        assert await sim.call("getStarTransactions") == transactions
        assert await sim.call("getMyStarBalance") == {"amount": 200}
        await agree(sim, pressed["pre_checkout_query_id"])
        book = sim.world.bot().stars
        assert (book.links, book.subscriptions) == (before.links, before.subscriptions)
        assert [*book.charges][:3] == [*before.charges]
        refund = {"user_id": 1000, "telegram_payment_charge_id": refunded}
        assert await sim.refused("refundStarPayment", **refund) == "Bad Request: CHARGE_ALREADY_REFUNDED"
        assert await sim.call("refundStarPayment", user_id=1000, telegram_payment_charge_id=charge) is True
        await agree(sim, (await confirm(sim, open_invoice))["pre_checkout_query_id"])
        assert gone not in sim.world.bot().dialogs[1000].invoices
    async with driven(state=tmp_path) as sim:
        assert len(sim.world.bot().stars.charges) == 5
        assert sim.world.bot().stars.checkouts == {}
        assert sim.world.users[1000].stars == FIRST_BALANCE - 300
        refund = {"user_id": 1000, "telegram_payment_charge_id": charge}
        assert await sim.refused("refundStarPayment", **refund) == "Bad Request: CHARGE_ALREADY_REFUNDED"
        assert await sim.call("getMyStarBalance") == {"amount": 300}
