"""People of the benchmark press what stands there, and know the screen that they pressed for."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from ops.bench.front import tapped
from ops.stack import Chat, DriverError, Stack

CARD = 5
BALANCE = ("Positions", "Orders", "Menu")
POSITIONS = ("Balance", "Orders", "Menu")
ORDERS = ("Balance", "Positions", "Menu")
TARGETS = {"Positions": POSITIONS, "Orders": ORDERS}


def _message(labels: tuple[str, ...], number: int = CARD) -> dict[str, Any]:
    return {"message_id": number, "reply_markup": {"inline_keyboard": [[{"text": label}] for label in labels]}}


@dataclass
class Desk:
    """A stand-in with one card, whose bot answers each press at once."""

    labels: tuple[str, ...]
    replaced: list[tuple[str, ...]] = field(default_factory=list)  # between a look and the press, one a look
    early: list[dict[str, Any]] = field(default_factory=list)  # messages edited before the answer
    answers: bool = True
    pressed: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)

    async def telegram(self, method: str, path: str, body: Any = None) -> Any:
        if method == "POST":
            return self._press(body["message_id"], body["button"])
        if "/events" in path:
            after = int(path.partition("after=")[2].partition("&")[0])
            return [event for event in self.events if event["seq"] > after]
        shown = [_message(("Positions",), CARD + 1), _message(self.labels)]
        if self.replaced:
            self.labels = self.replaced.pop(0)
        return shown

    def _press(self, number: int, label: str) -> dict[str, int]:
        if number != CARD or label not in self.labels:
            raise DriverError(f"message {number} has no button {label!r}")
        self.pressed.append(label)
        seq = len(self.events) + 1
        self._record("pressed", {})
        for message in self.early:
            self._record("edited", message)
        if self.answers:
            self.labels = TARGETS[label]
            self._record("edited", _message(self.labels))
        return {"seq": seq}

    def _record(self, kind: str, message: dict[str, Any]) -> None:
        seq = len(self.events) + 1
        self.events.append(
            {"seq": seq, "at": 4_000_000_000_000 + seq * 1_000_000_000, "kind": kind, "message": message}
        )


class _House(Stack):
    """Knows the desk alone."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def telegram(self, method: str, path: str, body: object = None) -> Any:
        return await self._desk.telegram(method, path, body)


async def _tap(desk: Desk, patience: float = 5) -> float:
    return await tapped(Chat(_House(desk), 7), CARD, patience=patience)


async def test_the_two_screens_take_turns() -> None:
    desk = Desk(BALANCE)
    for _ in range(3):
        await _tap(desk)
    assert desk.pressed == ["Positions", "Orders", "Positions"]


async def test_a_card_that_is_replaced_between_look_and_press_is_read_again() -> None:
    desk = Desk(ORDERS, replaced=[POSITIONS])
    await _tap(desk)
    assert desk.pressed == ["Orders"]


async def test_a_card_without_its_buttons_is_looked_at_again() -> None:
    desk = Desk((), replaced=[ORDERS])
    await _tap(desk)
    assert desk.pressed == ["Positions"]


async def test_a_card_that_never_gets_them_is_told_of_and_nothing_is_pressed() -> None:
    desk = Desk(("Menu",))
    with pytest.raises(DriverError, match=r"Positions, Orders .* \['Menu'\]"):
        await _tap(desk)
    assert desk.pressed == []


async def test_the_time_is_of_the_screen_that_was_pressed_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A late edit of the screen before, and one of another message, come first."""
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    desk = Desk(ORDERS, early=[_message(ORDERS), _message(("Other",), CARD + 1)])
    assert await _tap(desk) == pytest.approx(4_000_000)


async def test_a_press_without_a_screen_is_as_slow_as_the_patience() -> None:
    assert await _tap(Desk(ORDERS, answers=False), patience=0.05) == pytest.approx(0.05)
