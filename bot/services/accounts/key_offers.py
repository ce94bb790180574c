"""Public keys that were shown and wait for the id of the key that Bybit makes of them."""

from dataclasses import dataclass

from bot.domain.accounts import AccountType, SealedCredentials
from bot.domain.errors import WrongKeyFile
from bot.domain.ports.accounts import CredentialVault, KeyPairMaker
from bot.domain.sites import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOffer:
    """A pair's public half, and where Bybit should allow it from (None: not configured)."""

    public_key_pem: str
    egress_ip: str | None
    account_type: AccountType
    site: Site


async def shown_before(
    offer: SealedCredentials | None, site: Site, vault: CredentialVault, key_pairs: KeyPairMaker
) -> str | None:
    """The public half that the offer showed; None if it was of another site, or its private half does not open."""
    if offer is None or offer.host != site.code:
        return None
    try:
        return await key_pairs.public_half(vault.open(offer).api_secret)
    except WrongKeyFile:
        return None
