"""What handlers are given: every use case, and the clock."""

from dataclasses import dataclass

from bot.domain.ports.clock import Clock
from bot.domain.ports.reads import Reads
from bot.services.access import Access
from bot.services.broadcasts import BroadcastDesk
from bot.services.buttons import ButtonDesk
from bot.services.desk import Desk
from bot.services.dialogues import Dialogues
from bot.services.keys import Keys
from bot.services.licenses import Licenses
from bot.services.payments import PaymentDesk
from bot.services.people import People
from bot.services.pin import PinDesk
from bot.services.preferences import Preferences
from bot.services.privacy import Privacy
from bot.services.promo import PromoDesk
from bot.services.redemption import Redemptions
from bot.services.refunds import Refunds
from bot.services.reports import Reports
from bot.services.screens import Screens
from bot.services.support import Support


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
