"""Which address an account's calls go to."""

from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.sites import DEFAULT_SITE, site_of

BYBIT: Final = "https://api.bybit.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAddresses:
    """Base URLs, without a slash at the end; `demo` may be a path of `live`.

    A key of another site goes to that site's own host, unless `live` is a stand-in: then there is one for all.
    """

    live: str
    demo: str

    def __call__(self, site: str, account_type: AccountType) -> str:
        """The base URL for a site's code and demo or live; an unknown site is the default one."""
        known = site_of(site)
        if account_type is AccountType.DEMO:
            return self.demo
        if known is None or site == DEFAULT_SITE or self.live != BYBIT:
            return self.live
        return f"https://{known.api_host}"
