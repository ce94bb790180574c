"""What a key may do and what it may not, graded; each finding has a cure in the texts.

The allow-list is of permissions, so that a right that Bybit invents tomorrow is refused until somebody looked at it.
Source of the names: Bybit API documentation, /v5/user/query-api.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.domain.accounts import KeyCheck
from bot.domain.ids import DAY, Millis

SOON: Final = 14 * DAY

ALLOWED: Final = frozenset(
    {
        "ContractTrade:Order",
        "ContractTrade:Position",
        "Spot:SpotTrade",
        "Derivatives:DerivativesTrade",
        "Options:OptionsTrade",
    }
)
NEEDED: Final = frozenset({"ContractTrade:Order", "ContractTrade:Position"})
_WITHDRAW: Final = frozenset({"Wallet:Withdraw"})
_TRANSFER: Final = frozenset({"Wallet:AccountTransfer", "Wallet:SubMemberTransfer", "Wallet:SubMemberTransferList"})


class Severity(StrEnum):
    """REFUSE: not stored. WARN: stored, said aloud. GOOD: as it should be."""

    REFUSE = "refuse"
    WARN = "warn"
    GOOD = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing about a key: `key` is its text, `values` fill it."""

    key: str
    severity: Severity
    values: Mapping[str, object] = field(default_factory=dict)


def judge(check: KeyCheck, *, now: Millis, require_bound_ip: bool) -> tuple[Finding, ...]:
    """What speaks against a key, the worst findings first; an empty tuple: nothing does."""
    findings = (*_rights(check), *_validity(check, now), _binding(check, require_bound_ip=require_bound_ip))
    order = list(Severity)
    return tuple(sorted(findings, key=lambda each: order.index(each.severity)))


def refusals(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(each for each in findings if each.severity is Severity.REFUSE)


def _rights(check: KeyCheck) -> tuple[Finding, ...]:
    rights = frozenset(check.permissions)
    found: list[Finding] = []
    if rights & _WITHDRAW:
        found.append(Finding(key="key-withdraw", severity=Severity.REFUSE))
    if rights & _TRANSFER:
        found.append(Finding(key="key-transfer", severity=Severity.REFUSE))
    if others := rights - ALLOWED - _WITHDRAW - _TRANSFER:
        names = ", ".join(sorted(others))
        found.append(Finding(key="key-unknown-permission", severity=Severity.REFUSE, values={"names": names}))
    if check.read_only:
        found.append(Finding(key="key-read-only", severity=Severity.REFUSE))
    elif missing := NEEDED - rights:
        names = ", ".join(sorted(missing))
        found.append(Finding(key="key-no-trading", severity=Severity.REFUSE, values={"names": names}))
    if not found:
        names = ", ".join(sorted(rights))
        found.append(Finding(key="key-permissions-good", severity=Severity.GOOD, values={"names": names}))
    return tuple(found)


def _validity(check: KeyCheck, now: Millis) -> tuple[Finding, ...]:
    if check.expires_at is None:
        return ()
    left = check.expires_at - now
    if left <= 0:
        return (Finding(key="key-expired", severity=Severity.REFUSE),)
    values = {"days": left // DAY, "date": check.expires_at}
    if left <= SOON:
        return (Finding(key="key-expires-soon", severity=Severity.WARN, values=values),)
    return ()


def _binding(check: KeyCheck, *, require_bound_ip: bool) -> Finding:
    if check.ips:
        return Finding(key="key-ip-bound", severity=Severity.GOOD, values={"ips": ", ".join(check.ips)})
    severity = Severity.REFUSE if require_bound_ip else Severity.WARN
    days = (check.expires_at - check.checked_at) // DAY if check.expires_at else 90
    return Finding(key="key-no-ip", severity=severity, values={"days": days})
