"""The audit's filters: every area that anything is written under has its button."""

import re
from pathlib import Path

from handlers.admin.audit_views import AREAS

SERVICES = Path(__file__).parents[2] / "bot" / "services"
ACTION = re.compile(r'"([a-z]+)\.[a-z]+(?:-[a-z]+)*"')


def test_every_area_of_the_audit_is_a_filter() -> None:
    written = {area for path in SERVICES.rglob("*.py") for area in ACTION.findall(path.read_text(encoding="utf-8"))}
    assert {"promo", "license", "user"} <= written
    assert written <= set(AREAS)
