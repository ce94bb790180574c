"""Payments for tests: Telegram's side of Stars as a working fake, the services over a real file, people who pay."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bot.domain.errors import StarsDown, StarsError, StarsRefused
from bot.domain.ids import Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.offers import XTR
from bot.domain.payments import Invoice, Paid, Payer, StarTransaction
from bot.domain.users import Language, NewUser
from bot.services.payments.reconciliation import StarWatch
from bot.services.payments.refunds import RefundJob
from bot.services.services import Services
from harness.app import ANNA, OWNER, Harness, Person
from harness.app import harness as open_harness
from harness.bot_api import BOT_ID, Refused
from harness.fakes import START_MS, FakeClock


@dataclass
class FakeStars:
    """The bot's account of Stars at Telegram. `faults` befall the next refunds; a `Lost` one is done, unheard."""

    clock: FakeClock
    lines: list[StarTransaction] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # charges that a refund was asked for
    faults: list[StarsError] = field(default_factory=list)
    pages: list[tuple[int, int]] = field(default_factory=list)
    outage: StarsError | None = None

    def pay(self, charge_id: str, stars: int, payload: str, user_id: int = ANNA) -> Paid:
        """Somebody pays; what a successful_payment says of it."""
        self.lines.append(self._line(charge_id, stars, payload, user_id, is_incoming=True))
        return Paid(charge_id=charge_id, stars=stars, currency=XTR, payload=payload, at=self.clock.now())

    def take_back(self, charge_id: str) -> None:
        """A refund or a chargeback."""
        line = next(each for each in self.lines if each.charge_id == charge_id)
        payer = line.payer
        assert payer is not None
        self.lines.append(self._line(charge_id, line.stars, line.payload, payer.user_id, is_incoming=False))

    def went_back(self, charge_id: str) -> bool:
        return any(line.charge_id == charge_id and not line.is_incoming for line in self.lines)

    def refund(self, params: dict[str, Any]) -> object:
        """RefundStarPayment."""
        user_id, charge_id = int(params["user_id"]), str(params["telegram_payment_charge_id"])
        self.asked.append(charge_id)
        assert all(line.payer and line.payer.user_id == user_id for line in self.lines if line.charge_id == charge_id)
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None and not isinstance(fault, Lost):
            return _refusal(fault)
        if not any(line.charge_id == charge_id for line in self.lines):
            return Refused("CHARGE_NOT_FOUND")
        if self.went_back(charge_id):
            return Refused("CHARGE_ALREADY_REFUNDED")
        self.take_back(charge_id)
        return True if fault is None else _refusal(fault)

    def transactions(self, params: dict[str, Any]) -> object:
        """GetStarTransactions."""
        if self.outage is not None:
            return _refusal(self.outage)
        offset, limit = int(params["offset"]), int(params["limit"])
        self.pages.append((offset, limit))
        return {"transactions": [_transaction(line) for line in self.lines[offset : offset + limit]]}

    def _line(self, charge_id: str, stars: int, payload: str, user_id: int, *, is_incoming: bool) -> StarTransaction:
        payer = Payer(user_id=UserId(user_id), first_name="Anna", username=f"user_{user_id}", language=Language.ENGLISH)
        return StarTransaction(
            charge_id=charge_id,
            stars=stars,
            at=self.clock.now(),
            is_incoming=is_incoming,
            payer=payer,
            payload=payload,
        )


class Lost(StarsDown):
    """Telegram has done it; the answer did not come."""


def _refusal(fault: StarsError) -> Refused:
    return Refused(str(fault)) if isinstance(fault, StarsRefused) else Refused("Bad Gateway", status=502)


