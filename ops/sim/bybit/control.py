"""The calls under /sim: drivers make accounts, set prices, order faults and look at what happened.

The contract: paths, fields and answers stay as they are; bad input is answered with {"error": …} and a 4xx.
"""

from copy import deepcopy
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from ops.sim.bybit import rows
from ops.sim.bybit.accounts import Account, ApiKey
from ops.sim.bybit.app_acts import act
from ops.sim.bybit.auth import check_public_key
from ops.sim.bybit.booking import rebook, transfer
from ops.sim.bybit.clock import DAY, SECOND
from ops.sim.bybit.errors import ControlError
from ops.sim.bybit.events import happen
from ops.sim.bybit.facts import COINS
from ops.sim.bybit.fault_kinds import EVENTS
from ops.sim.bybit.fields import Fields, is_whole
from ops.sim.bybit.grids import ZERO
from ops.sim.bybit.instruments import Instrument
from ops.sim.bybit.margins import assess
from ops.sim.bybit.market import UnknownSymbolError
from ops.sim.bybit.off_engine import Applied
from ops.sim.bybit.permissions import TRADING, permissions_of
from ops.sim.bybit.readings import set_readings
from ops.sim.bybit.seed_fills import set_fills
from ops.sim.bybit.seed_orders import set_orders
from ops.sim.bybit.seed_positions import set_positions
from ops.sim.bybit.seeding import Seeding, signed
from ops.sim.bybit.world import World

_ENVIRONMENTS: Final = ("live", "demo")
_DEFAULT_BALANCE: Final = Decimal(10_000)
_UNBOUND_DAYS: Final = 90
"""Bybit lets a key without bound addresses live so long."""
_ANY_ADDRESS: Final = "*"
FIELDS: Final = (
    "environment",
    "balance",
    "permissions",
    "read_only",
    "ips",
    "expires_at",
    "hedge",
    "public_key",
    "uta",
    "margin_mode",
    "master",
    "positions",
    "orders",
    "executions",
    "readings",
)
_MARGIN_MODES: Final = {
    "isolated": "ISOLATED_MARGIN",
    "regular": "REGULAR_MARGIN",
    "portfolio": "PORTFOLIO_MARGIN",
}
_LARGEST_UTA: Final = 6
_LONGEST_OFFSET: Final = 3_650 * DAY // SECOND
_LONGEST_SCRIPT: Final = DAY // SECOND
_PRICED: Final = ("linear", "inverse", "spot")


