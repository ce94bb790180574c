"""Stars under kill -9, redelivery and faults: the whole bot as a process, people who pay while it dies.

What must hold at the end, by Telegram's own account of Stars: every charge is booked once; it is credited once, or it
went back once; every credited day stands in the ledger; the chains hold and the file is sound. Every pre-checkout is
answered while the bot is alive; how soon is told (the 99th percentile) and not judged: it depends on the machine.
"""

import asyncio
import random
import signal
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import aiohttp

from bot.domain.ids import DAY
from ops.campaigns.lives import Lives, lives_of
from ops.campaigns.report import Report
from ops.stack import PATIENCE, TOKEN, Chat, DriverError, Stack, running_stack
from storage.admin.audit import AUDIT_CHAIN
from storage.licensing.ledger import LICENSE_CHAIN
from storage.sqlite.database import Database
from storage.sqlite.hash_chain import verify_chain

NAME: Final = "payments in Stars"
USERS: Final = range(9101, 9109)
PRICES: Final = '{"basic": {"1": 3, "3": 5}, "premium": {"1": 7, "3": 11, "6": 13, "12": 25001}}'
_CALM_PAYMENTS: Final = 10  # of each payer, for the percentile
_PRICES_SECONDS: Final = 300.0  # then the price list is asked for anew: its buttons do not live for ever
_FAULTS: Final = (
    {"kind": "timeout_after", "method": "refundStarPayment", "probability": 0.3},
    {"kind": "http_500", "method": "refundStarPayment", "probability": 0.2},
    {"kind": "http_500", "method": "answerPreCheckoutQuery", "probability": 0.1},
    {"kind": "reset", "method": "answerPreCheckoutQuery", "probability": 0.1},
    {"kind": "http_500", "method": "sendMessage", "probability": 0.1},
    {"kind": "http_500", "method": "getStarTransactions", "probability": 0.2},
    {"kind": "reset", "method": "getUpdates", "probability": 0.1},
)


@dataclass(slots=True)
class _Tally:
    """What the payers did, and how long the bot took to answer (ms) while nothing killed it."""

    taps: int = 0
    confirmed: int = 0
    smuggled: int = 0
    charged_back: int = 0
    answers: list[float] = field(default_factory=list)


async def run(seed: int, budget_seconds: float, folder: Path, *, kills: int | None = None) -> Report:
    """Kill until the budget (seconds) is used or so many kills were done; then calm down and look."""
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    began, tally, done = time.monotonic(), _Tally(), 0
    async with (
        running_stack(folder, log_level="INFO", environment={"PERPDESK_PRICES": PRICES}) as stack,
        lives_of(stack) as lives,
    ):
        await lives.begin()
        payers = [_Payer(stack, user_id, random.Random(f"{seed}:{user_id}"), tally) for user_id in USERS]  # noqa: S311  the same
        await asyncio.gather(*(payer.begin() for payer in payers))
        for number, fault in enumerate(_FAULTS):
            await stack.telegram("POST", "/sim/faults", {**fault, "seed": seed * 100 + number})
        stop = asyncio.Event()
        at_work = [asyncio.create_task(payer.pay_until(stop)) for payer in payers]
        while time.monotonic() - began < budget_seconds and done != kills:
            await lives.until_dead(most=0.1 + draw.random() * 0.5)
            await lives.begin()
            done += 1
        stop.set()
        await asyncio.gather(*at_work)
        await stack.telegram("DELETE", "/sim/faults")
        await asyncio.gather(*(payer.pay_calmly() for payer in payers))
        failures = await _look(lives, tally)
    return Report(
        name=f"{NAME} (p99 {_p99(tally.answers):.0f} ms)",
        seed=seed,
        seconds=time.monotonic() - began,
        cases=done,
        steps=tally.confirmed,
        failures=tuple(failures),
    )


