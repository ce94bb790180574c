"""python-telegram-bot's own client pays, checks, refunds and reconciles against the Telegram stand-in."""

from collections.abc import AsyncIterator

import pytest
from harness.sim_telegram import TOKEN, Driver
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LabeledPrice,
    Message,
    SuccessfulPayment,
    TransactionPartnerUser,
    Update,
)
from telegram.error import BadRequest
from telegram.ext import ApplicationBuilder, ContextTypes, MessageHandler, PreCheckoutQueryHandler, filters
from telegram.request import HTTPXRequest

pytestmark = pytest.mark.usefixtures("started")

Context = ContextTypes.DEFAULT_TYPE
PRICE = [LabeledPrice("Premium", 250)]


@pytest.fixture(autouse=True)
def with_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """PTB's coming way of telling times, so that it warns of nothing."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def bot_of(sim: Driver) -> Bot:
    return Bot(TOKEN, base_url=f"{sim.url}/bot", base_file_url=f"{sim.url}/file/bot", request=HTTPXRequest())


@pytest.fixture
async def bot(sim: Driver) -> AsyncIterator[Bot]:
    async with bot_of(sim) as bot:
        yield bot


async def sent_invoice(bot: Bot, start_parameter: str | None = None) -> Message:
    return await bot.send_invoice(
        1000, "Premium", "All of it", "offer:7", "XTR", PRICE, provider_token="", start_parameter=start_parameter
    )


async def pressed(sim: Driver, bot: Bot, message: Message) -> Update:
    """Somebody presses Pay; the update the bot gets."""
    answer = await sim.sim("POST", "users/1000/pay", message_id=message.message_id)
    (update,) = [one for one in await bot.get_updates() if one.update_id == answer["update_id"]]
    return update


async def paid(sim: Driver, bot: Bot) -> SuccessfulPayment:
    query = (await pressed(sim, bot, await sent_invoice(bot))).pre_checkout_query
    assert query is not None
    assert await query.answer(ok=True)
    message = (await bot.get_updates())[-1].message
    assert message is not None
    assert message.successful_payment is not None
    assert message.from_user is not None
    assert message.from_user.id == 1000
    assert message.successful_payment.api_kwargs == {}
    return message.successful_payment


async def test_an_invoice_is_parsed(bot: Bot) -> None:
    message = await sent_invoice(bot, "buy_7")
    invoice = message.invoice
    assert invoice is not None
    assert (invoice.title, invoice.description, invoice.start_parameter) == ("Premium", "All of it", "buy_7")
    assert (invoice.currency, invoice.total_amount, invoice.api_kwargs) == ("XTR", 250, {})
    assert message.reply_markup is not None
    (button,) = message.reply_markup.inline_keyboard[0]
    assert (button.text, button.pay) == ("Pay ⭐250", True)
    keyboard = InlineKeyboardMarkup.from_column(
        [InlineKeyboardButton("Pay XTR 250", pay=True), InlineKeyboardButton("Terms", callback_data="terms")]
    )
    own = await bot.send_invoice(1000, "P", "D", "x", "XTR", PRICE, reply_markup=keyboard)
    assert own.reply_markup == keyboard
    assert (await bot.create_invoice_link("P", "D", "x", "XTR", PRICE)).startswith("https://t.me/$")


async def test_a_payment_is_parsed(sim: Driver, bot: Bot) -> None:
    payment = await paid(sim, bot)
    assert (payment.currency, payment.total_amount, payment.invoice_payload) == ("XTR", 250, "offer:7")
    assert payment.telegram_payment_charge_id.startswith("stx")
    assert payment.provider_payment_charge_id
    assert payment.is_recurring is None


async def test_a_refusal_reaches_the_payer(sim: Driver, bot: Bot) -> None:
    query = (await pressed(sim, bot, await sent_invoice(bot))).pre_checkout_query
    assert query is not None
    assert (query.currency, query.total_amount, query.invoice_payload, query.from_user.id) == (
        "XTR", 250, "offer:7", 1000,
    )  # fmt: skip
    assert await query.answer(ok=False, error_message="Sold out")
    checked = (await sim.sim("GET", "chats/1000/events"))[-1]
    assert (checked["kind"], checked["ok"], checked["error_message"]) == ("checked", False, "Sold out")
    with pytest.raises(BadRequest, match="Query is too old and response timeout expired or query id is invalid"):
        await query.answer(ok=True)


async def test_a_refund_and_the_transactions_are_parsed(sim: Driver, bot: Bot) -> None:
    charge = (await paid(sim, bot)).telegram_payment_charge_id
    assert await bot.refund_star_payment(1000, charge)
    with pytest.raises(BadRequest, match="Charge_already_refunded"):
        await bot.refund_star_payment(1000, charge)
    message = (await bot.get_updates())[-1].message
    assert message is not None
    refunded = message.refunded_payment
    assert refunded is not None
    assert (refunded.telegram_payment_charge_id, refunded.total_amount, refunded.currency) == (charge, 250, "XTR")
    assert message.from_user == await bot.get_me()
    incoming, outgoing = (await bot.get_star_transactions(limit=10)).transactions
    assert (incoming.id, incoming.amount, incoming.receiver) == (charge, 250, None)
    assert (outgoing.id, outgoing.amount, outgoing.source) == (charge, 250, None)
    for partner in (incoming.source, outgoing.receiver):
        assert isinstance(partner, TransactionPartnerUser)
        assert (partner.user.id, partner.invoice_payload, partner.transaction_type) == (
            1000, "offer:7", "invoice_payment",
        )  # fmt: skip
    assert (await bot.get_my_star_balance()).amount == 0


async def test_a_subscription_is_parsed_and_canceled(sim: Driver, bot: Bot) -> None:
    link = await bot.create_invoice_link("P", "D", "x", "XTR", PRICE, subscription_period=2_592_000)
    answer = await sim.sim("POST", "users/1000/pay", invoice_link=link)
    assert await bot.answer_pre_checkout_query(answer["pre_checkout_query_id"], ok=True)
    message = (await bot.get_updates())[-1].message
    assert message is not None
    payment = message.successful_payment
    assert payment is not None
    assert (payment.is_recurring, payment.is_first_recurring) == (True, True)
    assert payment.subscription_expiration_date is not None
    assert (payment.subscription_expiration_date - message.date).days == 30
    assert await bot.edit_user_star_subscription(1000, payment.telegram_payment_charge_id, is_canceled=True)


async def test_ptbs_own_handlers_take_a_payment(sim: Driver) -> None:
    """The whole of PTB: its updater polls, its handlers check and thank."""

    async def check(update: Update, context: Context) -> None:
        assert update.pre_checkout_query
        await update.pre_checkout_query.answer(ok=update.pre_checkout_query.invoice_payload == "offer:7")

    async def thank(update: Update, context: Context) -> None:
        assert update.message
        assert update.message.successful_payment
        await update.message.reply_text(f"Thanks for {update.message.successful_payment.total_amount}")

    application = ApplicationBuilder().bot(bot_of(sim)).build()
    application.add_handlers([PreCheckoutQueryHandler(check), MessageHandler(filters.SUCCESSFUL_PAYMENT, thank)])
    async with application:
        assert application.updater is not None
        await application.updater.start_polling(poll_interval=0, allowed_updates=Update.ALL_TYPES)
        await application.start()
        message = await sent_invoice(application.bot)
        answer = await sim.sim("POST", "users/1000/pay", message_id=message.message_id)
        (checked,) = await sim.sim("GET", f"chats/1000/events?after={answer['seq']}&wait=10")
        assert (checked["kind"], checked["ok"]) == ("checked", True)
        (thanked,) = await sim.sim("GET", f"chats/1000/events?after={checked['seq']}&wait=10")
        assert thanked["message"]["text"] == "Thanks for 250"
        await application.updater.stop()
        await application.stop()
