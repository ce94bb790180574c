"""What a key may do: an allow-list, each refusal by its own name."""

from dataclasses import replace

import pytest

from bot.domain.accounts import KeyCheck
from bot.domain.ids import DAY, Millis
from bot.domain.key_rules import ALLOWED, LABELS, READING, Severity, days_in, judge, refusals

NOW = Millis(1_790_000_000_000)
GOOD = KeyCheck(
    bybit_uid="1",
    read_only=False,
    permissions=tuple(sorted(ALLOWED)),
    ips=("203.0.113.7",),
    expires_at=None,
    checked_at=NOW,
)


def names(check: KeyCheck, *, require_bound_ip: bool = False) -> dict[str, Severity]:
    return {found.key: found.severity for found in judge(check, now=NOW, require_bound_ip=require_bound_ip)}


def test_a_good_key_has_nothing_to_refuse() -> None:
    assert names(GOOD) == {"key-permissions-good": Severity.GOOD, "key-ip-bound": Severity.GOOD}


@pytest.mark.parametrize(
    ("right", "finding"),
    [
        ("Wallet:Withdraw", "key-withdraw"),
        ("Wallet:AccountTransfer", "key-transfer"),
        ("Wallet:SubMemberTransfer", "key-transfer"),
        ("FiatP2P:FiatP2POrder", "key-unknown-permission"),
        ("Earn:Earn", "key-unknown-permission"),
        ("SomethingNew:OfTomorrow", "key-unknown-permission"),
    ],
)
def test_every_other_right_is_refused_by_name(right: str, finding: str) -> None:
    found = judge(replace(GOOD, permissions=(*GOOD.permissions, right)), now=NOW, require_bound_ip=False)
    assert [each.key for each in refusals(found)] == [finding]
    if finding == "key-unknown-permission":
        assert found[0].values["names"] == LABELS.get(right, right)


def test_rights_that_read_are_no_fault() -> None:
    assert names(replace(GOOD, permissions=(*GOOD.permissions, *READING))) == names(GOOD)


@pytest.mark.parametrize(("left", "days"), [(1, 1), (DAY, 1), (DAY + 1, 2), (90 * DAY - 1, 90), (90 * DAY, 90)])
def test_started_days_count(left: int, days: int) -> None:
    assert days_in(left) == days


def test_read_only_and_powerless_keys_are_refused() -> None:
    assert names(replace(GOOD, read_only=True))["key-read-only"] is Severity.REFUSE
    assert names(replace(GOOD, permissions=("Spot:SpotTrade",)))["key-no-trading"] is Severity.REFUSE


@pytest.mark.parametrize(
    ("left", "finding"), [(-1, "key-expired"), (0, "key-expired"), (DAY, "key-expires-soon"), (30 * DAY, None)]
)
def test_expiry_is_told_in_time(left: int, finding: str | None) -> None:
    found = names(replace(GOOD, expires_at=Millis(NOW + left)))
    assert (finding in found) if finding else not {"key-expired", "key-expires-soon"} & set(found)


def test_no_bound_ip_is_a_warning_unless_it_is_required() -> None:
    assert names(replace(GOOD, ips=()))["key-no-ip"] is Severity.WARN
    assert names(replace(GOOD, ips=()), require_bound_ip=True)["key-no-ip"] is Severity.REFUSE


def test_the_worst_comes_first() -> None:
    bad = replace(GOOD, ips=(), permissions=(*GOOD.permissions, "Wallet:Withdraw"))
    assert [found.severity for found in judge(bad, now=NOW, require_bound_ip=False)] == [Severity.REFUSE, Severity.WARN]
