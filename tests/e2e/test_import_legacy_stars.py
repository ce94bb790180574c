"""The old bot's people on its token, through the front door: its charges stand in Telegram's account of Stars."""

import asyncio
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from harness.waiting import CAMPAIGN_LIMIT, LIMIT, until

from ops.campaigns.legacy_tables import LEGACY_TABLES
from ops.stack import ROOT, TOKEN, Stack, running_stack

PAYERS = (7101, 7102, 7103)
STARS = 5_000
pytestmark = pytest.mark.timeout(CAMPAIGN_LIMIT)


async def pays_the_old_bot(stack: Stack, user_id: int) -> None:
    """An invoice as the old bot sent it, agreed to as it did, and paid."""
    await stack.telegram("PUT", f"/sim/users/{user_id}", {"first_name": "Payer", "stars": 1_000_000})
    await stack.telegram("POST", f"/sim/users/{user_id}/messages", {"text": "/start"})
    invoice = {
        "chat_id": user_id,
        "title": "Premium",
        "description": "Premium, 1 month",
        "payload": "license:premium:1",
        "currency": "XTR",
        "prices": [{"label": "Premium", "amount": STARS}],
    }
    sent = (await stack.telegram("POST", f"/bot{TOKEN}/sendInvoice", invoice))["result"]
    paid = await stack.telegram("POST", f"/sim/users/{user_id}/pay", {"message_id": sent["message_id"]})
    agreed = {"pre_checkout_query_id": paid["pre_checkout_query_id"], "ok": True}
    await stack.telegram("POST", f"/bot{TOKEN}/answerPreCheckoutQuery", agreed)


async def account(stack: Stack) -> list[dict[str, Any]]:
    """Telegram's lines of the bot's Stars."""
    answer = await stack.telegram("POST", f"/bot{TOKEN}/getStarTransactions", {"limit": 100})
    return list(answer["result"]["transactions"])


def old_database(path: Path, lines: list[dict[str, Any]]) -> None:
    """Everybody who paid, each with a month of Premium; the last charge was never booked."""
    now = int(time.time())
    with closing(sqlite3.connect(path)) as connection:
        for statement in LEGACY_TABLES.values():
            connection.execute(statement)
        for number, line in enumerate(lines, start=1):
            user_id = line["source"]["user"]["id"]
            connection.execute("INSERT INTO users (user_id, first_name) VALUES (?, 'Payer')", (user_id,))
            if number == len(lines):
                continue
            connection.execute(
                "INSERT INTO user_licenses VALUES (?, ?, 'premium', ?, ?, 1, ?, NULL, NULL, NULL)",
                (number, user_id, now, now + 30 * 86_400, now),
            )
            paid = (number, user_id, number, STARS, line["id"], line["date"])
            connection.execute(
                "INSERT INTO payment_history VALUES (?, ?, ?, 'stars', ?, 'XTR', 'premium', 30, ?, 'completed', ?, 0)",
                paid,
            )
        connection.commit()


async def test_nothing_of_the_old_bots_stars_goes_back_and_its_people_chat(tmp_path: Path) -> None:
    async with running_stack(tmp_path, log_level="INFO") as stack:
        assert await stack.end_bot() == 0
        for user_id in PAYERS:
            await pays_the_old_bot(stack, user_id)
        paid = await account(stack)
        assert len(paid) == len(PAYERS)
        ours = Path(stack.environment["PERPDESK_DATABASE"])
        for each in tmp_path.glob(f"{ours.name}*"):  # noqa: ASYNC240  a test may wait
            each.unlink()
        old_database(tmp_path / "bot.db", paid)
        await asyncio.sleep(1.1)  # Telegram's dates are whole seconds: all of them lie before the birth
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-m", "ops", "import-legacy", str(tmp_path / "bot.db")],
            cwd=ROOT,
            env=stack.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT,
        )
        assert done.returncode == 0, done.stderr
        await stack.start_bot()
        for user_id, holds in zip(PAYERS, ("Premium", "Premium", "no license"), strict=True):
            body = {"text": "/license"}  # their /start of before is answered first
            seq = (await stack.telegram("POST", f"/sim/users/{user_id}/messages", body))["seq"]
            await stack.chat(user_id).answer(seq, word=holds)

        def is_compared() -> bool:
            with closing(sqlite3.connect(f"file:{ours}?mode=ro", uri=True)) as connection:
                return bool(connection.execute("SELECT 1 FROM star_cursor WHERE all_read_ts > 0").fetchall())

        await until(is_compared, what="the first look at Telegram's account")
        assert await account(stack) == paid, "nothing went back"
        with closing(sqlite3.connect(f"file:{ours}?mode=ro", uri=True)) as connection:
            assert connection.execute("SELECT count(*) FROM payment_history").fetchone() == (0,)
            assert connection.execute("SELECT charge_id FROM older_charges").fetchall() == [(paid[-1]["id"],)]
