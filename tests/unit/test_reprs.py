"""What a person typed, and what is good for something by itself, is in no repr: reprs end in logs and tracebacks."""

from dataclasses import fields, is_dataclass
from importlib import import_module
from inspect import getmembers, isclass
from typing import Any, Final

import pytest
from harness.sources import path_of, trees

from bot.domain.ids import Millis
from bot.domain.licensing import LicenseType
from bot.domain.promo_codes import parse_new
from handlers.core.context import UpdateContext
from handlers.core.keypads import Continuation

HIDDEN: Final = frozenset(
    {
        "arguments",
        "close",
        "details",
        "note",
        "payload",
        "reason",
        "start_parameter",
        "start_payload",
        "text",
        "text_html",
        "token",
        "update",
        "values",
    }
)
# Names of those that hold something else.
SHOWN: Final = {
    "bot.domain.accounts.KeyTroubleMessage.values": "counts and dates of a finding",
    "bot.domain.key_rules.Finding.values": "counts and dates of a finding",
    "bot.domain.market.Kline.close": "a price",
    "bot.domain.closings.Closing.reason": "a key of the texts",
    "bot.domain.disagreements.LegFacts.reason": "a key of the texts",
    "bot.domain.legs.LegClosing.reason": "a key of the texts",
    "bot.domain.ports.plans.IntentNews.reason": "a key of the texts",
    "bot.domain.trade_messages.EntryMessage.reason": "a key of the texts",
    "bot.domain.trade_messages.ExitRefusedMessage.reason": "a key of the texts",
    "bot.domain.trade_messages.TargetGoneMessage.reason": "a key of the texts",
    "bot.domain.trade_plans.OrderIntent.reason": "a key of the texts",
    "bot.services.promo.redemption.Refusal.reason": "one of a few words",
    "handlers.core.messages.MessageSpec.payload": "a type",
    "handlers.core.specs.ActionSpec.payload": "a type",
    "handlers.core.specs.DialogueSpec.payload": "a type",
    "handlers.views.split._Token.text": "a piece of a message while it is cut",
}
PRODUCT: Final = ("bot.", "handlers.", "storage.")
CANARY: Final = "SPRING26"


def dataclasses() -> dict[str, type[Any]]:
    modules = [each for each in trees() if each.startswith(PRODUCT) and not path_of(each).name.startswith("__")]
    return {
        f"{module}.{name}": kind
        for module in modules
        for name, kind in getmembers(import_module(module), isclass)
        if is_dataclass(kind) and kind.__module__ == module
    }


def test_fields_that_hold_what_was_typed_are_in_no_repr() -> None:
    shown = {
        f"{name}.{each.name}"
        for name, kind in dataclasses().items()
        for each in fields(kind)
        if each.repr and each.name in HIDDEN
    }
    assert shown == set(SHOWN)


def test_a_code_of_ones_own_is_in_no_repr() -> None:
    wanted = parse_new(f"premium 30d code={CANARY} note={CANARY}", Millis(1_760_000_000_000))
    assert (wanted.code, wanted.terms.license_type) == (CANARY, LicenseType.PREMIUM)
    assert CANARY not in repr(wanted)


@pytest.mark.parametrize("given", ["update", "arguments"])
def test_an_update_and_what_waits_for_a_pin_show_no_words(given: str) -> None:
    values: dict[str, Any] = {"update": None, "bot": None, "data": None, "config": None}
    assert CANARY not in repr(UpdateContext(**(values | {given: (CANARY,)})))
    assert CANARY not in repr(Continuation(action=None, name="/promo", arguments=(CANARY,)))
