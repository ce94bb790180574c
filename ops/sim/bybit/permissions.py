"""What a key may do: Bybit's groups and names, from a mapping or from a plain list of names."""

from typing import Final

from ops.sim.bybit.errors import ControlError

GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "ContractTrade": ("Order", "Position"),
    "Spot": ("SpotTrade",),
    "Wallet": ("AccountTransfer", "SubMemberTransfer", "Withdraw"),
    "Options": ("OptionsTrade",),
    "Derivatives": ("DerivativesTrade",),
    "CopyTrading": ("CopyTrading",),
    "BlockTrade": ("BlockTrade",),
    "Exchange": ("ExchangeHistory",),
    "NFT": ("NFTQueryProductList",),
    "Affiliate": ("Affiliate",),
    "Earn": ("Earn",),
    "FiatP2P": ("FiatP2POrder", "Advertising"),
    "FiatConvertBroker": ("FiatConvertBrokerOrder",),
    "FiatGlobalPay": (),
    "FiatBitPay": ("FaitPayOrder",),
    "BitCard": ("BitCard",),
    "ByXPost": ("ByXPost",),
}
"""Every group that user/query-api lists, with the names it knows. FaitPayOrder is Bybit's spelling."""

TRADING: Final = {
    "ContractTrade": ["Order", "Position"],
    "Spot": ["SpotTrade"],
    "Derivatives": ["DerivativesTrade"],
}
"""What a good trading key has."""

_NEEDED: Final = {
    "spot": ("Spot",),
    "linear": ("ContractTrade", "Derivatives"),
    "inverse": ("ContractTrade", "Derivatives"),
    "option": ("Options", "Derivatives"),
}


def allowed(permissions: dict[str, list[str]], permission: str | None, category: str) -> bool:
    """Whether a key with these may read an endpoint with that `permission` (facts.Endpoint) and category."""
    if permission in {None, "any"}:
        return True
    return any(permissions.get(group) for group in _NEEDED[category])


def complete(permissions: dict[str, list[str]]) -> dict[str, list[str]]:
    """Every group, empty where nothing is granted, as query-api lists them; groups Bybit lacks stay too."""
    return {**{group: [] for group in GROUPS}, **permissions}


def permissions_of(given: object) -> dict[str, list[str]]:
    """From {"Wallet": ["Withdraw"]}, which may name anything, or from known names such as ["Withdraw", "Spot"].

    A group's own name in a list grants the whole group. Raises ControlError.
    """
    if isinstance(given, dict):
        return {str(group): _names(str(group), names) for group, names in given.items()}
    if isinstance(given, list):
        return _from_list(given)
    raise ControlError("permissions: must be an object of groups or a list of names")


def _names(group: str, names: object) -> list[str]:
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return list(names)
    raise ControlError(f"permissions.{group}: must be a list of strings")


def _from_list(names: list[object]) -> dict[str, list[str]]:
    granted: dict[str, list[str]] = {}
    groups = {group.lower(): group for group in GROUPS}
    single = {name.lower(): (group, name) for group, known in GROUPS.items() for name in known}
    for name in names:
        if not isinstance(name, str):
            raise ControlError(f"permissions: {name!r} is no string")
        folded = name.replace("_", "").replace("-", "").lower()
        if folded in groups:
            granted[groups[folded]] = list(GROUPS[groups[folded]])
        elif folded in single:
            group, known_name = single[folded]
            granted.setdefault(group, [])
            if known_name not in granted[group]:
                granted[group].append(known_name)
        else:
            raise ControlError(f"permissions: {name!r} is not known; a mapping of groups may name anything")
    return granted
