"""What an invoice hands to Telegram and gets back with the payment: its terms, signed.

A charge can then be credited by itself, also where the invoice's row is gone (a copy of the database was restored).
"""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Final

from bot.domain.ids import UserId
from bot.domain.licensing import LicenseType

_LETTERS: Final = MappingProxyType({LicenseType.BASIC: "b", LicenseType.PREMIUM: "p"})
_TYPES: Final = MappingProxyType({letter: license_type for license_type, letter in _LETTERS.items()})
_MAC_BYTES: Final = 12
_FORM: Final = re.compile(
    r"1(?P<type>[bp])(?P<renews>r?)\.(?P<days>[1-9][0-9]{0,3})\.(?P<stars>[1-9][0-9]{0,4})\.(?P<user>[1-9][0-9]{0,15})"
    r"\.[A-Za-z0-9_-]{8,16}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceTerms:
    """The offer that an invoice's payload carries: whose, which license, how many days, for how many Stars."""

    user_id: UserId
    license_type: LicenseType
    days: int
    stars: int
    renews: bool = False  # a subscription: Telegram charges it anew each month


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoicePayloads:
    """Writes and reads them. At most 64 bytes; Telegram takes 128."""

    secret: bytes = field(repr=False)

    def sign(self, terms: InvoiceTerms, nonce: str) -> str:
        """A payload; `nonce` is 8 to 16 characters of URL-safe base64 that make it one of its kind."""
        kind = _LETTERS[terms.license_type] + ("r" if terms.renews else "")
        head = f"1{kind}.{terms.days}.{terms.stars}.{terms.user_id}.{nonce}"
        return f"{head}.{self._mac(head)}"

    def read(self, payload: str) -> InvoiceTerms | None:
        """None for what was not signed here."""
        head, _, mac = payload.rpartition(".")
        found = _FORM.fullmatch(head)
        if found is None or not hmac.compare_digest(mac.encode(errors="replace"), self._mac(head).encode()):
            return None
        return InvoiceTerms(
            user_id=UserId(int(found["user"])),
            license_type=_TYPES[found["type"]],
            days=int(found["days"]),
            stars=int(found["stars"]),
            renews=bool(found["renews"]),
        )

    def _mac(self, head: str) -> str:
        return urlsafe_b64encode(hmac.digest(self.secret, head.encode(), sha256)[:_MAC_BYTES]).decode()
