"""The table: nothing without an access rule, nothing twice, every code and every kind of update has its line."""

from importlib import import_module
from pathlib import Path

import pytest
from harness.bot_api import FakeBotApi, FakeRequest
from telegram import Update, User
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler, ExtBot, TypeHandler

import handlers
from bot.domain.errors import NoAccount
from bot.domain.users import Role
from handlers import guards, registry
from handlers.core.context import App, UpdateContext
from handlers.core.specs import (
    AFTER_TERMS,
    EVERYONE,
    OWNER,
    PRIVATE,
    AccessRule,
    ActionSpec,
    CommandSpec,
    DialogueSpec,
    OtherUpdateSpec,
    Place,
    UpdateKind,
    command,
)
from handlers.registry import TABLE
from handlers.table import HandlerTable
from handlers.views.problems import ProblemCard, sentence_card, table_of


async def nothing(_: UpdateContext) -> None:
    """A handler."""


def test_an_entry_without_an_access_rule_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="access"):
        command("open", nothing)  # type: ignore[call-arg]  # what this test is about


def test_every_entry_says_who_and_where() -> None:
    for spec in TABLE.specs:
        assert isinstance(getattr(spec, "access", None), AccessRule), spec.name
        assert getattr(spec, "places", None), spec.name


def test_two_entries_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="share a name"):
        HandlerTable([command("a", nothing, access=EVERYONE), command("a", nothing, access=OWNER)])


def test_an_entry_that_works_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="where"):
        HandlerTable([command("a", nothing, access=EVERYONE, places=frozenset())])


def test_two_cards_of_one_error_are_refused() -> None:
    card = ProblemCard(NoAccount, sentence_card)
    with pytest.raises(ValueError, match="two cards for NoAccount"):
        table_of((card, card))


def test_every_kind_of_update_has_an_answer() -> None:
    assert {spec.kind for spec in TABLE.specs if isinstance(spec, OtherUpdateSpec)} == set(UpdateKind)


def test_every_list_of_handlers_stands_in_the_table() -> None:
    folder = Path(handlers.__file__).parent
    modules = [
        ".".join(("handlers", *path.relative_to(folder).with_suffix("").parts))
        for path in sorted(folder.rglob("*.py"))
        if path.name != "__init__.py"
    ]
    lists = {name: getattr(import_module(name), "HANDLERS", ()) for name in modules}
    assert len([each for each in lists.values() if each]) > 1, "nothing was read"
    assert {spec.name for each in lists.values() for spec in each} == {spec.name for spec in TABLE.specs}


def test_only_prices_and_results_without_money_work_in_groups() -> None:
    """And the two answers that nobody may be left without, and money, which is booked wherever it comes in."""
    in_groups = {spec.name for spec in TABLE.specs if Place.GROUP in spec.places}
    payments = {"any pre-checkout", "any successful-payment", "any refunded-payment"}
    public = {"/price", "/share", "show px", "show spx"}
    assert in_groups == {*public, "any stale-button", "any group-message", "any membership"} | payments


def test_keys_and_license_time_come_after_the_terms() -> None:
    gated = {spec.name for spec in TABLE.specs if spec.access == AFTER_TERMS}
    assert gated == {
        "/keys add",
        "do keys.pair",
        "do keys.ask-typed",
        "do keys.held",
        "do keys.pasted",
        "do keys.replace",
        "dialogue keys.key-id",
        "dialogue keys.key-and-secret",
        "do license.trial",
        "do trade.trial",
        "do pay.invoice",
        "do pay.monthly",
        "show buy",
    }


def test_what_banned_people_reach() -> None:
    """Money is booked whoever sent it; who paid reaches support, license and data; everybody closes what is open."""
    even_banned = {spec.name for spec in TABLE.specs if spec.access.even_banned}
    money = {"any pre-checkout", "any successful-payment", "any refunded-payment"}
    ways_in = {"any press", "any text", "any media", "show do"}  # what they lead to is asked again
    support = {"/paysupport", "show thra", "show thr", "do support.close", "dialogue support.write"}
    data = {"/privacy", "/forget", "do privacy.export", "do privacy.forget", "do privacy.erase", "do privacy.keep"}
    exits = {spec.name for spec in TABLE.specs if spec.access.is_exit}
    assert even_banned - exits == money | ways_in | support | data | {"/terms", "/license"}
    assert exits == {
        *("/positions", "show pos", "show posd", "/orders", "show ord", "show cxl", "do trade.cancel"),
        *("do trade.cancel-all", "show leg", "/close", "show cls", "show clm", "show clo", "do trade.close"),
        *("/panic", "/panic now", "do trade.panic", "do trade.panic-there", "do trade.panic-cancel"),
        *("/vanish", "show van"),
        *("show dis", "do trade.restore", "do trade.watch", "do trade.release"),
        *(
            "show onc",
            "show clp",
        ),
    }


