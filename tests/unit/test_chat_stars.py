"""Stars over the Bot API: what its answers and refusals come to."""

import pytest
from harness.bot_api import BOT_ID, FakeBotApi, FakeRequest
from harness.fakes import FakeClock
from telegram.ext import ExtBot

from bot.chat.rate_limiter import TelegramRateLimiter
from bot.chat.stars import Stars
from bot.domain.errors import StarsDown, StarsRefused
from bot.domain.ids import UserId
from bot.domain.payments import Payer, StarTransaction
from bot.domain.users import Language

ANNA = {"id": 1001, "is_bot": False, "first_name": "Anna", "username": "anna", "language_code": "uk-UA"}


class StarApi(FakeBotApi):
    """With the two methods of Stars."""

    lines: tuple[dict[str, object], ...] = ()

    def _on_refundstarpayment(self, params: dict[str, object]) -> bool:
        assert params == {"user_id": 1001, "telegram_payment_charge_id": "stx-1"}
        return True

    def _on_getstartransactions(self, params: dict[str, object]) -> object:
        assert params == {"offset": 200, "limit": 100}
        return {"transactions": list(self.lines)}


@pytest.fixture
def api() -> StarApi:
    return StarApi()


@pytest.fixture
def stars(api: StarApi) -> Stars:
    bot: ExtBot[int] = ExtBot(
        f"{BOT_ID}:token",
        request=FakeRequest(api),
        get_updates_request=FakeRequest(api),
        rate_limiter=TelegramRateLimiter(FakeClock()),
    )
    return Stars(bot)


async def test_a_refund_that_was_done_already_is_done(api: StarApi, stars: Stars) -> None:
    await stars.refund(UserId(1001), "stx-1")
    api.refuse = lambda _: (400, "Bad Request: CHARGE_ALREADY_REFUNDED")
    await stars.refund(UserId(1001), "stx-1")
    assert len(api.made("refundStarPayment")) == 2


@pytest.mark.parametrize(
    ("status", "said", "error"),
    [
        (400, "Bad Request: CHARGE_NOT_FOUND", StarsRefused),
        (403, "Forbidden: bot was blocked by the user", StarsRefused),
        (500, "Internal Server Error", StarsDown),
        (502, "Bad Gateway", StarsDown),
        (429, "Too Many Requests: retry after 3", StarsDown),
    ],
)
async def test_a_no_is_told_from_silence(
    api: StarApi, stars: Stars, status: int, said: str, error: type[Exception]
) -> None:
    """Only a definite no may be shown to an admin as one; the rest is asked again."""
    api.refuse = lambda _: (status, said)
    with pytest.raises(error):
        await stars.refund(UserId(1001), "stx-1")
    with pytest.raises(error):
        await stars.transactions(200, 100)


async def test_lines_of_the_account(api: StarApi, stars: Stars) -> None:
    partner = {"type": "user", "transaction_type": "invoice_payment", "user": ANNA, "invoice_payload": "token"}
    api.lines = (
        {"id": "stx-1", "amount": 5000, "date": 1_760_000_000, "source": partner},
        {"id": "stx-1", "amount": 5000, "date": 1_760_000_060, "receiver": partner},
        {"id": "w-1", "amount": 9000, "date": 1_760_000_070, "receiver": {"type": "fragment"}},
        {
            "id": "g-1",
            "amount": 50,
            "date": 1_760_000_080,
            "receiver": {"type": "user", "transaction_type": "gift_purchase", "user": ANNA},
        },
    )
    came, went, withdrawn, gift = await stars.transactions(200, 100)
    payer = Payer(user_id=UserId(1001), first_name="Anna", username="anna", language=Language.UKRAINIAN)
    assert came == StarTransaction(
        charge_id="stx-1", stars=5000, at=1_760_000_000_000, is_incoming=True, payer=payer, payload="token"
    )
    assert (went.is_incoming, went.payer, went.at) == (False, payer, 1_760_000_060_000)
    assert withdrawn.payer is gift.payer is None