@dataclass(slots=True)
class _Payer:
    """One person who taps, pays, pays twice, and slips an invoice of nobody past the check."""

    stack: Stack
    user_id: int
    draw: random.Random
    tally: _Tally
    prices: dict[str, Any] = field(default_factory=dict)
    priced_at: float = 0.0

    @property
    def chat(self) -> Chat:
        return self.stack.chat(self.user_id)

    async def begin(self) -> None:
        """Accept the terms, keep the price list."""
        await self.stack.telegram("PUT", f"/sim/users/{self.user_id}", {"first_name": "Payer", "stars": 1_000_000})
        prices = await self.chat.ask({"text": "/subscribe"})
        terms = await self.chat.press(prices, _labels(prices)[0])
        await self.chat.press(terms, "I accept")
        await self._ask_prices()

    async def pay_until(self, stop: asyncio.Event) -> None:
        """One payment after the other; what a kill swallows is tried again."""
        while not stop.is_set():
            with suppress(DriverError):
                await self._pay_somehow()

    async def pay_calmly(self) -> None:
        """For the percentile: nothing is killed any more."""
        for _ in range(_CALM_PAYMENTS):
            for invoice in (await self._invoices(wait=PATIENCE))[:1]:
                asked = time.time()
                done = await self._confirm(invoice)
                checked = await self._event(done["seq"], lambda event: event["kind"] == "checked", PATIENCE)
                self.tally.answers.append(checked["at"] - asked * 1000)

    async def _ask_prices(self) -> None:
        seq = (await self.stack.telegram("POST", f"/sim/users/{self.user_id}/messages", {"text": "/subscribe"}))["seq"]
        self.prices = await self.chat.answer(seq, word="Buy a license")
        self.priced_at = time.monotonic()

    async def _pay_somehow(self) -> None:
        if time.monotonic() - self.priced_at > _PRICES_SECONDS:
            await self._ask_prices()
        way = self.draw.random()
        if way < 0.15:  # noqa: PLR2004  a share of the payments
            await self._smuggle()
            return
        for invoice in await self._invoices(wait=3):
            await self._confirm(invoice)
            if way < 0.35:  # noqa: PLR2004  both may pass the check before either is paid
                await self._confirm(invoice)
            await asyncio.sleep(self.draw.random() * 0.2)
        if way > 0.95:  # noqa: PLR2004  a few of them
            await self._charge_back()

    async def _invoices(self, *, wait: float) -> list[int]:
        """Tap a choice; the messages that can be paid for it."""
        label = self.draw.choice([label for label in _labels(self.prices) if label.endswith(" mo")])
        body = {"message_id": self.prices["message_id"], "button": label}
        seq = (await self.stack.telegram("POST", f"/sim/users/{self.user_id}/press", body))["seq"]
        self.tally.taps += 1
        event = await self._event(seq, _is_invoice, wait)
        found = [event["message"]["message_id"]]
        if "(1 of 2)" in event["message"]["invoice"]["title"]:
            event = await self._event(event["seq"], _is_invoice, wait)
            found.append(event["message"]["message_id"])
        return found

    async def _confirm(self, message_id: int) -> dict[str, Any]:
        done = await self.stack.telegram("POST", f"/sim/users/{self.user_id}/pay", {"message_id": message_id})
        self.tally.confirmed += 1
        return dict(done)

    async def _smuggle(self) -> None:
        """An invoice that the bot never issued, agreed to over its head: it can only go back."""
        invoice = await _bot_api(
            self.stack,
            "sendInvoice",
            {
                "chat_id": self.user_id,
                "title": "Nothing",
                "description": "An invoice of nobody",
                "payload": f"smuggled-{self.draw.randrange(10**9)}",
                "currency": "XTR",
                "prices": [{"label": "Nothing", "amount": 17}],
            },
        )
        done = await self._confirm(invoice["message_id"])
        agreed = {"pre_checkout_query_id": done["pre_checkout_query_id"], "ok": True}
        with suppress(DriverError):  # a fault, or the bot was quicker and refused
            await _bot_api(self.stack, "answerPreCheckoutQuery", agreed)
            self.tally.smuggled += 1

    async def _charge_back(self) -> None:
        charges = [line["id"] for line in await _account(self.stack) if _payer_of(line) == self.user_id]
        body = {"telegram_payment_charge_id": self.draw.choice(charges or [""])}
        with suppress(DriverError):  # it went back already
            await self.stack.telegram("POST", f"/sim/users/{self.user_id}/charge_back", body)
            self.tally.charged_back += 1

    async def _event(self, after: int, wanted: Callable[[dict[str, Any]], bool], wait: float) -> dict[str, Any]:
        end = time.monotonic() + wait
        while time.monotonic() < end:
            for event in await self.chat.events(after, wait=1):
                after = event["seq"]
                if wanted(event):
                    return event
        raise DriverError(f"user {self.user_id} waited {wait} s for nothing")


def _labels(message: Mapping[str, Any]) -> list[str]:
    return [button["text"] for row in message["reply_markup"]["inline_keyboard"] for button in row]


def _is_invoice(event: Mapping[str, Any]) -> bool:
    return event["kind"] == "sent" and "invoice" in event["message"]


async def _bot_api(stack: Stack, method: str, body: Mapping[str, Any]) -> Any:
    """As the bot itself would. Raises DriverError where a fault strikes, too."""
    try:
        answer = await stack.telegram("POST", f"/bot{TOKEN}/{method}", body)
    except aiohttp.ClientError as fault:
        raise DriverError(str(fault)) from fault
    return answer["result"]


async def _account(stack: Stack) -> list[dict[str, Any]]:
    """Telegram's own account of the bot's Stars, all of it."""
    lines: list[dict[str, Any]] = []
    while True:
        try:
            answer = await _bot_api(stack, "getStarTransactions", {"offset": len(lines), "limit": 100})
        except DriverError:  # a fault that was asked for
            continue
        lines += answer["transactions"]
        if len(answer["transactions"]) < 100:  # noqa: PLR2004  a page
            return lines


