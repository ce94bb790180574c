"""What the campaign of orders under kill -9 must see: edits of the bot that still have their places."""

import ast

from ops.campaigns.order_mutants import order_mutants


def test_each_mutant_has_its_place_and_says_what_shows_it() -> None:
    mutants = order_mutants()
    assert set(mutants) >= {
        "post-then-insert",
        "new id on a retry of the same intent",
        "network error taken as not-found",
        "told before commit",
        "no reconcile at start",
        "an IOC sent again",
        "not_placed ignores a later fill",
        "fence not checked",
        "partial close repeated",
        "failing query taken as flat",
    }
    for mutant in mutants.values():
        ast.parse(mutant.source)
        assert all(mutant.signs)