def test_what_changes_something_works_in_private_only() -> None:
    for spec in TABLE.specs:
        if isinstance(spec, ActionSpec | DialogueSpec):
            assert spec.places == PRIVATE


def test_a_menu_shows_what_its_reader_may_use() -> None:
    menus = {role: set(TABLE.commands(role)) for role in Role}
    assert menus[Role.USER] < menus[Role.SUPPORT] < menus[Role.ADMIN] < menus[Role.OWNER]
    assert {"users", "ban", "broadcast", "audit", "report", "health", "role"} <= menus[Role.OWNER] - menus[Role.USER]
    assert "users" in menus[Role.SUPPORT]
    assert not {"ban", "grant", "broadcast", "audit"} & menus[Role.SUPPORT], "support looks, and does not act"
    assert menus[Role.OWNER] - menus[Role.ADMIN] == {"role"}
    assert set(TABLE.group_commands()) == {"price", "share"}


@pytest.mark.parametrize(
    ("needed", "held", "admitted"),
    [
        (Role.USER, Role.USER, True),
        (Role.OWNER, Role.ADMIN, False),
        (Role.ADMIN, Role.OWNER, True),
        (Role.ADMIN, Role.SUPPORT, False),
        (Role.SUPPORT, Role.ADMIN, True),
    ],
)
def test_roles_are_a_ladder(needed: Role, held: Role, *, admitted: bool) -> None:
    assert AccessRule(role=needed).admits(held) is admitted


def test_ptb_runs_the_table_and_nothing_else() -> None:
    bot: ExtBot[None] = ExtBot("1:token", request=FakeRequest(FakeBotApi()))
    app: App = ApplicationBuilder().bot(bot).updater(None).job_queue(None).build()  # type: ignore[assignment]  # its bot_data is assigned later
    registry.add_handlers(app, TABLE)
    assert set(app.handlers) == {-1, 0}
    (watch,) = app.handlers[-1]
    assert isinstance(watch, TypeHandler)
    assert watch.callback is guards.watch
    (table,) = app.handlers[0]
    assert isinstance(table, registry.TableHandler)
    direct = [each for each in TABLE.specs if not isinstance(each, ActionSpec | DialogueSpec)]
    assert len(table.handlers) == len(direct)
    assert all(handler.callback.__qualname__.startswith("_guarded") for handler in table.handlers)
    assert isinstance(table.handlers[0], CommandHandler)
    assert any(isinstance(handler, CallbackQueryHandler) and handler.pattern is None for handler in table.handlers)
    assert len(app.error_handlers) == 1


def _updates() -> list[Update]:
    """Every command and screen of the table, in private chats and groups, and what nobody has a name for."""
    texts = {f"/{spec.command} {spec.verb or ''}".strip() for spec in TABLE.specs if isinstance(spec, CommandSpec)}
    datas = {f"v1:{code.TAG}:1" for code in TABLE.codes}
    ada = {"id": 7, "is_bot": False, "first_name": "Ada"}
    made: list[dict[str, object]] = []
    for chat in ({"id": 7, "type": "private"}, {"id": -7, "type": "supergroup"}):
        for text in (*texts, "/MENU", "/menu@desk_bot", "/menu@other_bot", "/nothing", "btc"):
            message = {"message_id": 1, "date": 1_760_000_000, "chat": chat, "from": ada, "text": text}
            if text.startswith("/"):
                message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
            made += [{"message": message}, {"edited_message": message}, {"message": {**message, "photo": []}}]
        card = {"message_id": 1, "date": 1_760_000_000, "chat": chat, "text": "/menu"}
        press = {"id": "1", "from": ada, "chat_instance": "1", "message": card}
        made += [{"callback_query": {**press, "data": data}} for data in (*datas, "v1:bal@7", "t:1", "v0")]
    bot: ExtBot[None] = ExtBot("1:token", request=FakeRequest(FakeBotApi()))
    bot._bot_user = User(1, "Desk", is_bot=True, username="desk_bot")
    return [update for each in made if (update := Update.de_json({"update_id": 1, **each}, bot)) is not None]


def test_the_table_finds_the_handler_that_ptb_would_have_asked_first() -> None:
    pairs = [(spec, handler) for spec in TABLE.specs if (handler := registry._ptb_handler(spec)) is not None]
    table = registry.TableHandler(pairs)
    found = set()
    for update in _updates():
        checks = ((handler, handler.check_update(update)) for _, handler in pairs)
        expected = next((handler for handler, check in checks if check is not None and check is not False), None)
        check = table.check_update(update)
        assert (None if check is None else check[0]) is expected, update.to_dict()
        found.add(expected)
    assert len(found) > len(TABLE.codes) + 40, "most of the table was asked for"
