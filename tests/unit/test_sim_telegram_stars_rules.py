"""Stars of the Telegram stand-in as rules over one world: what an invoice may ask, and where the Stars go."""

from typing import Any

import pytest

from ops.sim.telegram import payments
from ops.sim.telegram.errors import ApiError, ControlError
from ops.sim.telegram.facts import FACTS
from ops.sim.telegram.keyboards import check_invoice_markup
from ops.sim.telegram.methods.call import Call
from ops.sim.telegram.methods.registry import find_method, run
from ops.sim.telegram.model import Bot
from ops.sim.telegram.people import Draft, People, Receipt
from ops.sim.telegram.stars import FIRST_BALANCE
from ops.sim.telegram.world import World

ANNA, BORIS = 1001, 1002
MONTH = 2_592_000
OFFER: dict[str, Any] = {
    "title": "Premium, 30 days",
    "description": "All of it",
    "payload": "offer:7",
    "currency": "XTR",
    "prices": [{"label": "Premium", "amount": 250}],
}
TOO_LATE = "Bad Request: query is too old and response timeout expired or query ID is invalid"


class StarsHarness:
    """A world whose clock the test moves, one bot, and Anna who has started it."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.world = World(seed=3, limits=False, clock=lambda: self.now)
        self.bot: Bot = self.world.bot_by_token("77:stars")
        self.people = People(self.world)
        self.people.say(self.bot, ANNA, Draft(text="/start"))
        self.world.put_user(BORIS, first_name="Boris")

    def call(self, method: str, **params: Any) -> Any:
        return run(method, Call(self.world, self.bot, find_method(method).check(params, {})))

    def refused(self, method: str, **params: Any) -> str:
        with pytest.raises(ApiError) as error:
            self.call(method, **params)
        assert error.value.code == 400
        return error.value.description

    def invoice(self, **changes: Any) -> int:
        message_id: int = self.call("sendInvoice", chat_id=ANNA, **OFFER | changes)["message_id"]
        return message_id

    def updates(self, kind: str) -> list[Any]:
        return [update.body for update in self.bot.updates.pending.values() if update.kind == kind]

    def agree(self, receipt: Receipt) -> None:
        assert self.call("answerPreCheckoutQuery", pre_checkout_query_id=receipt.pre_checkout_query_id, ok=True)

    def pay(self, message_id: int | None = None, user_id: int = ANNA, **where: Any) -> dict[str, Any]:
        """Pay and let the bot agree; returns the SuccessfulPayment."""
        self.agree(self.people.pay(self.bot, user_id, message_id, **where))
        payment: dict[str, Any] = self.updates("message")[-1]["successful_payment"]
        return payment

    def stars(self, user_id: int = ANNA) -> int:
        return self.world.users[user_id].stars

    def kinds(self, user_id: int = ANNA) -> list[str]:
        return [event.kind for event in self.bot.dialogs[user_id].events]


@pytest.fixture
def harness() -> StarsHarness:
    return StarsHarness()


def shaped(body: dict[str, Any], type_name: str) -> None:
    """Every required field of that Bot API type is there, and none it does not have."""
    fields = FACTS.types[type_name]
    assert {name for name, spec in fields.items() if spec.endswith("*")} <= body.keys() <= fields.keys(), type_name


# What an invoice may ask


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": "x" * 33}, "invoice title must be 1-32 characters long"),
        ({"title": ""}, 'parameter "title" is required'),
        ({"description": "x" * 256}, "invoice description must be 1-255 characters long"),
        ({"payload": "é" * 65}, "INVOICE_PAYLOAD_INVALID"),
        ({"payload": None}, 'parameter "payload" is required'),
        ({"currency": "xtr"}, "CURRENCY_INVALID"),
        ({"currency": "USD"}, "PAYMENT_PROVIDER_INVALID: the stand-in takes XTR only, no USD"),
        ({"provider_token": "1:TEST"}, "STARS_INVOICE_INVALID"),
        ({"max_tip_amount": 5}, "STARS_INVOICE_INVALID"),
        ({"suggested_tip_amounts": [1]}, "STARS_INVOICE_INVALID"),
        ({"prices": OFFER["prices"] * 2}, "STARS_INVOICE_INVALID"),
        ({"prices": []}, "there must be at least one price"),
        ({"prices": "["}, "can't parse prices JSON object"),
        ({"prices": [{"label": "a"}]}, "can't parse labeled price: Can't find field \"amount\""),
        (
            {"prices": [{"label": "", "amount": 1}]},
            "can't parse labeled price: LabeledPrice label must be non-empty",
        ),
        ({"prices": [{"label": "a", "amount": 0}]}, "total price must be positive"),
        ({"prices": [{"label": "a", "amount": 25_001}]}, "CURRENCY_TOTAL_AMOUNT_INVALID"),
        ({"start_parameter": "a b"}, "START_PARAM_INVALID"),
        ({"start_parameter": "a" * 65}, "START_PARAM_INVALID"),
    ],
)
def test_an_invoice_telegram_would_not_take_is_refused(
    harness: StarsHarness, changes: dict[str, Any], reason: str
) -> None:
    assert harness.refused("sendInvoice", chat_id=ANNA, **OFFER | changes) == f"Bad Request: {reason}"
    assert len(harness.bot.dialogs[ANNA].messages) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "x" * 32, "description": "x" * 255, "payload": "é" * 64, "start_parameter": "a" * 64},
        {"prices": [{"label": "a", "amount": 25_000}], "provider_token": ""},
        {"prices": '[{"label": "a", "amount": "1"}]', "need_email": True, "photo_url": "https://a.io/b.png"},
    ],
)
def test_an_invoice_at_its_limits_is_sent(harness: StarsHarness, changes: dict[str, Any]) -> None:
    offer = OFFER | changes
    sent = harness.call("sendInvoice", chat_id=ANNA, **offer)
    shaped(sent["invoice"], "Invoice")
    assert sent["invoice"]["start_parameter"] == changes.get("start_parameter", "")
    assert "payload" not in str(sent)


def test_a_subscription_is_offered_by_link_for_a_month_and_no_more_than_ten_thousand(harness: StarsHarness) -> None:
    assert harness.call("createInvoiceLink", **OFFER, subscription_period=MONTH).startswith("https://t.me/$")
    refused = harness.refused("createInvoiceLink", **OFFER, subscription_period=MONTH * 3)
    assert refused == "Bad Request: SUBSCRIPTION_PERIOD_INVALID"
    dear = OFFER | {"prices": [{"label": "a", "amount": 10_001}]}
    assert harness.refused("createInvoiceLink", **dear, subscription_period=MONTH).endswith(
        "SUBSCRIPTION_AMOUNT_INVALID"
    )
    assert harness.call("createInvoiceLink", **dear) != harness.call("createInvoiceLink", **dear)


# The Pay button


def test_telegram_adds_a_pay_button_and_keeps_one_that_comes_first() -> None:
    assert check_invoice_markup(None, 250) == {"inline_keyboard": [[{"text": "Pay ⭐250", "pay": True}]]}
    assert check_invoice_markup({"inline_keyboard": [[]]}, 1) == check_invoice_markup(None, 1)
    own = {"inline_keyboard": [[{"text": "Buy for XTR", "pay": True}, {"text": "No", "callback_data": "no"}]]}
    assert check_invoice_markup(own, 250) == own


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[{"text": "No", "callback_data": "no"}]], "REPLY_MARKUP_BUY_EMPTY"),
        ([[{"text": "Share", "pay": False, "switch_inline_query": "x"}]], "REPLY_MARKUP_BUY_EMPTY"),
        ([[{"text": "No", "callback_data": "no"}, {"text": "Pay", "pay": True}]], "BUTTON_POS_INVALID"),
        ([[{"text": "Pay", "pay": True}], [{"text": "Pay", "pay": True}]], "BUTTON_POS_INVALID"),
        ([[{"text": "Pay", "pay": True}]] * 101, "BUTTON_POS_INVALID"),
    ],
)
def test_a_pay_button_stands_first_and_alone(rows: list[Any], reason: str) -> None:
    with pytest.raises(ApiError, match=reason):
        check_invoice_markup({"inline_keyboard": rows}, 5)


def test_an_edited_invoice_keeps_its_pay_button(harness: StarsHarness) -> None:
    message_id = harness.invoice()
    more = {"inline_keyboard": [[{"text": "Pay", "pay": True}], [{"text": "Why?", "callback_data": "why"}]]}
    edit = {"chat_id": ANNA, "message_id": message_id}
    assert harness.call("editMessageReplyMarkup", **edit, reply_markup=more)["reply_markup"] == more
    bare = harness.call("editMessageReplyMarkup", **edit)
    assert bare["reply_markup"] == {"inline_keyboard": [[{"text": "Pay ⭐250", "pay": True}]]}
    other = {"inline_keyboard": [[{"text": "Why?", "callback_data": "why"}]]}
    assert harness.refused("editMessageReplyMarkup", **edit, reply_markup=other).endswith("REPLY_MARKUP_BUY_EMPTY")
    assert harness.pay(message_id)["total_amount"] == 250


# Where the Stars go


def test_a_payment_asks_the_bot_then_moves_the_stars(harness: StarsHarness) -> None:
    message_id = harness.invoice()
    receipt = harness.people.pay(harness.bot, ANNA, message_id)
    (query,) = harness.updates("pre_checkout_query")
    shaped(query, "PreCheckoutQuery")
    assert query == {
        "id": receipt.pre_checkout_query_id,
        "from": {"id": ANNA, "is_bot": False, "first_name": f"User {ANNA}"},
        "currency": "XTR",
        "total_amount": 250,
        "invoice_payload": "offer:7",
    }
    assert harness.stars() == FIRST_BALANCE
    harness.agree(receipt)
    assert harness.kinds()[-4:] == ["paying", "checked", "sent", "settled"]
    paid = harness.updates("message")[-1]
    assert paid["from"]["id"] == paid["chat"]["id"] == ANNA
    payment = paid["successful_payment"]
    shaped(payment, "SuccessfulPayment")
    assert (payment["total_amount"], payment["currency"], payment["invoice_payload"]) == (250, "XTR", "offer:7")
    assert harness.stars() == FIRST_BALANCE - 250
    assert harness.call("getMyStarBalance") == {"amount": 250}


def test_a_refusal_moves_nothing_and_must_say_why(harness: StarsHarness) -> None:
    receipt = harness.people.pay(harness.bot, ANNA, harness.invoice())
    answer = {"pre_checkout_query_id": receipt.pre_checkout_query_id, "ok": False}
    assert harness.refused("answerPreCheckoutQuery", **answer) == 'Bad Request: parameter "error_message" is required'
    assert harness.call("answerPreCheckoutQuery", **answer, error_message="Sold out")
    checked, settled = list(harness.bot.dialogs[ANNA].events)[-2:]
    assert (checked.kind, checked.is_public, checked.ok, checked.error_message) == ("checked", True, False, "Sold out")
    assert checked.body().keys() == {"seq", "at", "kind", "pre_checkout_query_id", "ok", "error_message"}
    assert (settled.kind, settled.is_public, settled.text) == ("settled", False, "refused")
    assert harness.refused("answerPreCheckoutQuery", **answer | {"ok": True}) == TOO_LATE
    assert harness.stars() == FIRST_BALANCE
    assert harness.call("getStarTransactions") == {"transactions": []}


@pytest.mark.parametrize(("seconds", "in_time"), [(9.9, True), (10.0, False)])
def test_the_bot_has_ten_seconds(harness: StarsHarness, seconds: float, in_time: bool) -> None:
    receipt = harness.people.pay(harness.bot, ANNA, harness.invoice())
    harness.now += seconds
    if in_time:
        payments.expire(harness.world)
        harness.agree(receipt)
        return
    late = {"pre_checkout_query_id": receipt.pre_checkout_query_id, "ok": True}
    assert harness.refused("answerPreCheckoutQuery", **late) == TOO_LATE
    payments.expire(harness.world)
    assert harness.bot.dialogs[ANNA].events[-1].text == "expired"
    assert harness.refused("answerPreCheckoutQuery", **late) == TOO_LATE
    assert harness.stars() == FIRST_BALANCE


def test_who_has_too_few_stars_cannot_pay_and_no_one_pays_twice_with_them(harness: StarsHarness) -> None:
    message_id = harness.invoice()
    harness.world.put_user(ANNA, first_name="Anna", stars=249)
    with pytest.raises(ControlError, match="has 249 Stars and the invoice asks for 250"):
        harness.people.pay(harness.bot, ANNA, message_id)
    assert harness.updates("pre_checkout_query") == []
    harness.world.put_user(ANNA, first_name="Anna", stars=400)
    first, second = (harness.people.pay(harness.bot, ANNA, message_id) for _ in range(2))
    harness.agree(first)
    harness.agree(second)
    assert harness.stars() == 150
    assert harness.bot.dialogs[ANNA].events[-1].text == "short"
    assert len(harness.call("getStarTransactions")["transactions"]) == 1


def test_the_same_invoice_is_paid_again_with_another_charge(harness: StarsHarness) -> None:
    message_id = harness.invoice()
    charges = [harness.pay(message_id) for _ in range(3)]
    assert len({charge["telegram_payment_charge_id"] for charge in charges}) == 3
    assert len({charge["provider_payment_charge_id"] for charge in charges}) == 3
    assert harness.stars() == FIRST_BALANCE - 750


def test_only_invoices_that_are_there_can_be_paid(harness: StarsHarness) -> None:
    text = harness.call("sendMessage", chat_id=ANNA, text="x")["message_id"]
    with pytest.raises(ControlError, match="is no invoice"):
        harness.people.pay(harness.bot, ANNA, text)
    with pytest.raises(ControlError, match="no message 999"):
        harness.people.pay(harness.bot, ANNA, 999)
    with pytest.raises(ControlError, match="is no invoice link"):
        harness.people.pay(harness.bot, ANNA, link="https://t.me/$none")
    message_id = harness.invoice()
    harness.call("deleteMessage", chat_id=ANNA, message_id=message_id)
    with pytest.raises(ControlError, match="there is no message"):
        harness.people.pay(harness.bot, ANNA, message_id)


# Forwarded copies


def test_without_a_start_parameter_a_forwarded_copy_can_be_paid_by_others(harness: StarsHarness) -> None:
    message_id = harness.invoice()
    harness.people.say(harness.bot, BORIS, Draft(text="/start"))
    copy = harness.call("forwardMessage", chat_id=BORIS, from_chat_id=ANNA, message_id=message_id)
    assert copy["reply_markup"] == {"inline_keyboard": [[{"text": "Pay ⭐250", "pay": True}]]}
    assert harness.pay(copy["message_id"], BORIS)["invoice_payload"] == "offer:7"
    again = harness.call("forwardMessage", chat_id=ANNA, from_chat_id=BORIS, message_id=copy["message_id"])
    assert harness.pay(again["message_id"])["total_amount"] == 250
    assert (harness.stars(ANNA), harness.stars(BORIS)) == (FIRST_BALANCE - 250, FIRST_BALANCE - 250)


def test_with_a_start_parameter_a_forwarded_copy_leads_to_the_bot(harness: StarsHarness) -> None:
    message_id = harness.invoice(start_parameter="buy_7")
    harness.people.say(harness.bot, BORIS, Draft(text="/start"))
    copy = harness.call("forwardMessage", chat_id=BORIS, from_chat_id=ANNA, message_id=message_id)
    link = {"text": "Pay ⭐250", "url": "https://t.me/perpdesk_77_bot?start=buy_7"}
    assert copy["reply_markup"] == {"inline_keyboard": [[link]]}
    with pytest.raises(ControlError, match="no invoice that can be paid"):
        harness.people.pay(harness.bot, BORIS, copy["message_id"])
    assert harness.pay(message_id)["invoice_payload"] == "offer:7"
    again = harness.call("forwardMessage", chat_id=ANNA, from_chat_id=BORIS, message_id=copy["message_id"])
    assert again["reply_markup"] == copy["reply_markup"]


def test_somebody_elses_invoice_is_paid_as_a_copy_of_it(harness: StarsHarness) -> None:
    assert harness.pay(harness.invoice(), BORIS)["provider_payment_charge_id"].startswith(f"{BORIS}_")
    assert harness.kinds(BORIS) == ["paying", "checked", "sent", "settled"]
    assert harness.call("sendMessage", chat_id=BORIS, text="Thanks")["text"] == "Thanks"
    with pytest.raises(ControlError, match="link into the bot") as refused:
        harness.people.pay(harness.bot, BORIS, harness.invoice(start_parameter="buy_7"))
    assert refused.value.body()["start_parameter"] == "buy_7"


def test_an_invoice_in_a_group_is_paid_there_and_receipted_in_private(harness: StarsHarness) -> None:
    harness.people.put_chat(-500, harness.bot, {"type": "group", "members": [ANNA, BORIS], "bot": "member"})
    message_id = harness.call("sendInvoice", chat_id=-500, **OFFER)["message_id"]
    receipt = harness.people.pay(harness.bot, BORIS, message_id, chat_id=-500)
    harness.agree(receipt)
    assert [event.kind for event in harness.world.groups[-500].events][-3:] == ["paying", "checked", "settled"]
    assert [message["chat"]["id"] for message in harness.updates("message")][-1] == BORIS


def test_invoices_and_service_messages_cannot_be_copied(harness: StarsHarness) -> None:
    message_id = harness.invoice()
    harness.pay(message_id)
    service = next(reversed(harness.bot.dialogs[ANNA].messages))
    place = {"chat_id": ANNA, "from_chat_id": ANNA}
    for number, method, verb in [
        (message_id, "copyMessage", "copied"),
        (service, "copyMessage", "copied"),
        (service, "forwardMessage", "forwarded"),
    ]:
        assert harness.refused(method, **place, message_id=number) == f"Bad Request: message can't be {verb}"
    both = harness.call("forwardMessages", **place, message_ids=[message_id, service])
    assert len(both) == 1
    assert harness.pay(both[0]["message_id"])["total_amount"] == 250


# The way back


def test_a_refund_goes_back_once(harness: StarsHarness) -> None:
    charge = harness.pay(harness.invoice())["telegram_payment_charge_id"]
    refund = {"user_id": ANNA, "telegram_payment_charge_id": charge}
    assert harness.refused("refundStarPayment", **refund | {"user_id": BORIS}) == "Bad Request: CHARGE_NOT_FOUND"
    assert harness.refused("refundStarPayment", **refund | {"user_id": 5}) == "Bad Request: USER_ID_INVALID"
    assert harness.refused("refundStarPayment", user_id=ANNA, telegram_payment_charge_id="x").endswith(
        "CHARGE_NOT_FOUND"
    )
    assert harness.call("refundStarPayment", **refund)
    assert harness.refused("refundStarPayment", **refund) == "Bad Request: CHARGE_ALREADY_REFUNDED"
    message = harness.updates("message")[-1]
    shaped(message["refunded_payment"], "RefundedPayment")
    assert (message["from"]["id"], message["chat"]["id"]) == (77, ANNA)
    assert message["refunded_payment"]["telegram_payment_charge_id"] == charge
    last = harness.bot.dialogs[ANNA].events[-1]
    assert (last.kind, last.is_public) == ("sent", True)
    assert harness.stars() == FIRST_BALANCE
    assert harness.call("getMyStarBalance") == {"amount": 0}


def test_a_blocked_bot_can_still_give_back(harness: StarsHarness) -> None:
    charge = harness.pay(harness.invoice())["telegram_payment_charge_id"]
    harness.bot.dialogs[ANNA].blocked = True
    assert harness.call("refundStarPayment", user_id=ANNA, telegram_payment_charge_id=charge)
    assert harness.stars() == FIRST_BALANCE


def test_a_charge_back_is_seen_in_the_transactions_only(harness: StarsHarness) -> None:
    charge = harness.pay(harness.invoice())["telegram_payment_charge_id"]
    before = len(harness.updates("message"))
    payments.charge_back(harness.world, harness.bot, ANNA, charge)
    with pytest.raises(ControlError, match="went back already"):
        payments.charge_back(harness.world, harness.bot, ANNA, charge)
    with pytest.raises(ControlError, match="no charge"):
        payments.charge_back(harness.world, harness.bot, BORIS, charge)
    assert len(harness.updates("message")) == before
    taken, gone = harness.call("getStarTransactions")["transactions"]
    assert (taken["id"], gone["id"], "receiver" in gone) == (charge, charge, True)
    refused = harness.refused("refundStarPayment", user_id=ANNA, telegram_payment_charge_id=charge)
    assert refused == "Bad Request: CHARGE_ALREADY_REFUNDED"


def test_transactions_come_in_order_and_in_pages(harness: StarsHarness) -> None:
    message_id = harness.invoice()
    ids = []
    for _ in range(105):
        ids.append(harness.pay(message_id)["telegram_payment_charge_id"])
        harness.now += 1
    harness.call("refundStarPayment", user_id=ANNA, telegram_payment_charge_id=ids[1])
    first = harness.call("getStarTransactions")["transactions"]
    rest = harness.call("getStarTransactions", offset=100)["transactions"]
    assert [line["id"] for line in [*first, *rest]] == [*ids, ids[1]]
    assert [line["id"] for line in harness.call("getStarTransactions", offset=1, limit=2)["transactions"]] == ids[1:3]
    assert len(harness.call("getStarTransactions", limit=1000)["transactions"]) == 100
    assert harness.call("getStarTransactions", offset=200) == {"transactions": []}
    for line in [first[0], rest[-1]]:
        shaped(line, "StarTransaction")
    shaped(first[0]["source"], "TransactionPartnerUser")
    assert first[0]["source"]["invoice_payload"] == rest[-1]["receiver"]["invoice_payload"] == "offer:7"
    assert [line["date"] for line in first[:3]] == [1_000_000, 1_000_001, 1_000_002]
    assert rest[-1]["date"] == 1_000_105


# Subscriptions


def subscribed(harness: StarsHarness) -> dict[str, Any]:
    link = harness.call("createInvoiceLink", **OFFER, subscription_period=MONTH)
    return harness.pay(link=link)


def test_a_subscription_is_paid_again_each_month(harness: StarsHarness) -> None:
    first = subscribed(harness)
    shaped(first, "SuccessfulPayment")
    assert (first["is_recurring"], first["is_first_recurring"]) == (True, True)
    assert first["subscription_expiration_date"] == 1_000_000 + MONTH
    payments.renew(harness.world)
    assert harness.stars() == FIRST_BALANCE - 250
    harness.now += MONTH
    payments.renew(harness.world)
    payments.renew(harness.world)
    again = harness.updates("message")[-1]["successful_payment"]
    assert again["telegram_payment_charge_id"] != first["telegram_payment_charge_id"]
    assert again["subscription_expiration_date"] == 1_000_000 + MONTH * 2
    assert "is_first_recurring" not in again
    assert harness.stars() == FIRST_BALANCE - 500
    assert harness.call("getStarTransactions")["transactions"][1]["source"]["subscription_period"] == MONTH


@pytest.mark.parametrize("ends_by", ["cancel", "poverty"])
def test_a_subscription_ends(harness: StarsHarness, ends_by: str) -> None:
    charge = subscribed(harness)["telegram_payment_charge_id"]
    cancel = {"user_id": ANNA, "telegram_payment_charge_id": charge, "is_canceled": True}
    if ends_by == "cancel":
        assert harness.call("editUserStarSubscription", **cancel)
    else:
        harness.world.put_user(ANNA, first_name="Anna", stars=249)
    harness.now += MONTH
    payments.renew(harness.world)
    assert len(harness.bot.stars.charges) == 1
    assert harness.refused("editUserStarSubscription", **cancel) == "Bad Request: CHARGE_ID_INVALID"


def test_a_cancel_can_be_taken_back(harness: StarsHarness) -> None:
    charge = subscribed(harness)["telegram_payment_charge_id"]
    for is_canceled in (True, False):
        harness.call(
            "editUserStarSubscription", user_id=ANNA, telegram_payment_charge_id=charge, is_canceled=is_canceled
        )
    harness.now += MONTH
    payments.renew(harness.world)
    assert len(harness.bot.stars.charges) == 2
