"""A database that was moved to another machine: no bot starts where it came from."""

import asyncio
from functools import partial
from pathlib import Path

import pytest
import typer
from harness.app import TUNING, put_migrated, settings_in
from harness.fakes import FakeClock

from bot.app import assemble
from bot.lifecycle import EXIT_CONFIG, Fatal
from bot.wiring.outside import Outside
from ops.database import lift_move, move_database
from ops.doctor import examine
from ops.legacy.command import import_legacy
from storage.sqlite.database import Database


async def starts(folder: Path) -> None:
    """As far as nothing is asked of anybody."""
    async with assemble(settings_in(folder), outside=Outside(clock=FakeClock()), tuning=TUNING):
        pass


def test_no_bot_starts_where_the_database_was_moved_away_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "perpdesk.sqlite3"
    put_migrated(path)
    asyncio.run(starts(tmp_path))
    move_database(settings_in(tmp_path))
    (database,) = [each for each in asyncio.run(examine(settings_in(tmp_path))) if each.name == "database"]
    assert (database.is_ok, "moved to another machine at 20" in database.detail) == (False, True)
    assert [each.name for each in tmp_path.iterdir() if each.suffix in {".sqlite3-wal", ".sqlite3-shm"}] == []
    assert "perpdesk.key and your settings" in capsys.readouterr().out
    for _ in range(2):
        with pytest.raises(Fatal, match=r"was moved to another machine at 20.*perpdesk move --lift") as refused:
            asyncio.run(starts(tmp_path))
        assert refused.value.exit_code == EXIT_CONFIG
    there = tmp_path / "there"
    there.mkdir()
    (there / path.name).write_bytes(path.read_bytes())
    asyncio.run(starts(there))
    lift_move(path)
    asyncio.run(starts(tmp_path))
    lift_move(path)
    assert "nothing to do" in capsys.readouterr().out


def test_a_disk_that_refuses_the_tombstone_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "perpdesk.sqlite3"
    put_migrated(path)
    path.with_name(f"{path.name}.moved").mkdir()
    for command in (partial(move_database, settings_in(tmp_path)), partial(lift_move, path)):
        with pytest.raises(typer.Exit) as ended:
            command()
        assert (ended.value.exit_code, "perpdesk.sqlite3.moved" in capsys.readouterr().err) == (1, True)


def test_an_import_into_a_folder_that_is_none_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(typer.Exit) as ended:
        import_legacy(
            settings_in(tmp_path / "home"), tmp_path / "bot.db", at=None, honors_codes=False, is_dry=True, shreds=False
        )
    assert (ended.value.exit_code, "Not a directory" in capsys.readouterr().err) == (1, True)


def test_a_database_in_use_and_one_that_is_not_there_are_not_moved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "perpdesk.sqlite3"
    with pytest.raises(typer.Exit):
        move_database(settings_in(tmp_path))
    assert list(tmp_path.iterdir()) == []
    put_migrated(path)

    async def is_used() -> None:
        async with Database.open(path):
            with pytest.raises(typer.Exit):
                await asyncio.to_thread(move_database, settings_in(tmp_path))

    asyncio.run(is_used())
    assert "stop it first" in capsys.readouterr().err
    asyncio.run(starts(tmp_path))
