"""A process that is killed in the middle of what a restore must keep: `python -m ops.campaigns.restores_child FOLDER`.

The parent writes one line for each life of a fork of this process: `act SEED LOOKUP…` goes on until it is killed and
writes what was charged and what was acknowledged; `restore FILE NOW` puts a backup in place; `look ACCOUNT` compares
Stars with Telegram's account, a file, and writes what was asked to go back. Forking saves the imports.
"""

import asyncio
import json
import os
import random
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Final

from pydantic import SecretStr

from bot import restore_word
from bot.app import Assembly, assemble
from bot.domain.accounts import Account, AccountType, Exchange, KeyType
from bot.domain.clock import SystemClock
from bot.domain.ids import Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.offers import XTR
from bot.domain.payments import Paid, Payer, StarTransaction
from bot.domain.promo_codes import Terms
from bot.domain.risk import RiskLimits
from bot.domain.secrets import Secret
from bot.domain.users import Language, NewUser
from bot.services.payments.reconciliation import StarWatch
from bot.services.payments.refunds import RefundJob
from bot.services.promo.redemption import Redemption
from bot.settings import Settings
from bot.wiring.keys import load_keys
from bot.wiring.outside import Tuning
from ops.offline import TOKEN, offline
from storage.backup.restoring import RestorePlan, restore
from storage.sqlite.database import PageCheck
from storage.sqlite.recipients import Openers
from storage.sqlite.vault import AesCredentialVault

ADMIN: Final = UserId(1000)
USERS: Final = range(2000, 2012)
_KEY: Final = "thrown-away:" + "A" * 43 + "="  # opens nothing: the database is thrown away
_PIN: Final = "271828"
_HIGHEST: Final = 1_000_000  # where a limit that only gets tighter begins


@dataclass(slots=True)
class FakeAccount:
    """Implements `bot.domain.ports.payments.StarsApi`: what was paid, and what was asked to go back."""

    lines: Sequence[StarTransaction]
    asked: list[str] = field(default_factory=list)

    async def refund(self, _user_id: UserId, charge_id: str) -> None:
        self.asked.append(charge_id)

    async def set_renewal(self, _user_id: UserId, _charge_id: str, *, renews: bool) -> None:
        _ = renews

    async def transactions(self, offset: int, limit: int) -> tuple[StarTransaction, ...]:
        return tuple(self.lines[offset : offset + limit])


def settings_of(folder: Path) -> Settings:
    """Of the bot that lives in that folder."""
    return Settings(
        telegram_token=SecretStr(TOKEN),
        database=folder / "perpdesk.sqlite3",
        key=SecretStr(_KEY),
        key_file=folder / "perpdesk.key",
        owner_ids=frozenset({ADMIN}),
    )


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Assembly]:
    tuning = Tuning(check_database=PageCheck.NEVER)
    async with assemble(settings_of(folder), outside=offline(SystemClock()), tuning=tuning) as assembly:
        yield assembly


async def begin(folder: Path, codes: int) -> list[str]:
    """The first life: people, and codes of one use each; what their buttons carry."""
    async with opened(folder) as assembly:
        for user_id in (ADMIN, *USERS):
            await assembly.services.people.welcome(_new_user(user_id))
        await assembly.services.pin.set(ADMIN, Secret(_PIN))
        terms = Terms(license_type=LicenseType.PREMIUM, days=1, max_uses=1, count=codes, once=False)
        made = await assembly.services.promo.create(ADMIN, terms)
        return [assembly.services.promo.seal(each.reveal()).lookup.hex() for each in made.codes]


def main() -> None:
    """One life a line, until the parent closes the pipe."""
    folder = Path(sys.argv[1])
    for line in sys.stdin:
        word, *rest = line.split()
        child = os.fork()
        if child == 0:
            _tell(f"born {os.getpid()}")
            os._exit(_live(folder, word, rest))
        _, status = os.waitpid(child, 0)
        _tell(f"dead {os.waitstatus_to_exitcode(status)}")


def _live(folder: Path, word: str, rest: list[str]) -> int:
    try:
        match word:
            case "act":
                asyncio.run(_act(folder, int(rest[0]), rest[1:]))
            case "restore":
                _restore(folder, Path(rest[0]), Millis(int(rest[1])))
            case _:
                asyncio.run(_look(folder, Path(rest[0])))
    except Exception as error:  # noqa: BLE001  told to the parent
        _tell(f"failed {type(error).__name__}: {error}")
        return 1
    return 0


def _restore(folder: Path, file: Path, now: Millis) -> None:
    settings = settings_of(folder)
    plan = RestorePlan(
        file=file,
        database=settings.database,
        journal=settings.journal_folder,
        openers=Openers(vault=AesCredentialVault(load_keys(settings))),
        now=now,
    )
    _tell(f"replayed {restore(plan).replayed.lines}")


