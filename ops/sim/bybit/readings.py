"""How Bybit is played where its pages leave open what it does: one reading or the other, by account."""

from types import MappingProxyType
from typing import Final

from ops.sim.bybit.accounts import Account
from ops.sim.bybit.fields import Fields

READINGS: Final = MappingProxyType(
    {
        "reduce_only": ("spared", "counted"),
        "short_page": ("never", "first"),
        "conditional_rows": ("counted", "uncounted"),
    }
)
"""The words of each question, the usual one first.

reduce_only: whether reduce-only orders that cover the leg already leave room for a market one.
short_page: whether a page may have fewer rows than asked for while more follow.
conditional_rows: whether stops and targets of positions count among the ten conditional orders of a symbol.
"""


def set_readings(account: Account, given: object) -> None:
    """Take over the answers given, if any; true stands for the unusual one. Raises ControlError."""
    fields = Fields({} if given is None else given, "readings", READINGS)
    for name, words in READINGS.items():
        if name in fields:
            value = fields.raw(name)
            is_word = isinstance(value, str)
            account.readings[name] = fields.choice(name, words, words[0]) if is_word else words[fields.flag(name)]


def has_short_page(account: Account) -> bool:
    """Whether the first page of a list may be short with more to follow."""
    return account.readings.get("short_page") == "first"
