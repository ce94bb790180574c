"""Which address an account's calls go to."""

from dataclasses import dataclass
from typing import Final

from bot.domain.accounts import AccountType
from bot.domain.sites import DEFAULT_SITE, site_of

BYBIT: Final = "https://api.bybit.com"
BYBIT_STREAMS: Final = "wss://stream.bybit.com"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamAddresses:
    """Where streams are, by the same rules: base URLs without a slash at the end."""

    live: str
    demo: str

    @property
    def public(self) -> str:
        """Prices of perpetuals, which are those of the live market."""
        return f"{self.live}/v5/public/linear"

    def private(self, site: str, account_type: AccountType) -> str:
        """The private stream of an account; a site's streams are at `stream.` where its calls go to `api.`."""
        known = site_of(site)
        base = self.live
        if account_type is AccountType.DEMO:
            base = self.demo
        elif known is not None and site != DEFAULT_SITE and self.live == BYBIT_STREAMS:
            base = f"wss://{known.api_host.replace('api.', 'stream.', 1)}"
        return f"{base}/v5/private"
