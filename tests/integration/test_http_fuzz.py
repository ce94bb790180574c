"""What nobody should send, to both listeners of an assembled bot; `make campaign` sends more of it."""

import logging
from pathlib import Path

import pytest
from harness.chat import ChatProcess
from harness.sim_telegram import Driver
from harness.telegram_server import FakeTelegram
from pydantic import SecretStr

from ops.campaigns.http_fuzz import fuzz, sidecar_target, webhook_target
from ops.stack import free_port
from stats_api.server import serve

SECRET = "a-secret-of-the-tests-1"
TOKEN = "canary-token-4f1e9a"
PATH = "/telegram"


@pytest.mark.campaign
async def test_nothing_breaks_and_nothing_is_given_to_who_lacks_the_secret(
    sim: Driver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    changes = {
        "webhook_url": f"http://127.0.0.1:{port}{PATH}",
        "webhook_port": port,
        "webhook_secret": SecretStr(SECRET),
        "stats_token": SecretStr(TOKEN),
    }
    bot = ChatProcess(tmp_path, FakeTelegram(url=sim.url), changes=changes)
    caplog.set_level(logging.INFO)
    async with bot.at_work(), serve(bot.assembly.sidecar, port=0) as address:
        sidecar = sidecar_target(int(address.rsplit(":", 1)[1]), TOKEN)
        for target in (sidecar, webhook_target(port, PATH, SECRET)):
            failures = await fuzz(target, seed=1, cases=200)
            assert not failures, "\n".join(failures)
    assert SECRET not in caplog.text
    assert TOKEN not in caplog.text
    assert not [record for record in caplog.records if record.exc_info]
