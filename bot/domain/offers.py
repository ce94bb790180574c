"""What license time costs in Telegram Stars, and what of that one invoice can carry.

Telegram takes 1 to 25,000 Stars an invoice (Bot API 10.1, https://core.telegram.org/bots/payments-stars). A longer
period whose price is above that is not sold as one: two shorter ones that make it up are offered instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations_with_replacement
from types import MappingProxyType
from typing import Final

from bot.domain.licensing import LicenseType

XTR: Final = "XTR"  # Telegram Stars as a currency
MOST_STARS: Final = 25_000  # one invoice; the least is 1
MOST_RENEWING: Final = 10_000  # one month of a subscription; Telegram's only period is 30 days
DAYS: Final[Mapping[int, int]] = MappingProxyType({1: 30, 3: 90, 6: 180, 12: 365})  # of each period, months: days
SOLD: Final = (LicenseType.PREMIUM, LicenseType.BASIC)
Prices = Mapping[LicenseType, Mapping[int, int]]  # Stars by months; 0, or none at all: not sold


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceOffer:
    """So many months of a type for so many Stars, by one invoice."""

    license_type: LicenseType
    months: int
    stars: int

    @property
    def days(self) -> int:
        return DAYS[self.months]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A line of the price list: what is bought for it, by one invoice or by two."""

    license_type: LicenseType
    months: int
    parts: tuple[PriceOffer, ...]

    @property
    def stars(self) -> int:
        return sum(part.stars for part in self.parts)


class PriceList:
    """Every choice, highest type first, periods ascending. Without prices nothing is sold."""

    def __init__(self, prices: Prices = MappingProxyType({})) -> None:
        """Raises ValueError, in one line, for a price below 0 and for one that no invoice can carry."""
        self._choices: dict[tuple[LicenseType, int], Choice] = {}
        for license_type in SOLD:
            of_type = {months: prices.get(license_type, {}).get(months, 0) for months in DAYS}
            for months in DAYS:
                parts = _parts(license_type, months, of_type)
                if parts:
                    choice = Choice(license_type=license_type, months=months, parts=parts)
                    self._choices[license_type, months] = choice

    @property
    def is_empty(self) -> bool:
        """Whether the price list has no choice at all, so that licenses are not sold."""
        return not self._choices

    def of_type(self, license_type: LicenseType) -> tuple[Choice, ...]:
        """What is sold of a type, the shortest first."""
        return tuple(each for each in self._choices.values() if each.license_type is license_type)

    def choice(self, license_type: LicenseType, months: int) -> Choice | None:
        """None for what is not sold."""
        return self._choices.get((license_type, months))

    def renewing(self, license_type: LicenseType) -> Choice | None:
        """A month that Telegram may charge anew; None where it is not sold, or costs more than that takes."""
        choice = self.choice(license_type, 1)
        return choice if choice is not None and choice.stars <= MOST_RENEWING else None

    def discount(self, choice: Choice) -> int:
        """How much less a month costs than by the month, in whole percent; 0 where that is not sold."""
        single = self.choice(choice.license_type, 1)
        if single is None:
            return 0
        by_the_month = single.stars * choice.months
        return max(0, (by_the_month - choice.stars) * 100 // by_the_month)


def _parts(license_type: LicenseType, months: int, prices: Mapping[int, int]) -> tuple[PriceOffer, ...]:
    stars = prices[months]
    name = f"{license_type.value} {months}"
    if stars < 0:
        raise ValueError(f"{name}: give a price in Stars from 1 to {MOST_STARS}, or 0 for what is not sold")
    if stars == 0:
        return ()
    if stars <= MOST_STARS:
        return (PriceOffer(license_type=license_type, months=months, stars=stars),)
    pairs = [
        tuple(PriceOffer(license_type=license_type, months=each, stars=prices[each]) for each in pair)
        for pair in combinations_with_replacement(DAYS, 2)
        if sum(pair) == months and all(0 < prices[each] <= MOST_STARS for each in pair)
    ]
    if not pairs:
        raise ValueError(
            f"{name}: {stars} Stars are more than Telegram's invoice takes ({MOST_STARS}), and no two shorter periods "
            "make it up: lower the price, or set it to 0"
        )
    return pairs[0]
