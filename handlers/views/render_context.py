"""Whoever looks at a card: language, clock, time zone, own accounts."""

from dataclasses import dataclass

from bot.domain.accounts import Account, AccountType
from bot.domain.ids import Millis
from bot.domain.users import UserConfig
from handlers.core.callbacks import Code
from handlers.texts.catalog import Translator
from handlers.views.figures import Figures
from handlers.views.times import moment, span, zone_name

ACCOUNT_NAMES = {
    AccountType.PAPER: "account-paper",
    AccountType.DEMO: "account-demo",
    AccountType.LIVE: "account-live",
}


def account_name(say: Translator, account_type: AccountType, number: int) -> str:
    """Practice, Bybit Demo, Live 2: the type in the language's words, and its number from the second on."""
    name = say.plain(ACCOUNT_NAMES[account_type])
    return name if number == 1 else f"{name} {number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderContext:
    """What a view needs to know of its reader. `owner` is set in groups: whose buttons these are.

    `traded`: the types of account whose orders are placed here; none for cards that show no account.
    """

    say: Translator
    config: UserConfig
    now: Millis
    owner: int | None = None
    traded: frozenset[AccountType] = frozenset()

    @property
    def figures(self) -> Figures:
        return Figures(self.say.language)

    def data(self, code: Code) -> str:
        return code.encode(self.owner)

    def type_name(self, account_type: AccountType) -> str:
        """Practice, Bybit Demo, Live: the words of the product, in the reader's language."""
        return self.say.plain(ACCOUNT_NAMES[account_type])

    def account_name(self, account: Account) -> str:
        """The type's name, and its number from the second of that type on: Live, Live 2."""
        return account_name(self.say, account.account_type, account.number)

    def trades(self, account: Account) -> bool:
        """Whether orders of that account are placed and managed here."""
        return account.account_type in self.traded

    def when(self, at: Millis) -> str:
        """In UTC and beside it in the reader's own time; in groups, which have many readers, in UTC alone."""
        time_zone = self.config.settings.time_zone if self.owner is None else "UTC"
        return moment(at, self.now, time_zone, self.say.language)

    @property
    def zone_name(self) -> str:
        """The reader's time zone as the reader calls it: Kyiv, Киев, UTC+3."""
        return zone_name(self.config.settings.time_zone, self.say.language)

    def age(self, at: Millis) -> str:
        return span(self.say, (self.now - at) / 1000)
