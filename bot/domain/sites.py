"""Bybit's sites. A key belongs to one of them and works on that site's API host only.

Source: Bybit API documentation, "Integration guidance" (hosts by region) and the help center's note on EEA users.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site: `code` is what is stored with an account, `domain` what people know it by."""

    code: str
    domain: str
    api_host: str
    api_keys_work: bool = True
    has_demo: bool = False


SITES: Final = (
    Site(code="com", domain="bybit.com", api_host="api.bybit.com", has_demo=True),
    Site(code="nl", domain="bybit.nl", api_host="api.bybit.nl"),
    Site(code="tr", domain="bybit-tr.com", api_host="api.bybit-tr.com"),
    Site(code="kz", domain="bybit.kz", api_host="api.bybit.kz"),
    Site(code="ae", domain="bybit.ae", api_host="api.bybit.ae"),
    Site(code="id", domain="bybit.id", api_host="api.bybit.id"),
    Site(code="ge", domain="bybitgeorgia.ge", api_host="api.bybitgeorgia.ge"),
    Site(code="eu", domain="bybit.eu", api_host="api.bybit.eu", api_keys_work=False),
)
DEFAULT_SITE: Final = "com"

_BY_CODE: Final = {site.code: site for site in SITES}


def site_of(code: str) -> Site | None:
    """The site of a code, None for an unknown one."""
    return _BY_CODE.get(code)
