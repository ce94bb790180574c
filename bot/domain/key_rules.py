"""What a key may do and what it may not, graded; each finding has a cure in the texts.

The allow-list is of permissions, so that a right that Bybit invents tomorrow is refused until somebody looked at it.
Rights that only read are no fault. Source of the names: Bybit API documentation, /v5/user/query-api.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
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
READING: Final = frozenset({"Exchange:ExchangeHistory", "NFT:NFTQueryProductList", "Affiliate:Affiliate"})
NEEDED: Final = frozenset({"ContractTrade:Order", "ContractTrade:Position"})
LABELS: Final[Mapping[str, str]] = MappingProxyType(  # as Bybit's page for API keys calls them, in English everywhere
    {
        "ContractTrade:Order": "Contract – Orders",
        "ContractTrade:Position": "Contract – Positions",
        "Spot:SpotTrade": "SPOT – Trade",
        "Derivatives:DerivativesTrade": "Derivatives",
        "Options:OptionsTrade": "USDC Contracts – Trade",
        "Wallet:AccountTransfer": "Account Transfer",
        "Wallet:SubMemberTransfer": "Subaccount Transfer",
        "Wallet:SubMemberTransferList": "Subaccount Transfer",
        "Wallet:Withdraw": "Withdrawal",
        "CopyTrading:CopyTrading": "Copy Trading",
        "BlockTrade:BlockTrade": "Block Trade",
        "Exchange:ExchangeHistory": "Exchange History",
        "NFT:NFTQueryProductList": "NFT",
        "Affiliate:Affiliate": "Affiliate",
        "Earn:Earn": "Earn",
        "FiatP2P:FiatP2POrder": "P2P – Orders",
        "FiatP2P:Advertising": "P2P – Ads",
        "FiatConvertBroker:FiatConvertBrokerOrder": "Fiat Convert",
        "FiatBitPay:FaitPayOrder": "Bybit Pay",
        "BitCard:BitCard": "Bybit Card",
    }
)
_WITHDRAW: Final = frozenset({"Wallet:Withdraw"})
_TRANSFER: Final = frozenset({"Wallet:AccountTransfer", "Wallet:SubMemberTransfer", "Wallet:SubMemberTransferList"})


_OF_A_THIRD_PARTY: Final = 2  # `type` of /v5/user/query-api

NOT_KNOWN: Final = 10003  # Bybit does not know the key there
OTHER_IP: Final = "key-other-ip"
NO_ADDRESS: Final = "none"  # where nobody has told the bot its own
_CODES: Final = MappingProxyType(
    {NOT_KNOWN: "key-not-known", 10004: "key-bad-secret", 10010: OTHER_IP, 33004: "key-expired", -2015: "key-expired"}
)
_CODES_OF_STORED: Final = MappingProxyType({NOT_KNOWN: "key-not-known-now", 10004: "key-bad-secret-now"})


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
    findings = (*_account(check), *_key(check, now, require_bound_ip=require_bound_ip))
    order = list(Severity)
    return tuple(sorted(findings, key=lambda each: order.index(each.severity)))


def _account(check: KeyCheck) -> tuple[Finding, ...]:
    """What the account behind the key is: a classic one answers none of the reads of a unified one."""
    found: list[Finding] = []
    if check.is_unified is False:
        found.append(Finding(key="key-classic-account", severity=Severity.WARN))
    if check.is_master is False:
        found.append(Finding(key="key-subaccount", severity=Severity.GOOD))
    return tuple(found)


def _key(check: KeyCheck, now: Millis, *, require_bound_ip: bool) -> tuple[Finding, ...]:
    if not check.is_complete:
        return (Finding(key="key-rights-untold", severity=Severity.WARN),)
    found = (*_rights(check), *_validity(check, now), _binding(check, require_bound_ip=require_bound_ip))
    if check.key_kind == _OF_A_THIRD_PARTY:
        return (*found, Finding(key="key-third-party", severity=Severity.GOOD))
    return found


def refusals(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(each for each in findings if each.severity is Severity.REFUSE)


def finding_of(code: int, *, egress_ip: str | None, is_stored: bool = False) -> Finding:
    """Why Bybit does not take a key, by its retCode. `is_stored`: one that it took before."""
    key = _CODES.get(code, "key-not-taken")
    if is_stored:
        key = _CODES_OF_STORED.get(code, key)
    values: dict[str, object] = {"code": code}
    if key == OTHER_IP:
        values["ip"] = egress_ip or NO_ADDRESS
    return Finding(key=key, severity=Severity.REFUSE, values=values)


def days_in(span: int) -> int:
    """Days of a span in ms, started ones too: what ends within the fifth day ends in 5 days."""
    return -(-span // DAY)


def _labels(rights: Iterable[str]) -> str:
    """Bybit's own words for them; the name of one that is new."""
    return ", ".join(sorted({LABELS.get(each, each) for each in rights}))


def _rights(check: KeyCheck) -> tuple[Finding, ...]:
    rights = frozenset(check.permissions)
    found: list[Finding] = []
    if rights & _WITHDRAW:
        found.append(Finding(key="key-withdraw", severity=Severity.REFUSE))
    if rights & _TRANSFER:
        found.append(Finding(key="key-transfer", severity=Severity.REFUSE))
    if others := rights - ALLOWED - READING - _WITHDRAW - _TRANSFER:
        names = _labels(others)
        found.append(Finding(key="key-unknown-permission", severity=Severity.REFUSE, values={"names": names}))
    if check.read_only:
        found.append(Finding(key="key-read-only", severity=Severity.REFUSE))
    elif missing := NEEDED - rights:
        names = _labels(missing)
        found.append(Finding(key="key-no-trading", severity=Severity.REFUSE, values={"names": names}))
    if not found:
        names = _labels(rights)
        found.append(Finding(key="key-permissions-good", severity=Severity.GOOD, values={"names": names}))
    return tuple(found)


def _validity(check: KeyCheck, now: Millis) -> tuple[Finding, ...]:
    if check.expires_at is None:
        return ()
    left = check.expires_at - now
    if left <= 0:
        return (Finding(key="key-expired", severity=Severity.REFUSE),)
    values = {"days": days_in(left), "date": check.expires_at}
    if left <= SOON:
        return (Finding(key="key-expires-soon", severity=Severity.WARN, values=values),)
    return ()


def _binding(check: KeyCheck, *, require_bound_ip: bool) -> Finding:
    if check.ips:
        return Finding(key="key-ip-bound", severity=Severity.GOOD, values={"ips": ", ".join(check.ips)})
    severity = Severity.REFUSE if require_bound_ip else Severity.WARN
    days = days_in(check.expires_at - check.checked_at) if check.expires_at else 90
    return Finding(key="key-no-ip", severity=severity, values={"days": days})
