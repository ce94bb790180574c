"""What handlers are given: every use case, and the clock."""

from dataclasses import dataclass

from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.services.accounts.demo_money import DemoMoney
from bot.services.accounts.key_asks import KeyAsks
from bot.services.accounts.keys import Keys
from bot.services.accounts.screens import AccountScreens
from bot.services.admin.broadcasts import BroadcastService
from bot.services.admin.reports import Reports
from bot.services.admin.user_actions import UserAdmin
from bot.services.chat.buttons import ButtonService
from bot.services.chat.dialogues import DialogueService
from bot.services.licensing.licenses import Licenses
from bot.services.market.alerts import AlertService
from bot.services.market.screens import MarketScreens
from bot.services.payments.payments import PaymentService
from bot.services.payments.refunds import Refunds
from bot.services.payments.subscriptions import Subscriptions
from bot.services.promo.campaigns import CampaignService
from bot.services.promo.redemption import Redemptions
from bot.services.statistics.results import Results
from bot.services.support.support import Support
from bot.services.trading.trading import Trading
from bot.services.users.access import RoleResolver
from bot.services.users.notices import NoticeService
from bot.services.users.people import People
from bot.services.users.pin import PinService
from bot.services.users.preferences import Preferences
from bot.services.users.privacy import Privacy


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """All use cases, as handlers are given them."""

    reads: Reads
    clock: Clock
    roles: RoleResolver
    people: People
    preferences: Preferences
    notices: NoticeService
    keys: Keys
    key_asks: KeyAsks
    demo_money: DemoMoney
    licenses: Licenses
    account_screens: AccountScreens
    market_screens: MarketScreens
    price_alerts: AlertService
    buttons: ButtonService
    dialogues: DialogueService
    pin: PinService
    promo: CampaignService
    redemptions: Redemptions
    payments: PaymentService
    refunds: Refunds
    subscriptions: Subscriptions
    support: Support
    privacy: Privacy
    user_admin: UserAdmin
    broadcasts: BroadcastService
    reports: Reports
    trading: Trading
    results: Results
