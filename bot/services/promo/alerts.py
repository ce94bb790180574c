"""What admins are told of promo codes by themselves: messages in the transaction that gave the reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypedDict

from bot.domain.chat import Button, outbox_message
from bot.domain.ids import DAY, ChatId, Millis, UserId
from bot.domain.licensing import LicenseType
from bot.domain.ports.storage import UnitOfWork
from bot.domain.promo import (
    GUESSING,
    GUESSING_WITHIN,
    LARGE,
    TRIES_WITHIN,
    Campaign,
    NewUse,
    PromoFastMessage,
    PromoGuessingMessage,
    PromoLargeMessage,
    PromoUndoAskedMessage,
    PromoUsedMessage,
    is_fast_alarm,
    used_alarm,
)
from bot.services.chat.buttons import ButtonAction, button_of, random_token

_BUTTON_LIFETIME: Final = 7 * DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseCampaign(ButtonAction):
    """[Pause code], in alarms and on the campaign's card."""

    ACTION = "promo.pause"
    campaign: int


class _Named(TypedDict):
    """The fields of a `CampaignMessage`."""

    campaign: int
    kind: LicenseType
    days: int
    uses: int
    capacity: int
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromoAlarms:
    """Writes them for every owner and admin, each with its own [Pause code]."""

    owner_ids: frozenset[UserId]
    new_token: Callable[[], str] = random_token

    async def admins(self, unit: UnitOfWork) -> tuple[UserId, ...]:
        """Owners by the settings and whoever is stored as owner or admin."""
        return tuple(sorted(self.owner_ids | set(await unit.promo.staff())))

    async def used(self, unit: UnitOfWork, campaign: Campaign, use: NewUse, now: Millis) -> None:
        """At 50, 90 and 100 % used, and at ten times the hourly mean."""
        campaign = replace(campaign, uses=use.uses)
        percent = used_alarm(use.uses, campaign.terms.capacity)
        if percent is not None:
            used = PromoUsedMessage(**_named(campaign), percent=percent)
            await self._alarm(unit, campaign, used, f"{percent}:{campaign.terms.capacity}", now)
        if is_fast_alarm(campaign, use.in_this_hour, now):
            fast = PromoFastMessage(**_named(campaign), count=use.in_this_hour)
            await self._alarm(unit, campaign, fast, str(now // DAY), now)

    async def large(self, unit: UnitOfWork, campaign: Campaign, admin: UserId, now: Millis) -> None:
        """To the other owners: a campaign that gives much was made or enlarged."""
        terms = campaign.terms
        if terms.total_days < LARGE and not terms.asks_twice:
            return
        stored = await unit.promo.owners()
        owners = sorted((self.owner_ids | set(stored)) - {admin})
        large = PromoLargeMessage(**_named(campaign), admin=admin)
        await self._alarm(unit, campaign, large, f"{terms.capacity}:{terms.ends}", now, to=owners)

    async def guessed(self, unit: UnitOfWork, now: Millis) -> None:
        """At 50 wrong tries of everybody within a minute; once in a quarter of an hour."""
        if await unit.promo.tries_of_all(Millis(now - GUESSING_WITHIN), GUESSING) < GUESSING:
            return
        for admin in await self.admins(unit):
            idempotency_key = f"promo-guessing:{now // TRIES_WITHIN}:{admin}"
            guessing = PromoGuessingMessage(count=GUESSING)
            await unit.enqueue(outbox_message(guessing, user_id=admin, idempotency_key=idempotency_key), now)

    async def undo_asked(self, unit: UnitOfWork, campaign: Campaign, asker: UserId, now: Millis) -> None:
        """A second admin has to say yes."""
        others = [admin for admin in await self.admins(unit) if admin != asker]
        for admin in others:
            asked = PromoUndoAskedMessage(**_named(campaign))
            idempotency_key = f"promo-undo-asked:{campaign.campaign_id}:{now}:{admin}"
            await unit.enqueue(outbox_message(asked, user_id=admin, idempotency_key=idempotency_key), now)

    async def _alarm(
        self,
        unit: UnitOfWork,
        campaign: Campaign,
        alarm: PromoUsedMessage | PromoFastMessage | PromoLargeMessage,
        what: str,
        now: Millis,
        *,
        to: Sequence[UserId] | None = None,
    ) -> None:
        admins = await self.admins(unit) if to is None else to
        buttons = [self._pause_button(admin, campaign, now) for admin in admins]
        await unit.buttons.add(buttons, now)
        for admin, button in zip(admins, buttons, strict=True):
            told = replace(alarm, token=button.token)
            idempotency_key = f"{alarm.KIND}:{campaign.campaign_id}:{what}:{admin}"
            await unit.enqueue(outbox_message(told, user_id=admin, idempotency_key=idempotency_key), now)

    def _pause_button(self, admin: UserId, campaign: Campaign, now: Millis) -> Button:
        pause = PauseCampaign(campaign=campaign.campaign_id)
        return button_of(pause, self.new_token(), admin, ChatId(admin), Millis(now + _BUTTON_LIFETIME))


def _named(campaign: Campaign) -> _Named:
    terms = campaign.terms
    return {
        "campaign": campaign.campaign_id,
        "kind": terms.license_type,
        "days": terms.days,
        "uses": campaign.uses,
        "capacity": terms.capacity,
        "note": terms.note,
    }