def _payer_of(line: Mapping[str, Any]) -> int:
    partner = line["source"] if "source" in line else line["receiver"]
    return int(partner["user"]["id"])


async def _look(lives: Lives, tally: _Tally) -> list[str]:
    """Everything that is wrong, in words."""
    stack = lives.stack
    path = Path(stack.environment["PERPDESK_DATABASE"])
    end = time.monotonic() + PATIENCE
    await lives.end()  # the next start reads Telegram's account at once
    await lives.begin()
    while True:
        lines = await _account(stack)
        failures = [*await asyncio.to_thread(_look_into, path, lines)]
        if not failures or time.monotonic() > end:
            break
        await asyncio.sleep(0.5)
    code = await lives.end(signal.SIGTERM)
    if code:
        failures.append(f"the stop ended with code {code}")
    failures += await asyncio.to_thread(_unsound, path)
    async with Database.open(path) as database:
        for chain in (LICENSE_CHAIN, AUDIT_CHAIN):
            report = await verify_chain(database.fetch, chain)
            if report.broken_at is not None:
                failures.append(f"{chain.name} breaks at row {report.broken_at}")
    if not tally.answers:
        failures.append("no pre-checkout was answered while the bot was left alone")
    if not (lines and tally.smuggled):
        failures.append("nothing was paid, so nothing is shown")
    return failures


def _p99(answers: list[float]) -> float:
    return statistics.quantiles(answers, n=100)[98] if len(answers) > 1 else float("inf")


def _look_into(path: Path, lines: list[dict[str, Any]]) -> Iterable[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        return [*_misbooked(connection, lines), *_miscredited(connection), *_untold(connection)]


def _misbooked(connection: sqlite3.Connection, lines: list[dict[str, Any]]) -> Iterable[str]:
    """One row a charge, and where it stands is where Telegram says the Stars are."""
    charges = Counter(line["id"] for line in lines if "source" in line)
    went_back = {line["id"] for line in lines if "receiver" in line}
    rows = dict(connection.execute("SELECT telegram_payment_charge_id, status FROM payment_history").fetchall())
    for charge_id in charges:
        status = rows.get(charge_id)
        is_back = status in {"refunded", "charged_back"}
        if is_back != (charge_id in went_back) or status in {None, "unclaimed", "refund_asked"}:
            place = "with its payer" if charge_id in went_back else "with the bot"
            yield f"charge {charge_id[:12]}… is booked as {status}, its Stars are {place}"
    for charge_id in rows.keys() - charges.keys():
        yield f"charge {charge_id[:12]}… is booked and was never paid"


def _miscredited(connection: sqlite3.Connection) -> Iterable[str]:
    """Each charge that stays has its days in the ledger, once; each that went back has none or has lost them."""
    given = connection.execute(
        "SELECT p.telegram_payment_charge_id, p.status, p.period_days, e.millis,"
        " (SELECT count(*) FROM license_events AS g WHERE g.cause = 'charge:' || p.telegram_payment_charge_id),"
        " (SELECT count(*) FROM license_events AS t WHERE t.takes = p.license_event_id)"
        " FROM payment_history AS p LEFT JOIN license_events AS e ON e.event_id = p.license_event_id"
    ).fetchall()
    for charge_id, status, days, millis, credits_, returns in given:
        wanted = {"completed": (1, 0), "charged_back": (1, 1)}.get(status, (credits_, credits_))
        if (credits_, returns) != wanted:
            yield f"charge {charge_id[:12]}… ({status}) was given {credits_} times and taken {returns} times"
        if days is not None and millis != days * DAY:
            yield f"charge {charge_id[:12]}… paid for {days} days and gave {millis} ms"
    ((rows, payments),) = connection.execute(
        "SELECT (SELECT count(*) FROM license_events WHERE kind = 'payment'),"
        " (SELECT count(*) FROM payment_history WHERE license_event_id IS NOT NULL)"
    ).fetchall()
    if rows != payments:
        yield f"{rows} payments in the ledger, {payments} in the history"


def _untold(connection: sqlite3.Connection) -> Iterable[str]:
    """Every credited charge has one receipt, and it was sent."""
    receipts = "SELECT state, count(*) FROM outbox WHERE kind LIKE 'payment-receipt%' GROUP BY state"
    told = dict(connection.execute(receipts).fetchall())
    ((credited,),) = connection.execute(
        "SELECT count(*) FROM payment_history WHERE license_event_id IS NOT NULL"
    ).fetchall()
    if told != ({"sent": credited} if credited else {}):
        yield f"{credited} charges were credited, their receipts are {told}"


def _unsound(path: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        ((verdict,),) = connection.execute("PRAGMA integrity_check").fetchall()
    return [] if verdict == "ok" else [f"integrity_check: {verdict}"]
