"""Codes of promo campaigns."""

from dataclasses import dataclass
from typing import Annotated

from bot.domain.licensing import LicenseType
from bot.domain.payloads import AtMost, Matching
from bot.domain.promo_codes import MOST_DAYS, MOST_USES
from handlers.core.callbacks import Code, PageNumber, RowNumber


@dataclass(frozen=True, slots=True)
class PromoDays(Code):
    """A new promo code of that type; asks for the days."""

    TAG = "pday"
    license_type: LicenseType


@dataclass(frozen=True, slots=True)
class PromoUses(Code):
    """… of so many days; asks for the uses."""

    TAG = "puse"
    license_type: LicenseType
    days: Annotated[int, AtMost(MOST_DAYS)]


@dataclass(frozen=True, slots=True)
class PromoPreview(Code):
    """… for so many people; shows what that is, with [Create]."""

    TAG = "pnew"
    license_type: LicenseType
    days: Annotated[int, AtMost(MOST_DAYS)]
    uses: Annotated[int, AtMost(MOST_USES)]


@dataclass(frozen=True, slots=True)
class PromoList(Code):
    """A page of campaigns, the newest first: the open ones, or all."""

    TAG = "plist"
    which: Annotated[str, Matching("open|all")]
    page: PageNumber = 0


@dataclass(frozen=True, slots=True)
class PromoCard(Code):
    """A campaign with its funnel and everything that can be done about it."""

    TAG = "pcard"
    campaign: int


@dataclass(frozen=True, slots=True)
class PromoRedeemers(Code):
    """Who redeemed a campaign: a page below the redemption `before`; 0: the newest."""

    TAG = "pused"
    campaign: int
    before: RowNumber = 0


@dataclass(frozen=True, slots=True)
class PromoEdit(Code):
    """What a campaign shall have otherwise: asks for it."""

    TAG = "pedit"
    campaign: int


@dataclass(frozen=True, slots=True)
class PromoUndo(Code):
    """Who would lose what if it were called back."""

    TAG = "pundo"
    campaign: int