class Control:
    """What a driver may do to the world. Every method raises ControlError for bad input."""

    def __init__(self, world: World) -> None:
        self._world = world

    # accounts

    def make_account(self, body: object) -> dict[str, Any]:
        """POST /sim/accounts.

        Unless told: a demo account of 10,000 USDT in one-way mode, with a trading key (contracts and spot, read
        and write) that is bound to no address ("*") and so expires after 90 days, as Bybit's do.
        """
        world, fields = self._world, Fields(body, "", FIELDS)
        now, number = world.now(), world.made + 1
        public_key = check_public_key(fields.text("public_key")) if "public_key" in fields else ""
        account = Account(
            uid=world.ids.uid(number),
            environment=fields.choice("environment", _ENVIRONMENTS, "demo"),
            key=ApiKey(
                key=world.ids.key(number),
                secret="" if public_key else world.ids.secret(number),
                public_key=public_key,
                permissions={group: list(names) for group, names in TRADING.items()},
                created_at=now,
                expires_at=now + _UNBOUND_DAYS * DAY,
            ),
            created_at=now,
            wallet={"USDT": _DEFAULT_BALANCE},
        )
        self._apply(account, fields)
        if "executions" not in fields:
            rebook(account, world.market, ())
        world.made = number
        world.add(account)
        world.touch()
        return {"uid": account.uid, "api_key": account.key.key, "api_secret": account.key.secret}

    def change_account(self, uid: str, body: object) -> dict[str, Any]:
        """PATCH /sim/accounts/{uid}: each field given takes the place of what was there."""
        account, fields = deepcopy(self._account(uid)), Fields(body, "", FIELDS)
        if "environment" in fields:
            account.environment = fields.choice("environment", _ENVIRONMENTS, account.environment)
        if "public_key" in fields:
            account.key.public_key = check_public_key(fields.text("public_key"))
            account.key.secret = ""
        self._apply(account, fields)
        self._world.add(account)
        if "balance" in fields:
            self._world.trading.publish(account, Applied(money=True))
        return {}

    def act_in_app(self, uid: str, body: object) -> dict[str, Any]:
        """POST /sim/accounts/{uid}/app: what the person does by hand."""
        return act(self._world, self._account(uid), body)

    def remove_account(self, uid: str) -> dict[str, Any]:
        """DELETE /sim/accounts/{uid}."""
        self._world.remove(self._account(uid))
        return {}

    def account(self, uid: str) -> dict[str, Any]:
        """GET /sim/accounts/{uid}: the truth, newest first, each item as Bybit's endpoint gives it."""
        account, market = self._account(uid), self._world.market
        found = assess(account, market, self._world.now())
        coins = [state for state in found.coins.values() if state.margins.wallet or state.equity]
        orders = sorted(account.orders.values(), key=lambda order: order.created_at, reverse=True)
        return {
            "wallet": rows.wallet(found, coins, account.margin_mode),
            "positions": rows.held_rows(account, found),
            "orders": [rows.order(market, order) for order in orders],
            "history": [rows.order(market, order) for order in reversed(account.history)],
            "executions": [rows.execution(fill) for fill in reversed(account.executions)],
            "closed_pnl": [rows.closed_pnl(done) for done in reversed(account.closed_pnl)],
        }

    def _account(self, uid: str) -> Account:
        account = self._world.accounts.get(int(uid)) if is_whole(uid) else None
        if account is None:
            raise ControlError(f"uid: no account {uid}", HTTPStatus.NOT_FOUND)
        return account

    def _apply(self, account: Account, fields: Fields) -> None:
        """Everything but environment and key; what depends on the mode comes after it."""
        key = account.key
        if "permissions" in fields:
            key.permissions = permissions_of(fields.raw("permissions"))
        key.read_only = fields.flag("read_only", default=key.read_only)
        if "ips" in fields:
            _bind(key, fields)
        if "expires_at" in fields:
            key.expires_at = fields.time("expires_at", 0)
        if "hedge" in fields:
            _switch_mode(account, hedge=fields.flag("hedge"), positions_follow="positions" in fields)
        account.uta = fields.integer("uta", account.uta, high=_LARGEST_UTA)
        account.master = fields.flag("master", default=account.master)
        if "margin_mode" in fields:
            account.margin_mode = _MARGIN_MODES[fields.choice("margin_mode", _MARGIN_MODES, "regular")]
        set_readings(account, fields.raw("readings"))
        seeding = Seeding(account, self._world.market, self._world.ids)
        if "positions" in fields:
            set_positions(seeding, fields.items("positions"))
        if "orders" in fields:
            set_orders(seeding, fields.items("orders"))
        if "balance" in fields:
            transfer(account, _wallet(fields), self._world.now())
        if "executions" in fields:
            set_fills(seeding, fields.raw("executions"))

    # prices, faults, calls

    def set_price(self, body: object) -> dict[str, Any]:
        """POST /sim/prices: a price from now on, and a script of later ones in seconds from now."""
        fields = Fields(body, "", ("symbol", "price", "hold", "path"))
        symbol = fields.text("symbol").upper()
        try:
            one = self._world.market.any_of(symbol, *_PRICED)
        except UnknownSymbolError:
            raise fields.wrong("symbol", f"{symbol!r} is not listed; options follow their coin") from None
        steps = [
            Fields(step, f"path[{place}]", ("after_s", "price")) for place, step in enumerate(fields.items("path"))
        ]
        if "price" not in fields and not steps:
            raise fields.wrong("price", "is needed")
        moves = [(_after(step), _price(step, one)) for step in steps]
        if "price" in fields:
            moves.append((0, _price(fields, one)))
        for after, price in sorted(moves):
            self._world.market.set_price(one, price, hold=fields.flag("hold", default=True), after=after)
        self._world.touch()
        return {}

    def move_clock(self, body: object) -> dict[str, Any]:
        """POST /sim/clock: by how many seconds the clock of all answers is moved, negative for back."""
        fields = Fields(body, "", ("offset_s",))
        if "offset_s" not in fields:
            raise fields.wrong("offset_s", "is needed")
        offset = signed(fields, "offset_s")
        if abs(offset) > _LONGEST_OFFSET:
            raise fields.wrong("offset_s", f"must be at most {_LONGEST_OFFSET} either way")
        self._world.move_clock(int(offset * SECOND))
        return {}

    def add_fault(self, body: object) -> dict[str, Any]:
        """POST /sim/faults: what stands from now on, or an event that happens at once."""
        faults = self._world.faults
        fault = faults.add(body, self._world.now())
        if fault.kind in EVENTS:
            faults.remove(fault.id)
            happen(self._world, fault)
        self._world.touch()
        return {"id": fault.id}

    def clear_faults(self) -> dict[str, Any]:
        """DELETE /sim/faults."""
        self._world.faults.clear()
        self._world.touch()
        return {}

    def calls(self, after: str) -> list[dict[str, Any]]:
        """GET /sim/calls?after=SEQ."""
        if not is_whole(after):
            raise ControlError(f"after: must be a number, not {after!r}")
        return self._world.calls.after(int(after))