def _transaction(line: StarTransaction) -> dict[str, Any]:
    """Bot API "StarTransaction"; one without a payer is none of the bot's invoices (Fragment)."""
    partner: dict[str, Any] = {"type": "fragment"}
    if line.payer is not None:
        partner = {
            "type": "user",
            "transaction_type": "invoice_payment",
            "user": {
                "id": line.payer.user_id,
                "is_bot": False,
                "first_name": line.payer.first_name,
                "username": line.payer.username,
                "language_code": line.payer.language.value,
            },
            "invoice_payload": line.payload,
        }
    side = "source" if line.is_incoming else "receiver"
    return {"id": line.charge_id, "amount": line.stars, "date": line.at // 1000, side: partner}


@dataclass(repr=False)
class PaymentsHarness:
    """Everything about payments that a test looks at."""

    harness: Harness
    stars: FakeStars

    @property
    def job(self) -> RefundJob:
        return self.harness.job(RefundJob)

    @property
    def watch(self) -> StarWatch:
        return self.harness.job(StarWatch)

    @property
    def services(self) -> Services:
        return self.harness.services

    @property
    def clock(self) -> FakeClock:
        return self.harness.clock

    async def invoice(self, user_id: int = ANNA, kind: LicenseType = LicenseType.PREMIUM, months: int = 1) -> Invoice:
        await self.services.people.welcome(someone(user_id))
        return (await self.services.payments.issue(UserId(user_id), kind, months))[0]

    async def ask_refund(self, number: int, reason: str) -> None:
        """The owner asks for one, with the PIN entered just now."""
        self.services.pin._open(UserId(OWNER))
        await self.services.refunds.ask(UserId(OWNER), number, reason)

    async def pay(self, invoice: Invoice, charge_id: str = "stx-1", *, user_id: int | None = None) -> Paid:
        """Pay in full and let the bot hear of it."""
        payer = user_id or invoice.user_id
        paid = self.stars.pay(charge_id, invoice.stars, invoice.payload, payer)
        await self.services.payments.book(someone(payer), paid)
        return paid

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await self.harness.database.fetch(sql, ())]

    async def statuses(self) -> dict[str, str]:
        return dict(await self.rows("SELECT telegram_payment_charge_id, status FROM payment_history"))  # type: ignore[arg-type]  # pairs

    async def days_left(self, user_id: int = ANNA) -> int:
        """Of all types together, in whole days."""
        held = await self.services.reads.license(UserId(user_id))
        now = self.clock.now()
        return sum(each.end - max(now, each.start) for each in held.segments if each.end > now) // 86_400_000

    async def promised(self) -> list[tuple[str, int]]:
        return [(kind, user) for kind, user in await self.rows("SELECT kind, user_id FROM outbox ORDER BY outbox_id")]

    async def audited(self) -> list[str]:
        return [action for (action,) in await self.rows("SELECT action FROM audit ORDER BY id")]


@asynccontextmanager
async def open_payments(folder: Path) -> AsyncIterator[PaymentsHarness]:
    async with open_harness(folder) as harness:
        stars = FakeStars(harness.clock)
        harness.api.methods |= {"refundStarPayment": stars.refund, "getStarTransactions": stars.transactions}
        await harness.services.people.welcome(someone(OWNER))
        yield PaymentsHarness(harness, stars)


def someone(user_id: int = ANNA) -> NewUser:
    return NewUser(
        user_id=UserId(user_id),
        username=f"user_{user_id}",
        first_name="Anna",
        language=Language.ENGLISH,
        start_payload=None,
    )


def paid(charge_id: str = "stx-1", **changes: Any) -> Paid:
    values: dict[str, Any] = {
        "charge_id": charge_id,
        "stars": 5_000,
        "currency": XTR,
        "payload": "unknown",
        "at": Millis(START_MS),
    }
    return Paid(**(values | changes))


# --- people in the chat ---------------------------------------------------------------------------------------


_QUERIES = count(1)


async def customer(harness: Harness, user_id: int = ANNA, *, language: str = "en") -> Person:
    """Has accepted the terms before."""
    person = harness.person(user_id, language=language)
    await person.say("/start")
    await harness.terms_accepted(user_id)
    return person


async def buys(person: Person, label: str = "Premium 3 mo") -> tuple[str, int]:
    """/subscribe and a tap; the invoice's payload and Stars."""
    await person.say("/subscribe")
    await person.press(label)
    invoice = person.harness.api.invoices[-1]
    return invoice["payload"], invoice["prices"][0]["amount"]


async def check_out(person: Person, payload: str, stars: int, *, currency: str = XTR) -> str | None:
    """Confirm a payment: None if the bot agrees, else what it says."""
    query_id = f"pre-{next(_QUERIES)}"
    query = {
        "id": query_id,
        "from": person.message("x")["message"]["from"],
        "currency": currency,
        "total_amount": stars,
        "invoice_payload": payload,
    }
    await person.harness.feed({"update_id": next(person.harness.update_ids), "pre_checkout_query": query})
    answer = person.harness.api.checked[query_id]
    return None if answer["ok"] else str(answer["error_message"])


def paid_update(person: Person, payload: str, stars: int, charge_id: str, *, currency: str = XTR) -> dict[str, Any]:
    """The update of a successful_payment."""
    payment = {
        "currency": currency,
        "total_amount": stars,
        "invoice_payload": payload,
        "telegram_payment_charge_id": charge_id,
        "provider_payment_charge_id": "p-1",
    }
    return _service_message(person, {"successful_payment": payment})


def refunded_update(person: Person, payload: str, stars: int, charge_id: str) -> dict[str, Any]:
    """The update of a refunded_payment, a message of the bot's own."""
    refund = {
        "currency": XTR,
        "total_amount": stars,
        "invoice_payload": payload,
        "telegram_payment_charge_id": charge_id,
    }
    update = _service_message(person, {"refunded_payment": refund})
    update["message"]["from"] = {"id": BOT_ID, "is_bot": True, "first_name": "Perpdesk", "username": "perpdesk_bot"}
    return update


def _service_message(person: Person, content: dict[str, Any]) -> dict[str, Any]:
    update: dict[str, Any] = json.loads(json.dumps(person.message("")))
    del update["message"]["text"], update["message"]["entities"]
    update["message"] |= content
    return update
