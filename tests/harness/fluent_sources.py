"""The Fluent sources as trees, for tests of the texts."""

from functools import cache
from importlib.resources import files

from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from bot.domain.users import Language


class Placeholders(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802  fluent's visitor names
        self.names.add(node.id.name)


class Selectors(Visitor):
    """Selections by number: variable -> the plural categories offered."""

    def __init__(self) -> None:
        self.found: list[tuple[str, set[str]]] = []

    def visit_SelectExpression(self, node: ast.SelectExpression) -> None:  # noqa: N802  fluent's visitor names
        if isinstance(node.selector, ast.VariableReference):
            names = {each.key.name for each in node.variants if isinstance(each.key, ast.Identifier)}
            self.found.append((node.selector.id.name, names))
        self.generic_visit(node)


class Words(Visitor):
    """The text of every variant, without what is filled in."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_TextElement(self, node: ast.TextElement) -> None:  # noqa: N802  fluent's visitor names
        self.found.append(node.value)


@cache
def messages(language: Language) -> dict[str, ast.Message]:
    found = {}
    for file in files("handlers.texts").joinpath(language.value).iterdir():
        for entry in FluentParser().parse(file.read_text(encoding="utf-8")).body:
            if isinstance(entry, ast.Message):
                found[entry.id.name] = entry
    return found


def placeholders(message: ast.Message) -> set[str]:
    visitor = Placeholders()
    visitor.visit(message)
    return visitor.names


def words(message: ast.Message) -> str:
    """All that the message can say, each variant on lines of its own."""
    visitor = Words()
    visitor.visit(message)
    return "\n".join(visitor.found)


def selections(message: ast.Message) -> list[tuple[str, set[str]]]:
    """What the message chooses by, with the named choices of each."""
    visitor = Selectors()
    visitor.visit(message)
    return visitor.found


def sample(key: str, count: int = 3) -> dict[str, str | int]:
    """A value for each placeholder; numbers where a plural is chosen by it."""
    message = messages(Language.ENGLISH)[key]
    counted = {name for name, forms in selections(message) if forms & {"one", "few", "many"}}
    return {name: count if name in counted else f"<{name}>" for name in placeholders(message)}
