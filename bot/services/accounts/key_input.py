"""What a person gives of a key, looked at before Bybit is asked: its site and its shape."""

from bot.domain.accounts import AccountType
from bot.domain.errors import BadInput
from bot.domain.secrets import Secret
from bot.domain.sites import Site, site_of


def usable_site(code: str, account_type: AccountType) -> Site:
    """The site of that code. Raises BadInput where keys of that type are not made or do not work."""
    site = site_of(code)
    if site is None or account_type is AccountType.PAPER:
        raise BadInput("keys-unknown-site")
    if not site.api_keys_work:
        raise BadInput("keys-site-without-keys", site=site.domain)
    if account_type is AccountType.DEMO and not site.has_demo:
        raise BadInput("keys-site-without-demo", site=site.domain)
    return site


def shaped(secret: Secret, lengths: range) -> Secret:
    """The secret, as it may be one by its length and characters. Raises BadInput otherwise."""
    text = secret.reveal()
    if len(text) not in lengths or not text.isascii() or not text.isprintable() or " " in text:
        raise BadInput("keys-malformed")
    return secret
