"""The audit's words: every area that anything is written under has its button, every action its name."""

import re
from pathlib import Path

import pytest
from harness.viewers import viewer

from bot.domain.users import Language
from handlers.admin.audit_views import AREAS, action_name

SERVICES = Path(__file__).parents[2] / "bot" / "services"
ACTION = re.compile(r'"([a-z]+)\.[a-z]+(?:-[a-z]+)*"')


def test_every_area_of_the_audit_is_a_filter() -> None:
    written = {area for path in SERVICES.rglob("*.py") for area in ACTION.findall(path.read_text(encoding="utf-8"))}
    assert {"promo", "license", "user"} <= written
    assert written <= set(AREAS)


@pytest.mark.parametrize("language", list(Language))
def test_every_action_of_the_audit_has_words_in_each_language(language: Language) -> None:
    areas = "|".join(AREAS)
    action = re.compile(rf'"((?:{areas})\.[a-z]+(?:-[a-z]+)*)"')
    written = {each for path in SERVICES.rglob("*.py") for each in action.findall(path.read_text(encoding="utf-8"))}
    assert len(written) > 30
    say = viewer(language).say
    assert [each for each in sorted(written) if action_name(say, each) == each] == []
