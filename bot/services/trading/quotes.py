"""Consequence cards: a draft at the prices of now, with everything that would come of it."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from bot.domain.accounts import Account, AccountType
from bot.domain.card_inputs import CardInputs
from bot.domain.card_making import make_card
from bot.domain.errors import ExchangeError, NotAllowed, UnknownSymbol
from bot.domain.ids import Symbol
from bot.domain.licensing import Feature, opens
from bot.domain.market import Category, Instrument
from bot.domain.order_card import CardNote, OrderCard
from bot.domain.order_drafts import OrderDraft
from bot.domain.orders import LegSettings
from bot.domain.portfolio import LegKey, Position, Positions
from bot.domain.ports.clock import Clock
from bot.domain.ports.closings import ClosingQueries
from bot.domain.ports.plans import TradingQueries
from bot.domain.ports.reads import Reads
from bot.domain.ports.trading import OrderGateway
from bot.domain.risk_tiers import RiskTier
from bot.domain.trade_plans import TradePlan
from bot.domain.users import UserConfig
from bot.domain.work_off import ours_at_most
from bot.services.licensing.licenses import license_needed
from bot.services.trading.entry_cancels import waiting_prices
from bot.services.trading.risk_limits import LimitService

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """Makes cards, for accounts of the types that have a gateway."""

    reads: Reads
    limits: LimitService
    gateways: Mapping[AccountType, OrderGateway]
    plans: TradingQueries
    brakes: ClosingQueries
    clock: Clock

    async def card(self, config: UserConfig, draft: OrderDraft) -> OrderCard:
        """The card of a draft; rules that stand against it are its `refusals`. Raises UserFacing, ExchangeErrors."""
        account = self._account(config, draft)
        instrument = await self._instrument(draft.symbol)
        return make_card(await self._inputs(account, instrument, draft))

    async def _inputs(self, account: Account, instrument: Instrument, draft: OrderDraft) -> CardInputs:
        """Everything read side by side; the first read that fails is raised."""
        reads, symbol = self.reads, draft.symbol
        ticker, balance, positions, orders, settings, fee = await asyncio.gather(
            reads.ticker(symbol),
            reads.balance(account),
            reads.positions(account),
            reads.orders(account),
            self.gateways[account.account_type].leg_settings(account, symbol),
            reads.fee_rate(account, symbol),
        )
        view = await self.limits.view(account, balance, positions.items, orders.items)
        plan, waiting, is_managed = await self._plan(account, draft, settings, positions)
        return CardInputs(
            draft=draft,
            defaults=account.settings,
            instrument=instrument,
            ticker=ticker,
            tiers=await self._tiers(symbol, positions),
            balance=balance,
            positions=positions,
            orders=orders,
            settings=settings,
            fee=fee,
            plan=plan,
            limits=view.limits,
            marks=view.marks,
            exposures=view.exposures,
            now=self.clock.now(),
            stopped=await self._stopped(account),
            is_managed=is_managed,
            waiting=waiting,
        )

    async def _plan(
        self, account: Account, draft: OrderDraft, settings: LegSettings, positions: Positions
    ) -> tuple[TradePlan | None, tuple[Decimal, ...], bool]:
        """The open plan of the entry's leg, prices of its entries that rest, whether all that stands came by it."""
        leg = LegKey(
            account_id=account.account_id,
            category=Category.LINEAR,
            symbol=draft.symbol,
            position_idx=settings.position_idx(draft.side),
        )
        plans = await self.plans.plans_open(account.account_id)
        plan = next((each for each in plans if each.leg == leg), None)
        position = positions.of_leg(leg)
        size = Decimal(0) if position is None else position.size
        intents = () if plan is None else await self.plans.intents_of_plan(plan.plan_id)
        mine = Decimal(0) if plan is None else ours_at_most(plan, intents)
        return plan, waiting_prices(intents), size <= max(mine, Decimal(0))

    def _account(self, config: UserConfig, draft: OrderDraft) -> Account:
        """Raises ButtonExpired where the account is gone, NotAllowed where its orders are not placed here."""
        account = config.own_account(draft.account_id)
        if account.account_type not in self.gateways:
            raise NotAllowed("account-not-traded", account_type=account.account_type.value)
        return account

    async def _stopped(self, account: Account) -> tuple[CardNote, ...]:
        """A license that is missing, a pause of the account, a halt of everybody."""
        found = []
        held = (await self.reads.license(account.user_id)).type_at(self.clock.now())
        if not opens(held, Feature.ENTRY, account.account_type):
            refusal = license_needed(Feature.ENTRY, account.account_type)
            found.append(CardNote(key=refusal.key, values=refusal.values, cure="license"))
        if await self.plans.paused_since(account.account_id) is not None:
            found.append(CardNote(key="entry-paused", cure="resume"))
        if (await self.brakes.halt()).since is not None:
            found.append(CardNote(key="entry-halted"))
        return tuple(found)

    async def _instrument(self, symbol: Symbol) -> Instrument:
        found = await self.reads.instrument(Category.LINEAR, symbol)
        if found is None:
            raise UnknownSymbol(symbol, ())
        return found

    async def _tiers(self, symbol: Symbol, positions: Positions) -> Mapping[Symbol, tuple[RiskTier, ...]]:
        """Of the symbol and of all that is held: what must stay for others counts in cross margin."""
        wanted = sorted({symbol, *(each.symbol for each in positions.items if _is_perpetual(each))})
        found = await asyncio.gather(*map(self._tiers_of, wanted))
        return dict(zip(wanted, found, strict=True))

    async def _tiers_of(self, symbol: Symbol) -> tuple[RiskTier, ...]:
        """() where they can't be had: the card reckons with what is usual then."""
        try:
            return (await self.reads.risk_tiers(symbol)).items
        except ExchangeError as trouble:
            _logger.info("risk tiers are not at hand", extra={"reason": type(trouble).__name__})
            return ()


def _is_perpetual(position: Position) -> bool:
    return position.category is Category.LINEAR
