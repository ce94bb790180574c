"""Who stands above whom, and what a table entry admits."""

import pytest

from bot.domain.users import Role
from handlers.core.specs import AccessRule

UPWARDS = (Role.USER, Role.SUPPORT, Role.ADMIN, Role.OWNER)


def test_ranks_grow_from_user_to_owner() -> None:
    assert [role.rank for role in UPWARDS] == [0, 1, 2, 3]
    assert set(UPWARDS) == set(Role)


@pytest.mark.parametrize("least", UPWARDS)
def test_an_entry_admits_its_role_and_those_above(least: Role) -> None:
    admitted = [role for role in UPWARDS if AccessRule(role=least).admits(role)]
    assert admitted == list(UPWARDS[UPWARDS.index(least) :])
