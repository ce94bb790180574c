"""What handlers are given: every use case, and the clock."""

from dataclasses import dataclass

from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.services.accounts.keys import Keys
from bot.services.accounts.screens import Screens
from bot.services.admin.broadcasts import BroadcastDesk
from bot.services.admin.reports import Reports
from bot.services.admin.user_actions import Desk
from bot.services.chat.buttons import ButtonDesk
from bot.services.chat.dialogues import Dialogues
from bot.services.licensing.licenses import Licenses
from bot.services.payments.payments import PaymentDesk
from bot.services.payments.refunds import Refunds
from bot.services.promo.campaigns import PromoDesk
from bot.services.promo.redemption import Redemptions
from bot.services.support.support import Support
from bot.services.users.access import Access
from bot.services.users.people import People
from bot.services.users.pin import PinDesk
from bot.services.users.preferences import Preferences
from bot.services.users.privacy import Privacy


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Put together by the root."""

    reads: Reads
    clock: Clock
    access: Access
    people: People
    preferences: Preferences
    keys: Keys
    licenses: Licenses
    screens: Screens
    buttons: ButtonDesk
    dialogues: Dialogues
    pin: PinDesk
    promo: PromoDesk
    redemptions: Redemptions
    payments: PaymentDesk
    refunds: Refunds
    support: Support
    privacy: Privacy
    desk: Desk
    broadcasts: BroadcastDesk
    reports: Reports
