"""The address of the server changes under keys that are bound to it: operators hear of it once, nobody else does."""

from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, OWNER, Harness, said
from harness.app import harness as open_harness
from harness.fakes import FakeClock

from bot.domain.errors import NothingDone
from bot.domain.ids import DAY
from bot.services.accounts.egress_alarm import EgressAlarm
from bot.services.accounts.key_watch import KeyWatch
from ops.sim.bybit.control import Control
from ops.sim.bybit.in_process import InProcessTransport
from ops.sim.bybit.world import World

OLD, NEW = "192.0.2.1", "192.0.2.9"
PEOPLE = (ANNA, BORIS, OWNER)


async def connect(chat: Harness, control: Control) -> None:
    """The demo keys of three people, bound to the old address."""
    for user_id in PEOPLE:
        person, made = chat.person(user_id), control.make_account({"environment": "demo", "ips": [OLD]})
        await said(person, "/start")
        await chat.terms_accepted(user_id)
        answer = await said(person, f"/keys add demo {made['api_key']} {made['api_secret']}")
        assert "connected" in answer.text, answer.text


def reasons(chat: Harness) -> list[str]:
    return [each for each in chat.assembly.bybit.problems() if "10010" in each]


async def test_operators_are_told_once_and_nobody_of_a_broken_key(tmp_path: Path) -> None:
    clock = FakeClock()
    world = World(seed=1, clock=clock.now, limits=False)
    bybit = InProcessTransport(world=world, peer=OLD)
    async with open_harness(tmp_path, clock=clock, exchange=lambda _: bybit) as chat:
        await connect(chat, Control(world))
        await chat.write("DELETE FROM outbox")
        bybit.peer = NEW
        clock.advance(DAY / 1000 + 1)
        watch, alarm = chat.job(KeyWatch), chat.job(EgressAlarm)
        await alarm.look()
        assert await chat.queued() == ()
        with pytest.raises(NothingDone):
            await watch.check_due()
        assert len(reasons(chat)) == 1
        await alarm.look()
        assert await chat.queued() == (), "it is told when it lasts"
        clock.advance(30)
        for _ in range(2):
            await alarm.look()
        assert [(each.message.user_id, each.message.kind) for each in await chat.queued()] == [
            (OWNER, "egress-refused")
        ]
        clock.advance(11)
        assert "the address of my server" in (await said(chat.person(ANNA), "/keys check demo")).text
        bybit.peer = OLD
        clock.advance(11)
        assert await watch.check_due() == len(PEOPLE)
        assert reasons(chat) == []
        assert len(await chat.queued()) == 1
