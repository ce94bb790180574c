"""Any order of payments, repeats, refunds, chargebacks, faults and looks: the books agree with Telegram's account."""

import asyncio
import tempfile
from contextlib import suppress
from pathlib import Path

from harness.app import ANNA, BORIS
from harness.payments import Lost, PaymentsHarness, open_payments, paid, someone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import BadInput, NothingDone, StarsDown
from bot.domain.ids import Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.payments import PaymentStatus

KINDS = {False: LicenseType.BASIC, True: LicenseType.PREMIUM}
STEPS = st.one_of(
    st.tuples(st.just("pay"), st.sampled_from([ANNA, BORIS]), st.booleans(), st.sampled_from([1, 3, 6])),
    st.tuples(st.just("pay unheard"), st.sampled_from([ANNA, BORIS]), st.booleans(), st.sampled_from([1, 12])),
    st.tuples(st.just("pay again"), st.integers(0, 9)),
    st.tuples(st.just("pay for another"), st.integers(0, 9)),
    st.tuples(st.just("tell again"), st.integers(0, 9)),
    st.tuples(st.just("smuggle"), st.integers(1, 99)),
    st.tuples(st.just("ask refund"), st.integers(1, 12)),
    st.tuples(st.just("charge back"), st.integers(0, 9)),
    st.tuples(st.just("wait"), st.integers(1, 40 * 24)),
    st.tuples(st.just("fault"), st.sampled_from([Lost("lost"), StarsDown("502")])),
    st.just(("give back",)),
    st.just(("look",)),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=3, max_size=25))
def test_the_books_agree_with_telegrams_account(steps: list[tuple[object, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_play(Path(folder), steps))


async def _play(folder: Path, steps: list[tuple[object, ...]]) -> None:
    async with open_payments(folder) as payments:
        for user_id in (ANNA, BORIS):
            await payments.services.people.welcome(someone(user_id))
        world = _World(payments)
        for step in steps:
            await world.do(*step)
        await world.settle()
        await world.check()


class _World:
    """Does the steps, remembers the invoices."""

    def __init__(self, payments: PaymentsHarness) -> None:
        self.it = payments
        self.invoices: list[tuple[str, int, int]] = []  # payload, Stars, whose

    async def do(self, what: object, *values: object) -> None:
        await getattr(self, f"_{str(what).replace(' ', '_')}")(*values)

    async def _pay(self, user_id: int, premium: bool, months: int, *, heard: bool = True) -> None:
        for invoice in await self.it.services.payments.issue(UserId(user_id), KINDS[premium], months):
            self.invoices.append((invoice.payload, invoice.stars, user_id))
            await self._charge(user_id, invoice.stars, invoice.payload, heard=heard)

    async def _pay_unheard(self, user_id: int, premium: bool, months: int) -> None:
        await self._pay(user_id, premium, months, heard=False)

    async def _pay_again(self, which: int) -> None:
        if self.invoices:
            payload, stars, user_id = self.invoices[which % len(self.invoices)]
            await self._charge(user_id, stars, payload)

    async def _pay_for_another(self, which: int) -> None:
        if self.invoices:
            payload, stars, user_id = self.invoices[which % len(self.invoices)]
            await self._charge(ANNA if user_id == BORIS else BORIS, stars, payload)

    async def _smuggle(self, stars: int) -> None:
        await self._charge(ANNA, stars, "nobody's")

    async def _charge(self, user_id: int, stars: int, payload: str, *, heard: bool = True) -> None:
        payment = self.it.stars.pay(f"stx-{len(self.it.stars.lines)}", stars, payload, user_id)
        if heard:
            await self.it.services.payments.book(someone(user_id), payment)

    async def _tell_again(self, which: int) -> None:
        came = [line for line in self.it.stars.lines if line.is_incoming]
        if came:
            line = came[which % len(came)]
            assert line.payer is not None
            told = paid(line.charge_id, stars=line.stars, payload=line.payload, at=Millis(line.at))
            await self.it.services.payments.book(someone(line.payer.user_id), told)

    async def _ask_refund(self, number: int) -> None:
        try:
            await self.it.ask_refund(number, "asked")
        except BadInput:
            return

    async def _charge_back(self, which: int) -> None:
        open_ = [line.charge_id for line in self.it.stars.lines if not self.it.stars.went_back(line.charge_id)]
        if open_:
            self.it.stars.take_back(open_[which % len(open_)])

    async def _wait(self, hours: int) -> None:
        self.it.clock.advance(hours * 3600)

    async def _fault(self, fault: StarsDown) -> None:
        self.it.stars.faults.append(fault)

    async def _give_back(self) -> None:
        with suppress(NothingDone):
            await self.it.job.give_back()

    async def _look(self) -> None:
        await self.it.watch.reconcile()

    async def settle(self) -> None:
        """Time passes until there is nothing left to do."""
        for _ in range(len(self.it.stars.faults) + 3):
            self.it.clock.advance(3600)
            await self._give_back()
            await self.it.watch.reconcile()

    async def check(self) -> None:
        payments = self.it
        came = {line.charge_id: line for line in payments.stars.lines if line.is_incoming}
        statuses = await payments.statuses()
        assert statuses.keys() == came.keys(), "every charge has one row"
        for charge_id, status in statuses.items():
            is_back = status in {PaymentStatus.REFUNDED, PaymentStatus.CHARGED_BACK}
            assert is_back or status == PaymentStatus.COMPLETED
            assert is_back == payments.stars.went_back(charge_id), charge_id
        rows = await payments.rows(
            "SELECT p.status, p.period_days, e.millis, (SELECT count(*) FROM license_events WHERE takes = e.event_id)"
            " FROM payment_history AS p JOIN license_events AS e ON e.event_id = p.license_event_id"
        )
        assert [millis for _, _, millis, _ in rows] == [days * 86_400_000 for _, days, _, _ in rows]
        assert all(taken == (status != "completed") for status, _, _, taken in rows)
        assert len(rows) == len(await payments.rows("SELECT 1 FROM license_events WHERE kind = 'payment'"))
        receipts = [kind for kind, _ in await payments.promised() if kind.startswith("payment-receipt")]
        assert len(receipts) == len(rows)