def _after(step: Fields) -> int:
    """Milliseconds from now."""
    seconds = step.decimal("after_s", ZERO)
    if seconds > _LONGEST_SCRIPT:
        raise step.wrong("after_s", f"must be at most {_LONGEST_SCRIPT}")
    return int(seconds * SECOND)


def _price(fields: Fields, one: Instrument) -> Decimal:
    """At least a tick, and of a contract at most what an order of it may have."""
    price = fields.decimal("price", ZERO, positive=True)
    if price < one.price.step:
        raise fields.wrong("price", f"must be at least a tick of {one.price.text(1)}")
    most = one.row["priceFilter"].get("maxPrice")
    if most is not None and price > Decimal(most):
        raise fields.wrong("price", f"must be at most {most}")
    return price


def _bind(key: ApiKey, fields: Fields) -> None:
    """Bind the key to addresses, which takes its deadline away; without any it has one again."""
    ips = fields.items("ips")
    if not all(isinstance(ip, str) and ip for ip in ips):
        raise fields.wrong("ips", "must be a list of addresses")
    key.ips = [str(ip) for ip in ips if ip != _ANY_ADDRESS]
    key.expires_at = None if key.ips else key.created_at + _UNBOUND_DAYS * DAY


def _wallet(fields: Fields) -> dict[str, Decimal]:
    """An amount of USDT, or an object of amounts by coin."""
    given = fields.raw("balance")
    amounts = Fields(given if isinstance(given, dict) else {"USDT": given}, "balance", ("USDT", *COINS))
    return {coin: amounts.decimal(coin, ZERO) for coin in ("USDT", *COINS) if coin in amounts}


def _switch_mode(account: Account, *, hedge: bool, positions_follow: bool) -> None:
    """Change the mode as Bybit does: not while anything is held or open, unless the driver replaces that."""
    busy = account.held() or account.orders
    if hedge != account.hedge and busy and not positions_follow:
        raise ControlError("hedge: the account has positions or orders; give `positions` along with it")
    if hedge != account.hedge:
        account.positions, account.orders = {}, {}
    account.hedge = hedge
