"""The same reading in the same digits: fresh, late, while Bybit is silent and after a restart."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from harness.app import Harness, harness, said
from harness.storage import order, position

from bot.domain.errors import ExchangeDown
from bot.domain.portfolio import Side

PEPE = "1000PEPEUSDT"
RULES = "/v5/market/instruments-info"
DIGITS = ("0.0118765", "0.0124500", "63,999.50", "64,210.50")


def trade(app: Harness) -> None:
    """Two positions and an order, as Bybit writes them: the mark of Pepe happens to end in zeros."""
    app.bybit.symbols |= {PEPE: "0.0124500"}
    app.bybit.positions = (
        position(
            PEPE,
            size=Decimal(12_300),
            entry_price=Decimal("0.0118765"),
            mark_price=Decimal("0.0120000"),
            stop_loss=Decimal("0.0124500"),
            take_profit=None,
            side=Side.SELL,
        ),
        position(
            entry_price=Decimal("64210.50"),
            mark_price=Decimal("64300.00"),
            stop_loss=Decimal("63999.50"),
            take_profit=None,
        ),
    )
    app.bybit.orders = (order(symbol=PEPE, qty=Decimal(12_300), price=Decimal("0.0124500")),)


def shown(text: str) -> list[str]:
    """What stands there but for the line of the age, which is the last, and what was put before it."""
    return [line for line in text.replace("\u00a0", " ").splitlines()[:-1] if line and not line.startswith("⚠️ Bybit")]


@contextmanager
def silence(app: Harness) -> Iterator[None]:
    app.bybit.trouble = ExchangeDown("silent")
    app.clock.advance(60)
    yield
    app.bybit.trouble = None


async def test_a_reading_keeps_its_digits_whatever_becomes_of_bybit(tmp_path: Path) -> None:
    async with harness(tmp_path) as app:
        anna = app.person()
        trade(app)
        await app.demo_account(anna)
        fresh = {text: shown((await said(anna, text)).text) for text in ("/positions demo", "/orders demo")}
        assert all(any(digits in line for line in fresh["/positions demo"]) for digits in DIGITS), fresh
        assert any("12,300 1000PEPE" in line for line in fresh["/orders demo"]), fresh
        for text, lines in fresh.items():
            with silence(app):
                assert shown((await said(anna, text)).text) == lines, "while Bybit is silent"
            app.clock.advance(60)
            app.bybit.gate.clear()
            assert shown((await said(anna, text)).text) == lines, "while Bybit is late"
            app.bybit.gate.set()
            await app.settle()
    async with harness(tmp_path) as app:
        anna = app.person()
        with silence(app):
            for text, lines in fresh.items():
                assert shown((await said(anna, text)).text) == lines, "after a restart, Bybit silent"


async def test_the_rules_of_all_symbols_are_one_call_for_everybody(harness: Harness) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    trade(harness)
    for text in ("/positions demo", "/orders demo", "/price btc", "/book eth", "/symbols", "/symbols spot"):
        await said(anna, text)
    assert harness.bybit.asked[RULES] == 2, "one of perpetuals, one of spot"


async def test_a_screen_does_not_wait_for_the_rules(harness: Harness) -> None:
    """Numbers stand as Bybit wrote them until the rules are there."""
    anna = harness.person()
    await said(anna, "/start")
    harness.bybit.silent_paths.add(RULES)
    assert "64,210.50" in (await said(anna, "/price btc")).text