async def _look(folder: Path, account: Path) -> None:
    """Listed first, then accepted: what was asked to go back, then the bot's own word on each charge."""
    lines = [_line(*each) for each in json.loads(await asyncio.to_thread(account.read_text))]
    async with opened(folder) as assembly:
        owners = {type(owner): owner for job in assembly.jobs if (owner := getattr(job.work, "__self__", None))}
        stars = FakeAccount(lines)
        watch, job = replace(owners[StarWatch], stars=stars), replace(owners[RefundJob], stars=stars)
        listed = await watch.reconcile()
        await job.give_back()
        await asyncio.to_thread(restore_word.say, assembly.storage.database.path)
        booked = await watch.reconcile()
        await job.give_back()
        _tell(f"looked {listed.booked} {booked.booked} {','.join(stars.asked) or '-'}")


async def _act(folder: Path, seed: int, lookups: Sequence[str]) -> None:
    draw = random.Random(seed)  # noqa: S311  a repeatable choice, not a secret
    async with opened(folder) as assembly:
        numbers = count()
        while True:
            user_id = UserId(draw.choice(USERS))
            match draw.randrange(5):
                case 0:
                    await _pay(assembly, user_id, f"{seed}-{next(numbers)}")
                case 1:
                    await _redeem(assembly, user_id, draw.randrange(len(lookups)), lookups)
                case 2:
                    await _add_key(assembly, user_id, f"{seed % 10**9}{next(numbers)}")
                case 3:
                    await _remove_key(assembly, user_id)
                case _:
                    await _tighten(assembly, user_id)


async def _pay(assembly: Assembly, user_id: UserId, charge: str) -> None:
    payments = assembly.services.payments
    (invoice, *_) = await payments.issue(user_id, LicenseType.PREMIUM, 1)
    now = assembly.clock.now()
    _tell(f"charge {charge} {user_id} {invoice.stars} {now} {invoice.payload}")  # Telegram has the Stars from now on
    paid = Paid(charge_id=charge, stars=invoice.stars, currency=XTR, payload=invoice.payload, at=now)
    await payments.book(_new_user(user_id), paid)
    _tell(f"ack paid {charge} {user_id}")


async def _redeem(assembly: Assembly, user_id: UserId, number: int, lookups: Sequence[str]) -> None:
    outcome = await assembly.services.redemptions.redeem(user_id, lookups[number])
    if isinstance(outcome, Redemption):
        _tell(f"ack used {number} {user_id}")


async def _add_key(assembly: Assembly, user_id: UserId, uid: str) -> None:
    async with assembly.storage.store.begin_aside() as unit:
        account = await unit.accounts.add(
            user_id=user_id,
            exchange=Exchange.BYBIT,
            account_type=AccountType.DEMO,
            host="com",
            label="demo",
            now=assembly.clock.now(),
        )
        sealed = assembly.storage.vault.seal(
            user_id=user_id,
            account_id=account.account_id,
            account_type=AccountType.DEMO,
            host="com",
            key_type=KeyType.HMAC,
            api_key=Secret(f"key-{uid}"),
            api_secret=Secret(f"secret-{uid}"),
            check=None,
        )
        await unit.accounts.put_credentials(sealed)
        await unit.accounts.activate(account.account_id, uid[:19])


async def _remove_key(assembly: Assembly, user_id: UserId) -> None:
    account = await _account(assembly, user_id, AccountType.DEMO)
    if account is None:
        return
    async with assembly.storage.store.begin_aside() as unit:
        await unit.accounts.remove(account.account_id)
    _tell(f"ack removed {account.account_id} {user_id}")


async def _tighten(assembly: Assembly, user_id: UserId) -> None:
    account = await _account(assembly, user_id, AccountType.PAPER)
    if account is None:
        raise LookupError(f"user {user_id} has no practice account")
    async with assembly.storage.store.begin_aside() as unit:
        limits = await unit.risk.limits(account.account_id)
        before = Decimal(_HIGHEST) if limits is None or limits.most_total_value is None else limits.most_total_value
        await unit.risk.set_limits(account, RiskLimits(most_total_value=before - 1))
    _tell(f"ack limit {account.account_id} {before - 1}")


async def _account(assembly: Assembly, user_id: UserId, account_type: AccountType) -> Account | None:
    config = await assembly.services.people.config(user_id)
    accounts = () if config is None else config.accounts
    return next((each for each in accounts if each.account_type is account_type), None)


def _line(charge: str, user_id: int, stars: int, at: int, payload: str) -> StarTransaction:
    payer = Payer(user_id=UserId(user_id), first_name="Anna", username=None, language=Language.ENGLISH)
    return StarTransaction(charge_id=charge, stars=stars, at=Millis(at), is_incoming=True, payer=payer, payload=payload)


def _new_user(user_id: int) -> NewUser:
    return NewUser(
        user_id=UserId(user_id), username=None, first_name="Anna", language=Language.ENGLISH, start_payload=None
    )


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())  # in one piece: shorter than a pipe's atomic write


if __name__ == "__main__":
    main()
