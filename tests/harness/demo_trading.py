"""The bot as it runs over a Bybit stand-in within the process: what people do in the chat, and the truth there."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.domain.errors import ExchangeError
from bot.domain.ids import DAY, UserId
from bot.domain.licensing import EntryKind, LicenseType, NewLedgerEntry
from bot.domain.users import Language
from bot.services.trading.leg_closer import LegCloser
from bot.services.users.preferences import SettingField
from handlers.outbox_messages import OutboxTexts
from handlers.views.cards import RenderedCard
from harness.app import TEXTS, Harness, Person, harness, said
from harness.bot_api import Bubble
from harness.fakes import FakeClock
from harness.waiting import until
from ops.sim.bybit.control import Control
from ops.sim.bybit.in_process import InProcessTransport
from ops.sim.bybit.in_process_streams import InProcessStreams
from ops.sim.bybit.world import World

_NOT_YET = ("⏳ Sending", "⏳ Accepted")
LICENSE = NewLedgerEntry(
    kind=EntryKind.GRANT,
    license_type=LicenseType.PREMIUM,
    millis=30 * DAY,
    takes=None,
    idempotency_key="test:license",
    actor=None,
    note="",
)
NOON = 1_782_907_200_000
"""2026-07-01 12:00:00 UTC."""


@dataclass(repr=False)
class DemoTrading:
    """A person with a connected Bybit Demo and a license, the bot, and the stand-in's control calls."""

    chat: Harness
    person: Person
    control: Control
    uid: int
    streams: InProcessStreams

    @property
    def truth(self) -> dict[str, Any]:
        """What the stand-in has of the account: wallet, positions, orders, history, executions, closed_pnl."""
        return self.control.account(str(self.uid))

    @property
    def created(self) -> int:
        """How often an order was asked for."""
        return [each["path"] for each in self.control.calls("0")].count("/demo/v5/order/create")

    async def buy(self, words: str) -> Bubble:
        """A typed order, confirmed; its message when it says more than that the order was sent or accepted."""
        await said(self.person, f"buy {words}")
        await until(lambda: self._confirms, what="the card")  # it comes by an edit where its prices took long
        await self.person.press(self._confirms[0])
        await until(lambda: not len(self.chat.services.trading.runner.tasks), what="the end of what is under way")
        await self.comes(lambda: not any(word in self.person.last.text for word in _NOT_YET), what="its outcome")
        return self.person.last

    @property
    def _confirms(self) -> list[str]:
        return [label for label in self.person.last.labels if label.startswith("✓")]

    async def comes(self, condition: Callable[[], bool], *, what: str) -> None:
        """Wait for what one of the next rounds of the jobs brings; each look is a tenth of a second later."""
        closer = self.chat.job(LegCloser)

        async def is_there() -> bool:
            self.chat.clock.advance(0.1)
            await self.settle()
            await closer.work_off()
            return condition()

        await until(is_there, what=what)

    async def settle(self) -> None:
        """Every account of the person compared with its exchange once."""
        config = await self.chat.services.reads.user_config(UserId(self.person.user_id))
        for account in () if config is None else config.accounts:
            with suppress(ExchangeError):
                await self.chat.services.trading.settlement.settle(account.account_id)

    async def told(self, word: str) -> RenderedCard:
        """The newest message of the outbox that says that, once it is there: nothing is delivered here."""
        found: list[RenderedCard] = []

        async def is_there() -> bool:
            self.chat.clock.advance(0.1)
            await self.settle()
            found[:] = [each for each in await self.messages() if word in each.text_html]
            return bool(found)

        await until(is_there, what=word)
        return found[-1]

    async def messages(self) -> list[RenderedCard]:
        """What waits in the outbox, oldest first, as it would be sent."""
        texts = OutboxTexts(TEXTS)
        rows = [each.message for each in await self.chat.queued()]
        return [part for each in rows for part in texts.render(each.kind, each.values, Language.ENGLISH)]

    async def press_told(self, label: str, card: RenderedCard) -> Bubble:
        """A tap on a button of such a message."""
        assert card.reply_markup is not None
        (data,) = [
            each.callback_data for row in card.reply_markup.inline_keyboard for each in row if each.text == label
        ]
        return await self.person.tap(str(data))

    def in_the_app(self, act: str, **fields: Any) -> dict[str, Any]:
        """What the person does in Bybit's own app; in BTCUSDT, unless another symbol is named."""
        return self.control.act_in_app(str(self.uid), {"act": act, "symbol": "BTCUSDT", **fields})

    async def connect_live(self) -> None:
        """A live account beside the demo one, which stays the one that is shown first."""
        made = self.control.make_account({"environment": "live"})
        connected = await said(self.person, f"/keys add live {made['api_key']} {made['api_secret']}")
        assert "connected" in connected.text, connected.text

    def price(self, symbol: str, price: str) -> None:
        self.control.set_price({"symbol": symbol, "price": price})


@asynccontextmanager
async def demo_trading(
    folder: Path, *, environment: str = "demo", trade_live: bool = False, has_license: bool = True, **account: Any
) -> AsyncIterator[DemoTrading]:
    """`account`: more fields of `POST /sim/accounts`. The clock stands at noon; BTCUSDT is at 60,000.

    With `environment` "live" it is an account of real money at the same stand-in.
    """
    clock = FakeClock(millis=NOON)
    world = World(seed=1, clock=clock.now, limits=False)
    control = Control(world)
    made = control.make_account({"environment": environment, **account})
    control.set_price({"symbol": "BTCUSDT", "price": 60_000})
    streams = InProcessStreams(world)
    async with harness(
        folder,
        clock=clock,
        exchange=lambda _: InProcessTransport(world=world),
        streams=lambda _: streams,
        trade_live=trade_live,
    ) as chat:
        anna = chat.person()
        await said(anna, "/start")
        await chat.terms_accepted(anna.user_id)
        connected = await said(anna, f"/keys add {environment} {made['api_key']} {made['api_secret']}")
        assert "connected" in connected.text, connected.text
        if has_license:
            async with chat.store.begin() as unit:
                await unit.ledger.append(UserId(anna.user_id), LICENSE, clock.now())
        await chat.services.preferences.set(UserId(anna.user_id), SettingField.DEFAULT_ACCOUNT, environment)
        yield DemoTrading(chat, anna, control, made["uid"], streams)
