"""T14: a whole session at DEBUG, and no secret in any log, answer, metric, file of the database, backup or journal."""

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from harness.waiting import CAMPAIGN_LIMIT, LIMIT

from ops.stack import OWNER, ROOT, TOKEN, Chat, Stack, new_key, running_stack

pytestmark = pytest.mark.timeout(CAMPAIGN_LIMIT)
ANNA, BORIS = 1001, 1002
PIN = "904713"
CODE, WRONG_CODE = "KESTREL7", "HERONMOON9"
PASTED_KEY, PASTED_SECRET = "qW3rTy9uIoPa5sDfG1", "hJ7kLz2xCvBn4mQw8eRt6yUi0oPa3sDfGh5j"
STATS_TOKEN = "canary-of-the-sidecar-Zq81"
WEBHOOK_SECRET = "canary-of-the-webhook-Xw72"


async def set_pin(chat: Chat, message: dict[str, Any]) -> dict[str, Any]:
    for digit in PIN * 2:  # chosen, and repeated
        message = await chat.press(message, digit)
    return message


async def session(stack: Stack) -> dict[str, str]:
    """What people do with secrets, right ones and wrong ones; the key that was connected."""
    owner, anna, boris = (stack.chat(user_id) for user_id in (OWNER, ANNA, BORIS))
    for chat in (owner, anna, boris):
        await chat.say("/start")
    await set_pin(owner, await owner.press(await owner.ask({"text": "/pin"}), "Set a PIN"))
    message = await owner.ask({"text": f"/promo new premium 7d max=4 code={CODE}"})
    await owner.press(message, "Create")
    key = await stack.demo_key()
    message = await anna.ask({"text": f"/keys add demo {key['api_key']} {key['api_secret']}"})
    if "I accept" in str(message.get("reply_markup")):
        message = await anna.press(message, "I accept")
    assert "connected" in message["text"], message
    await boris.say(f"/keys add demo {PASTED_KEY} {PASTED_SECRET}")  # Bybit does not know it
    await boris.say(f"my key is {PASTED_KEY} and the secret {PASTED_SECRET}")
    message = await anna.ask({"text": f"/redeem {CODE}"})
    await anna.press(message, "Redeem")
    await boris.say(f"/redeem {WRONG_CODE}")
    await anna.say("/balance")
    await anna.say("/positions")
    return key


def contents(*folders: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}


def hits(content: bytes, secrets: dict[str, str]) -> list[str]:
    """Which secrets stand there; a PIN only where no other digit stands beside it."""
    found = [name for name, secret in secrets.items() if secret.encode() in content]
    return found + (["PIN"] if re.search(rb"(?<!\d)" + PIN.encode() + rb"(?!\d)", content) else [])


async def shown(stack: Stack, headers: dict[str, str]) -> dict[str, bytes]:
    """What the sidecar shows, with its token and without."""
    answers = {}
    for path in (
        "/metrics",
        "/readyz",
        "/healthz",
        "/api/stats/cache",
        "/api/stats/overview",
        "/api/stats/history",
        "/",
    ):
        for given in (headers, {"Authorization": "Bearer wrong"}):
            async with stack.session.get(stack.stats_url + path, headers=given) as answer:
                answers[f"{path} {answer.status}"] = await answer.read()
    return answers


async def told(stack: Stack) -> dict[str, bytes]:
    """Every word of the bot to anybody but whoever made the code."""
    return {
        f"chat {user_id}, {number}": str(message).encode()
        for user_id in (ANNA, BORIS)
        for number, message in enumerate(await stack.chat(user_id).messages())
        if message["from"]["is_bot"]
    }


@pytest.mark.campaign
async def test_no_secret_of_a_session_is_found_anywhere(tmp_path: Path) -> None:
    key = new_key()
    environment = {
        "PERPDESK_DATABASE": str(tmp_path / "state" / "perpdesk.sqlite3"),
        "PERPDESK_STATS_TOKEN": STATS_TOKEN,
        "PERPDESK_WEBHOOK_SECRET": WEBHOOK_SECRET,
    }
    headers = {"Authorization": f"Bearer {STATS_TOKEN}"}
    async with running_stack(tmp_path, log_level="DEBUG", key=key, environment=environment, headers=headers) as stack:
        connected = await session(stack)
        assert await stack.end_bot(signal.SIGKILL) == -signal.SIGKILL
        await stack.start_bot()
        await stack.chat(ANNA).say("/orders")
        seen = await shown(stack, headers) | await told(stack)
        backup = subprocess.run(  # noqa: ASYNC221  a test may wait
            [sys.executable, "-m", "ops", "backup"],
            cwd=ROOT,
            env=stack.environment,
            capture_output=True,
            timeout=LIMIT,
            check=False,
        )
        assert backup.returncode == 0, backup
        seen |= {"backup": backup.stdout + backup.stderr} | contents(tmp_path / "state")
        assert await stack.end_bot() == 0
        seen |= {"bot's log": stack.log("bot").encode()} | contents(tmp_path / "state")
    secrets = {
        "token": TOKEN.partition(":")[2],
        "key file": key.partition(":")[2],
        "API key": connected["api_key"],
        "API secret": connected["api_secret"],
        "refused key": PASTED_KEY,
        "refused secret": PASTED_SECRET,
        "promo code": CODE,
        "wrong code": WRONG_CODE,
        "sidecar's token": STATS_TOKEN,
        "webhook's secret": WEBHOOK_SECRET,
    }
    assert len(secrets) == 10
    assert {where: found for where, content in seen.items() if (found := hits(content, secrets))} == {}
    names = {Path(where).name for where in seen}
    assert {"perpdesk.sqlite3", "/metrics 200", "/metrics 401", "bot's log"} <= names | set(seen)
    assert any("backups" in where for where in seen), sorted(seen)
    assert any("journal" in where for where in seen), sorted(seen)
    assert '"replayed": ' in stack.log("bot"), "both lives are in it"
