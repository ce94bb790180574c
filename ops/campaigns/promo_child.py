"""A process that is killed in the middle of redemptions: `python -m ops.campaigns.promo_child DATABASE`.

The parent writes a line `SEED FIRST_USER` for each life; a fork of this process then redeems without end and writes
`ack USER CODE USAGE UNTIL` for each answer it got. Forking saves the second that the imports take.
"""

import asyncio
import os
import random
import sys
from pathlib import Path
from typing import Final

from bot.domain.ids import UserId
from bot.services.promo.redemption import Redemption
from ops.promo_stack import PromoStack, open_promo_stack
from storage.sqlite.database import PageCheck

USERS: Final = 40  # a life
WRITERS: Final = 8


def main() -> None:
    """One life a line, until the parent closes the pipe."""
    path = Path(sys.argv[1])
    for line in sys.stdin:
        seed, first, *lookups = line.split()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            _tell(f"born {os.getpid()}")
            asyncio.run(_redeem(path, int(seed), int(first), lookups))
            os._exit(0)
        os.waitpid(child, 0)
        _tell("dead")


async def _redeem(path: Path, seed: int, first: int, lookups: list[str]) -> None:
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    async with open_promo_stack(path, check=PageCheck.NEVER) as promo_stack:
        users = [UserId(first + number) for number in range(USERS)]
        await promo_stack.add_users(users)
        await asyncio.gather(*(_one(promo_stack, draw, users, lookups) for _ in range(WRITERS)))


async def _one(promo_stack: PromoStack, draw: random.Random, users: list[UserId], lookups: list[str]) -> None:
    while True:
        user_id, code = draw.choice(users), draw.randrange(len(lookups))
        outcome = await promo_stack.redemptions.redeem(user_id, lookups[code])
        if isinstance(outcome, Redemption):
            _tell(f"ack {user_id} {code} {outcome.usage.usage_id} {outcome.usage.until}")


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # in one piece: shorter than a pipe's atomic write


if __name__ == "__main__":
    main()
