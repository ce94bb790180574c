"""What the buttons of consequence cards do: they carry the draft, and the numbers that a tap agrees to."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from bot.domain.draft_fields import DraftFields
from bot.domain.ids import AccountId, Millis
from bot.domain.order_card import ConfirmedCard, OrderCard
from bot.domain.orders import MarginMode, TriggerBy
from bot.services.chat.buttons import ButtonAction


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOrderCard(DraftFields, ButtonAction):
    """[New price], and the cures of what stands against an order: the card of a draft at the prices of now."""

    ACTION = "trade.card"


@dataclass(frozen=True, slots=True, kw_only=True)
class StartTrialForOrder(DraftFields, ButtonAction):
    """[Start the 7-day trial] on a card that needs a license: the card of the same draft comes back, open."""

    ACTION = "trade.trial"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeForOrder(DraftFields, ButtonAction):
    """[Resume entries] on a card that a pause stands against: the card of the same draft comes back, open."""

    ACTION = "trade.resume-order"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeEntries(ButtonAction):
    """[Resume entries] of one account: the one that a pause or a panic is of."""

    ACTION = "trade.resume"
    account: AccountId


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDraft(DraftFields, ButtonAction):
    """[Change]: the order of a card as a ticket."""

    ACTION = "trade.edit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmEntry(DraftFields, ButtonAction):
    """[Buy 0.001 BTC]: the numbers of the card, and the draft that it was made of."""

    ACTION = "trade.confirm"
    position_idx: int
    qtys: tuple[Decimal, ...]
    prices: tuple[Decimal, ...]
    is_market: bool
    stop_price: Decimal | None = None
    stop_trigger_by: TriggerBy
    target_prices: tuple[Decimal, ...] = ()
    target_shares: tuple[Decimal, ...] = ()
    trailing_distance: Decimal | None = None
    used_leverage: Decimal
    margin_mode: MarginMode
    fee_rate: Decimal
    quoted: Millis
    touch: Decimal | None = None

    @classmethod
    def of(cls, card: OrderCard) -> Self:
        """The button of a card."""
        agreed = card.confirmed()
        return cls.make(
            card.draft,
            position_idx=agreed.position_idx,
            qtys=agreed.qtys,
            prices=agreed.prices,
            is_market=agreed.is_market,
            stop_price=agreed.stop,
            stop_trigger_by=agreed.stop_trigger_by,
            target_prices=agreed.target_prices,
            target_shares=agreed.target_shares,
            trailing_distance=agreed.trailing,
            used_leverage=agreed.leverage,
            margin_mode=agreed.margin_mode,
            fee_rate=agreed.fee_rate,
            quoted=agreed.quoted_ts,
            touch=agreed.touch,
        )

    @property
    def card(self) -> ConfirmedCard:
        return ConfirmedCard(
            account_id=self.account_id,
            symbol=self.symbol,
            side=self.side,
            position_idx=self.position_idx,
            qtys=self.qtys,
            prices=self.prices,
            is_market=self.is_market,
            stop=self.stop_price,
            stop_trigger_by=self.stop_trigger_by,
            target_prices=self.target_prices,
            target_shares=self.target_shares,
            breakeven=self.breakeven,
            trailing=self.trailing_distance,
            leverage=self.used_leverage,
            margin_mode=self.margin_mode,
            fee_rate=self.fee_rate,
            quoted_ts=self.quoted,
            touch=self.touch,
        )
