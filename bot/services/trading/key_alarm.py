"""A key that the exchange does not take any more while something is open: its owner is told at once, once a day."""

from dataclasses import dataclass

from bot.domain.accounts import Account, KeyTroubleMessage
from bot.domain.chat import outbox_message
from bot.domain.errors import KeyTrouble
from bot.domain.ids import DAY
from bot.domain.key_rules import finding_of
from bot.domain.ports.clock import Clock
from bot.domain.ports.storage import Transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAlarm:
    """Tells of keys in the middle of trading. `egress_ip`: the address that Bybit sees, None: not known."""

    transactions: Transactions
    clock: Clock
    egress_ip: str | None

    async def ring(self, account: Account, trouble: KeyTrouble) -> None:
        """The message of the daily look at keys, under its key: whichever of both comes first is told."""
        now, code = self.clock.now(), trouble.code or 0
        finding = finding_of(code, egress_ip=self.egress_ip, is_stored=True)
        payload = KeyTroubleMessage(
            account_type=account.account_type,
            finding=finding.key,
            values={name: str(value) for name, value in finding.values.items()},
        )
        key = f"{payload.KIND}:{account.account_id}:dead:{code}:{now // DAY}"
        async with self.transactions.begin_aside() as unit:
            await unit.enqueue(outbox_message(payload, user_id=account.user_id, idempotency_key=key), now)
