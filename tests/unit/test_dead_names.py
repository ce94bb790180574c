"""Every public name of the product is used by the product; what only tests use is taken out."""

import ast
from collections import Counter
from collections.abc import Iterator
from typing import Final

from harness.sources import RUNTIME, trees

FRAMEWORK: Final = "called by the library that the class is made for"
COUNTED: Final = "one of the counters of a dataclass that metrics read whole"
WATCHED: Final = "a figure that tests wait for or count with"
DOCUMENTED: Final = "makes a table that the documents quote"
TRADING: Final = "what an order needs"
JOBS: Final = "how jobs fare, for metrics"
OPERATORS: Final = "what a command of operators writes with"
KEPT: Final = {
    "bot.aio.periodic.PeriodicStats.failures_in_a_row": JOBS,
    "bot.aio.periodic.PeriodicStats.is_running": JOBS,
    "bot.aio.periodic.PeriodicStats.late_after_s": JOBS,
    "bot.chat.inbox.InboxStats.explained": WATCHED,
    "bot.chat.inbox_marker.InboxMarkerStats.failed_commits": WATCHED,
    "bot.chat.poller.PollStats.conflicts": COUNTED,
    "bot.chat.poller.PollStats.failed_commits": COUNTED,
    "bot.chat.poller.PollStats.renewals": COUNTED,
    "bot.chat.stats.ChatStats.inbox_marker": WATCHED,
    "bot.chat.transport.AiohttpRequest.do_request": FRAMEWORK,
    "bot.chat.transport.AiohttpRequest.read_timeout": FRAMEWORK,
    "bot.http_server.PlainConnection.finish_response": FRAMEWORK,
    "bot.http_server.PlainConnection.handle_error": FRAMEWORK,
    "bot.logs.LogCounts.emit": FRAMEWORK,
    "handlers.registry.TableHandler.check_update": FRAMEWORK,
    "handlers.registry.TableHandler.handle_update": FRAMEWORK,
    "bot.chat.webhook.WebhookStats.turned_away": COUNTED,
    "bot.domain.licensing.plans_as_markdown": DOCUMENTED,
    "bot.domain.market.Ticker.volume_24h": TRADING,
    "bot.domain.portfolio.Balance.total_wallet_balance": TRADING,
    "bot.exchange.budget.BudgetStats.windows": WATCHED,
    "bot.settings.Settings.settings_customise_sources": FRAMEWORK,
    "storage.store.SqliteUnitOfWork.legacy": OPERATORS,
    "cache.policy.as_markdown": DOCUMENTED,
}


def definitions(body: list[ast.stmt]) -> Iterator[tuple[str, ast.stmt]]:
    """Public functions, classes and annotated names of a body, each with what defines it."""
    for node in body:
        name = None
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            name = node.target.id
        if name is not None and not name.startswith("_"):
            yield name, node


def uses(tree: ast.AST) -> tuple[Counter[str], Counter[str]]:
    """How often each name and each attribute is read."""
    names: Counter[str] = Counter()
    attributes: Counter[str] = Counter()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            names[node.id] += 1
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            attributes[node.attr] += 1
    return names, attributes


def of_units(tree: ast.AST) -> set[str]:
    """The attributes that are read of a unit of work; the product calls each of them `unit`."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "unit"
    }


def unused_of_units(store: ast.Module, users: dict[str, ast.Module]) -> set[str]:
    """The public properties of the unit of work that `users` read of none: others bear the same bare names."""
    (unit,) = [node for node in store.body if isinstance(node, ast.ClassDef) and node.name == "SqliteUnitOfWork"]
    asked = set().union(*map(of_units, users.values()))
    return {
        f"storage.store.SqliteUnitOfWork.{name}"
        for name, node in definitions(unit.body)
        if isinstance(node, ast.FunctionDef) and node.decorator_list and name not in asked
    }


def unused(modules: dict[str, ast.Module], users: dict[str, ast.Module]) -> set[str]:
    """Definitions of `modules` that `users` read nowhere but in the definition; members by their bare name."""
    names: Counter[str] = Counter()
    attributes: Counter[str] = Counter()
    for tree in users.values():
        found = uses(tree)
        names += found[0]
        attributes += found[1]
    dead = set()
    for module, tree in modules.items():
        for name, node in definitions(tree.body):
            own_names, _ = uses(node)
            if names[name] == own_names[name] and not attributes[name]:
                dead.add(f"{module}.{name}")
            for member, part in definitions(node.body) if isinstance(node, ast.ClassDef) else ():
                if attributes[member] == uses(part)[1][member]:
                    dead.add(f"{module}.{name}.{member}")
    return dead


def test_what_nobody_reads_is_found() -> None:
    source = """
class Used:
    field: int
    silent: int
    def method(self): return self.method()
def idle(): return idle()
def main(): return Used().field
LIMIT: int = 1
_own: int = main()
"""
    tree = ast.parse(source)
    assert unused({"m": tree}, {"m": tree}) == {"m.Used.silent", "m.Used.method", "m.idle", "m.LIMIT"}


def test_a_property_of_the_unit_that_nobody_asks_a_unit_for_is_found() -> None:
    store = """
class SqliteUnitOfWork:
    @property
    def users(self): ...
    @property
    def trades(self): ...
"""
    user = """
async def write(store, view):
    async with store.begin() as unit:
        await unit.users.ensure(view.trades)
"""
    found = unused_of_units(ast.parse(store), {"m": ast.parse(user)})
    assert found == {"storage.store.SqliteUnitOfWork.trades"}


def test_every_public_name_is_used_by_the_product() -> None:
    modules = {name: tree for name, tree in trees().items() if name.partition(".")[0] in RUNTIME}
    dead = unused(modules, trees()) | unused_of_units(modules["storage.store"], modules)
    assert dead - KEPT.keys() == set()
    assert KEPT.keys() - dead == set(), "used now, or gone: take it off the list"
