"""Methods of payments in Telegram Stars.

Refusals are Telegram's where its words are known; for lengths of title and description they are not.
"""

import base64
import re
from typing import Final

from ops.sim.telegram import payments
from ops.sim.telegram.errors import bad_request
from ops.sim.telegram.facts import FACTS
from ops.sim.telegram.invoices import keep_invoice
from ops.sim.telegram.membership import card_of
from ops.sim.telegram.methods.call import Call
from ops.sim.telegram.methods.sending import send
from ops.sim.telegram.model import JsonObject
from ops.sim.telegram.stars import XTR, Invoice, Transaction

LINK: Final = "https://t.me/$"
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_START_PARAMETER: Final = re.compile(r"[A-Za-z0-9_-]*")
_LIMITS: Final = FACTS.limits
_PAYLOAD: Final = _LIMITS["sendInvoice.payload"]
_AMOUNT: Final = _LIMITS["LabeledPrice.amount"]
_PERIOD: Final = _LIMITS["createInvoiceLink.subscription_period"]
_SUBSCRIPTION_PRICE: Final = _LIMITS["createInvoiceLink.subscription_price"]
_PAGE: Final = _LIMITS["getStarTransactions.limit"]


def send_invoice(call: Call) -> JsonObject:
    invoice = _invoice(call)
    chat = call.chat(write=True)
    message = send(call, chat, {"invoice": invoice.card()}, call.invoice_markup(invoice.total_amount))
    keep_invoice(call.world, chat, message["message_id"], invoice)
    return message


def create_invoice_link(call: Call) -> str:
    invoice = _invoice(call)
    slug = base64.urlsafe_b64encode(call.world.random.randbytes(12)).decode()
    call.bot.stars.links[slug] = invoice
    call.world.changed("invoice_link", call.bot.id, slug)
    return LINK + slug


def _invoice(call: Call) -> Invoice:
    params = call.params
    for name in ("title", "description"):
        limit = _LIMITS[f"sendInvoice.{name}"]
        if not limit.least <= len(params[name]) <= limit.most:
            raise bad_request(f"Invoice {name} must be {limit.least}-{limit.most} characters long")
    if len(params["payload"].encode(errors="surrogatepass")) > _PAYLOAD.most:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    amount = _total_amount(params)
    start_parameter = params.get("start_parameter", "")
    too_long = len(start_parameter) > _LIMITS["sendInvoice.start_parameter"].most
    if too_long or not _START_PARAMETER.fullmatch(start_parameter):
        raise bad_request("START_PARAM_INVALID")
    return Invoice(
        bot_id=call.bot.id,
        title=params["title"],
        description=params["description"],
        payload=params["payload"],
        total_amount=amount,
        start_parameter=start_parameter,
        subscription_period=_subscription_period(params, amount),
    )


def _total_amount(params: JsonObject) -> int:
    """The price in whole Stars; only Stars are modelled here."""
    if not _CURRENCY.fullmatch(params["currency"]):
        raise bad_request("CURRENCY_INVALID")
    prices: list[JsonObject] = params["prices"]
    if not prices:
        raise bad_request("There must be at least one price")
    for price in prices:
        if not price["label"]:
            raise bad_request("Can't parse labeled price: LabeledPrice label must be non-empty")
    if params["currency"] != XTR:
        raise bad_request(f"PAYMENT_PROVIDER_INVALID: the stand-in takes {XTR} only, no {params['currency']}")
    tips = params.get("max_tip_amount") or params.get("suggested_tip_amounts")
    if len(prices) > _LIMITS["sendInvoice.prices"].most or params.get("provider_token") or tips:
        raise bad_request("STARS_INVOICE_INVALID")
    amount: int = prices[0]["amount"]
    if amount < _AMOUNT.least:
        raise bad_request("Total price must be positive")
    if amount > _AMOUNT.most:
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    return amount


def _subscription_period(params: JsonObject, amount: int) -> int:
    period: int = params.get("subscription_period", 0)
    if period == 0:
        return 0
    if not _PERIOD.least <= period <= _PERIOD.most:
        raise bad_request("SUBSCRIPTION_PERIOD_INVALID")
    if amount > _SUBSCRIPTION_PRICE.most:
        raise bad_request("SUBSCRIPTION_AMOUNT_INVALID")
    return period


def answer_pre_checkout_query(call: Call) -> bool:
    """Within ten seconds, once; a refusal must say why."""
    refusal = None
    if not call.params["ok"]:
        refusal = call.params.get("error_message")
        if refusal is None:
            raise bad_request('Parameter "error_message" is required')
    payments.answer(call.world, call.bot, str(call.params["pre_checkout_query_id"]), refusal)
    return True


def refund_star_payment(call: Call) -> bool:
    payments.refund(call.world, call.bot, call.user_id(), str(call.params["telegram_payment_charge_id"]))
    return True


def edit_user_star_subscription(call: Call) -> bool:
    payments.set_renewal(
        call.world,
        call.bot,
        call.user_id(),
        str(call.params["telegram_payment_charge_id"]),
        is_canceled=call.params["is_canceled"],
    )
    return True


def get_star_transactions(call: Call) -> JsonObject:
    """Oldest first; the limit is brought into its bounds, as for getUpdates."""
    offset = max(0, call.params.get("offset", 0))
    limit = max(_PAGE.least, min(_PAGE.most, call.params.get("limit", _PAGE.most)))
    lines = call.bot.stars.transactions[offset : offset + limit]
    return {"transactions": [_transaction(call, line) for line in lines]}


def _transaction(call: Call, line: Transaction) -> JsonObject:
    charge = call.bot.stars.charges[line.charge_id]
    partner: JsonObject = {
        "type": "user",
        "transaction_type": "invoice_payment",
        "user": card_of(call.world, charge.user_id),
        "invoice_payload": charge.invoice.payload,
    }
    if charge.invoice.subscription_period:
        partner["subscription_period"] = charge.invoice.subscription_period
    return {
        "id": charge.id,
        "amount": charge.invoice.total_amount,
        "date": line.date,
        "receiver" if line.is_outgoing else "source": partner,
    }


def get_my_star_balance(call: Call) -> JsonObject:
    return {"amount": call.bot.stars.balance}
