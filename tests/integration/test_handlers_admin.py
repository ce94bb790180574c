"""What admins do, through the front of the handlers: people found, acts confirmed, roles with menus, refusals."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from harness.app import ANNA, BORIS, KEY_ID, OWNER, SECRET, Harness, Person, said
from harness.app import harness as open_harness
from harness.bot_api import Bubble, Call

from bot.domain.ids import DAY, UserId
from bot.domain.licensing import LicenseType
from bot.domain.pins import OPEN_FOR
from bot.domain.users import Role
from handlers.core.context import UpdateContext
from handlers.core.specs import EVERYONE, command
from handlers.registry import TABLE
from handlers.table import HandlerTable

ADMIN, SUPPORT = UserId(1006), UserId(1007)


@pytest.fixture
async def harness(tmp_path: Path) -> AsyncIterator[Harness]:
    """The owner, an admin, somebody of support, Anna and Boris; every PIN was entered just now."""
    async with open_harness(tmp_path) as built:
        for user_id, name in ((OWNER, "Olga"), (ADMIN, "Adam"), (SUPPORT, "Sue"), (ANNA, "Anna"), (BORIS, "Борис")):
            await built.person(user_id, name=name).say("/start")
        owner = built.person(OWNER)
        for user_id, role in ((ADMIN, "admin"), (SUPPORT, "support")):
            built.services.pin._open(OWNER)
            await owner.say(f"/role {user_id} {role} on duty")
            await owner.press("Yes, change the role")
        yield built


@pytest.fixture
def admin(harness: Harness) -> Person:
    return harness.person(ADMIN, name="Adam")


async def actions(harness: Harness) -> list[str]:
    return [row[3] for row in await harness.rows("audit")]


async def promised(harness: Harness, user_id: int) -> list[str]:
    return [row[3] for row in await harness.rows("outbox") if row[1] == user_id]


async def held(harness: Harness, user_id: int = ANNA) -> LicenseType | None:
    return (await harness.services.reads.license(UserId(user_id))).type_at(harness.clock.now())


async def test_a_grant_by_four_taps_and_a_reason(harness: Harness, admin: Person) -> None:
    await said(admin, "/users 1001")
    assert "No license" in admin.last.text
    await admin.press("Grant")
    await admin.press("Premium 30 d")
    assert ": why?" in admin.last.text
    card = await said(admin, "won the raffle")
    assert "Grant a license" in card.text
    assert "Premium, 30 days" in card.text
    assert "Reason: won the raffle" in card.text
    assert await held(harness) is None, "nothing happens before it is confirmed"
    data = card.button("Yes, grant")["callback_data"]
    await admin.press("Yes, grant")
    assert "Done" in admin.last.text
    assert await held(harness) is LicenseType.PREMIUM
    assert await promised(harness, ANNA) == ["desk-granted"]
    assert (await actions(harness))[-1] == "license.grant"
    await admin.tap(data, bubble=card)
    assert len(await harness.rows("license_events")) == 1, "a second tap is none"


async def test_typed_at_once_and_the_days_are_exact(harness: Harness, admin: Person) -> None:
    card = await said(admin, "/grant 1001 basic 12d outage of Monday")
    assert "Basic, 12 days" in card.text
    await admin.press("Yes, grant")
    license_ = await harness.services.reads.license(UserId(ANNA))
    assert license_.until(harness.clock.now()) == harness.clock.now() + 12 * DAY
    (row,) = await harness.rows("license_events")
    assert (row[2], row[4]) == ("grant", 12 * DAY)
    assert row[8] == "outage of Monday"


async def test_a_lower_grant_waits_behind_the_higher_one_and_the_card_says_so(harness: Harness, admin: Person) -> None:
    await said(admin, "/grant 1001 premium 20d a")
    await admin.press("Yes, grant")
    card = await said(admin, "/grant 1001 basic 10d b")
    assert "Starts" in card.text
    await admin.press("Yes, grant")
    assert await held(harness) is LicenseType.PREMIUM
    bubble = await said(admin, "/users 1001")
    assert "then Basic" in bubble.text


async def test_more_than_thirty_days_ask_for_the_pin(harness: Harness, admin: Person) -> None:
    await said(admin, "/grant 1001 premium 31d a whole month")
    await admin.press("Yes, grant")
    assert "PIN" in admin.last.text
    assert await held(harness) is None
    for _ in range(2):
        for digit in "271828":
            await admin.press(digit)
    assert await held(harness) is LicenseType.PREMIUM
    harness.clock.advance(OPEN_FOR + 1)
    await said(admin, "/grant 1001 premium 30d no more than thirty")
    await admin.press("Yes, grant")
    assert "Done" in admin.last.text


async def test_the_list_marks_the_owner_of_the_settings(harness: Harness, admin: Person) -> None:
    await said(admin, "/users")
    (line,) = [each for each in admin.last.text.splitlines() if f"· {OWNER} ·" in each]
    assert line.endswith("· owner")


async def test_lists_of_those_whose_license_ends_or_has_ended(harness: Harness, admin: Person) -> None:
    for user_id, days in ((ANNA, 3), (BORIS, 8), (SUPPORT, 30)):
        harness.services.pin._open(ADMIN)
        await said(admin, f"/grant {user_id} basic {days}d why")
        await admin.press("Yes, grant")
    await said(admin, "/users")
    ending = await admin.press("Ending")
    assert "License ends within 7 days" in ending.text
    assert str(ANNA) in ending.text
    assert str(BORIS) not in ending.text
    harness.clock.advance(4 * DAY / 1000)
    assert str(BORIS) in (await admin.press("Ending")).text
    assert str(ANNA) not in admin.last.text
    expired = await admin.press("Expired")
    assert f"1. Anna @user_1001 · {ANNA} · license ended 2025-10-12" in expired.text
    assert str(BORIS) not in expired.text
    await said(admin, f"/grant {ANNA} basic 1d why")
    harness.services.pin._open(ADMIN)
    await admin.press("Yes, grant")
    await said(admin, "/users")
    assert "Nobody." in (await admin.press("Expired")).text


async def test_the_people_of_a_campaign_are_a_list_of_users(harness: Harness, admin: Person) -> None:
    harness.services.pin._open(ADMIN)
    await said(admin, "/promo new premium 30d max=100 code=SPRING26")
    await admin.press("Create")
    for number in range(9):
        person = harness.person(5000 + number, name=f"Person {number}")
        await said(person, "/redeem SPRING26")
        await person.press("Redeem")
    card = await said(admin, "/promo 1")
    page = await admin.press("Users", bubble=card)
    assert "From campaign #1" in page.text
    assert "1. Person 8 @user_5008 · 5008 · Premium until 2025-11-08" in page.text
    assert "Person 0" not in page.text
    assert "1. Person 0" in (await admin.press("›")).text
    assert "Person 8" in (await said(admin, "/users #1")).text
    assert "no campaign #7" in (await said(admin, "/users #7")).text
    assert "Person 8" in (await said(harness.person(SUPPORT), "/users #1")).text


async def test_extend_and_revoke(harness: Harness, admin: Person) -> None:
    refused = await said(admin, "/extend 1001 7d why")
    assert "use /grant" in refused.text
    await said(admin, "/grant 1001 basic 10d a")
    await admin.press("Yes, grant")
    await said(admin, "/users 1001")
    await admin.press("Extend")
    assert admin.last.labels[:4] == ["Basic 7 d", "Basic 14 d", "Basic 30 d", "Basic 90 d"]
    await admin.press("Another value")
    await said(admin, "20d")
    await said(admin, "loyal")
    await admin.press("Yes, extend")
    license_ = await harness.services.reads.license(UserId(ANNA))
    assert license_.until(harness.clock.now()) == harness.clock.now() + 30 * DAY
    card = await said(admin, "/revoke 1001 charged back")
    assert "Nothing is left then" in card.text
    await admin.press("Yes, revoke")
    assert await held(harness) is None
    kinds = [row[2] for row in await harness.rows("license_events")]
    assert kinds == ["grant", "extension", "revocation", "revocation"]
    assert await promised(harness, ANNA) == ["desk-granted", "desk-granted", "desk-revoked"]


async def test_a_ban_needs_a_reason_and_a_second_tap_and_holds_at_once(harness: Harness, admin: Person) -> None:
    anna = harness.person()
    await said(admin, "/ban 1001")
    assert ": why?" in admin.last.text
    await said(admin, "spam")
    assert not (await harness.config()).is_banned
    await admin.press("Yes, ban")
    assert (await harness.config()).is_banned
    assert "can't use this bot" in (await said(anna, "/balance")).text
    again = await said(admin, "/ban 1001 once more")
    assert "banned already" in again.text
    await said(admin, "/unban 1001 sorry")
    await admin.press("Yes, unban")
    assert "Practice" in (await said(anna, "/balance")).text
    assert (await actions(harness))[-2:] == ["user.ban", "user.unban"]


async def test_what_an_admin_may_not(harness: Harness, admin: Person) -> None:
    for typed, answer in [
        (f"/ban {OWNER} no", "can't be done to an owner"),
        (f"/grant {OWNER} premium 30d no", "can't be done to an owner"),
        (f"/ban {ADMIN} no", "do that to yourself"),
        (f"/revoke {ADMIN} no", "do that to yourself"),
        ("/ban 424242 who", "I know no user 424242"),
        ("/ban @anna why", "/ban 1002 why"),
        ("/ban", "/ban 1002 why"),
        ("/grant 1001 gold 30d why", "/grant 1002 premium 30d why"),
        ("/grant 1001 premium month why", "/grant 1002 premium 30d why"),
        ("/grant 1001 premium 9999d why", "From 1 to 3650"),
        ("/unban 1001 why", "not banned"),
        ("/revoke 1001 why", "no running license"),
        ("/grant 1001 premium 30d " + "x" * 301, "too long"),
    ]:
        assert answer in (await said(admin, typed)).text, typed
        assert await harness.rows("license_events") == [], typed


async def test_an_admin_may_give_himself_time_but_no_other_admin(harness: Harness, admin: Person) -> None:
    await said(admin, f"/grant {ADMIN} premium 7d to test")
    await admin.press("Yes, grant")
    assert await held(harness, ADMIN) is LicenseType.PREMIUM
    harness.services.pin._open(OWNER)
    owner = harness.person(OWNER)
    await said(owner, f"/role {BORIS} admin second one")
    await owner.press("Yes, change the role")
    assert "Only an owner" in (await said(admin, f"/grant {BORIS} premium 7d mate")).text


async def test_support_looks_and_does_not_act(harness: Harness) -> None:
    sue = harness.person(SUPPORT, name="Sue")
    card = await said(sue, "/users 1001")
    assert "Anna" in card.text
    assert card.labels == ["Users", "Menu"]
    for typed in ("/grant 1001 premium 30d x", "/ban 1001 x", "/audit", "/broadcast hi", "/report", "/health"):
        assert "I don't know" in (await said(sue, typed)).text


async def test_a_denied_command_is_an_audit_row_once_a_minute(harness: Harness) -> None:
    anna = harness.person()
    before = len(await actions(harness))
    for _ in range(3):
        assert "I don't know /grant" in (await said(anna, "/grant 1001 premium 30d me")).text
    rows = await harness.rows("audit")
    assert [(row[3], row[5]) for row in rows[before:]] == [("desk.denied", "/grant")]
    harness.clock.advance(61)
    await anna.in_group().say("/ban@perpdesk_bot 1002 x")
    assert (await harness.rows("audit"))[-1][5] == "/ban"


async def test_a_role_comes_with_its_menu_and_goes_with_it(harness: Harness) -> None:
    owner, boris = harness.person(OWNER), harness.person(BORIS, name="Борис")
    harness.services.pin._open(OWNER)
    await said(owner, "/users 1002")
    await owner.press("Role")
    assert owner.last.labels[:2] == ["support", "admin"]
    await owner.press("support")
    await said(owner, "helps out")
    await owner.press("Yes, change the role")
    assert (await harness.config(BORIS)).role is Role.SUPPORT
    assert "users" in {each["command"] for each in harness.api.commands["chat:1002", ""]}
    assert "desk-role" in await promised(harness, BORIS)
    assert "All users" in (await said(boris, "/users")).text
    await said(owner, "/role 1002 user thank you")
    await owner.press("Yes, change the role")
    assert not [scope for scope, _ in harness.api.commands if scope == "chat:1002"]
    assert "I don't know" in (await said(boris, "/users")).text
    assert (await actions(harness)).count("role.set") == 4


async def test_a_role_asks_for_the_pin(harness: Harness) -> None:
    owner = harness.person(OWNER)
    harness.services.pin.close(OWNER)
    await said(owner, "/role 1002 admin why")
    await owner.press("Yes, change the role")
    assert "PIN" in owner.last.text
    assert (await harness.config(BORIS)).role is Role.USER


async def test_a_refused_menu_undoes_no_role(harness: Harness) -> None:
    owner = harness.person(OWNER)

    def refuse(call: Call) -> tuple[int, str] | None:
        return (400, "Bad Request: chat not found") if call.method == "getMyCommands" else None

    harness.api.refuse = refuse
    await said(owner, "/role 1002 support why")
    await owner.press("Yes, change the role")
    assert (await harness.config(BORIS)).role is Role.SUPPORT


async def test_people_are_found_by_id_name_and_the_beginning_of_a_name(harness: Harness, admin: Person) -> None:
    for wanted in ("1002", "@user_1002", "@USER_1002", "Бор", "борис", "user_1002"):
        assert "Борис" in (await said(admin, f"/users {wanted}")).text, wanted
    assert "Nobody" in (await said(admin, "/users zzz")).text
    both = await said(admin, "/users A")
    assert {"1 Adam", "2 Anna"} <= set(both.labels)
    await both_press(admin, both)


async def both_press(admin: Person, bubble: Bubble) -> None:
    await admin.press("2 Anna", bubble=bubble)
    assert "Fills in 30 days" in admin.last.text


async def test_the_list_by_filter_and_page(harness: Harness, admin: Person) -> None:
    for number in range(10):
        await harness.person(2000 + number, name=f"Trader{number}").say("/start")
        harness.clock.advance(1)
    await harness.ban(2003)
    first = await said(admin, "/users")
    assert "All users" in first.text
    assert first.text.count("seen") == 8
    await admin.press("›")
    assert first.text.count("seen") == 7
    await admin.press("‹")
    await admin.press("Banned")
    assert "Trader3" in first.text
    assert first.text.count("seen") == 1
    await said(admin, "/grant 2004 trial 7d x")
    await admin.press("Yes, grant")
    await said(admin, "/users")
    await admin.press("Trial")
    assert "Trader4" in admin.last.text
    assert "Trial until 2025-10-16" in admin.last.text
    await admin.press("Premium")
    assert "Nobody" in admin.last.text


async def test_a_search_by_dialogue(harness: Harness, admin: Person) -> None:
    await said(admin, "/users")
    await admin.press("Find")
    bubble = await said(admin, "anna")
    assert "Anna @user_1001" in bubble.text


async def test_no_secret_is_on_a_card(harness: Harness, admin: Person) -> None:
    anna = harness.person()
    await harness.demo_account(anna)
    card = await said(admin, "/users 1001")
    assert "Bybit Demo · bybit.com · UID" in card.text
    for secret in (KEY_ID, SECRET):
        assert secret not in card.html


async def test_an_error_leaves_its_reference_and_its_kind(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def boom(_: UpdateContext) -> None:
        raise ZeroDivisionError("words with a secret")

    async with open_harness(
        tmp_path, table=HandlerTable((command("boom", boom, access=EVERYONE), *TABLE.specs))
    ) as harness:
        anna = harness.person()
        await said(anna, "/start")
        bubble = await said(anna, "/boom")
        ((_, user_id, reference, kind, _),) = await harness.rows("user_errors")
        assert (user_id, kind) == (ANNA, "ZeroDivisionError")
        assert reference in bubble.text


async def test_a_code_is_redeemed_from_the_card(harness: Harness, admin: Person) -> None:
    await said(admin, "/users 1001")
    await admin.press("Redeem a code for them")
    assert "1001" in admin.last.text


async def test_the_audit_in_the_readers_zone_with_names(harness: Harness, admin: Person) -> None:
    await said(admin, "/settings zone Europe/Kyiv")
    await said(admin, "/grant 1001 basic 10d a <b>bold</b> reason")
    await admin.press("Yes, grant")
    page = await said(admin, "/audit")
    assert "Kyiv" in page.text
    assert "license granted · by Adam (1006)" in page.text
    assert "→ to Anna (1001)" in page.text
    assert "basic 10 d: a <b>bold</b> reason" in page.text
    await admin.press("Roles")
    assert "role changed" in page.text
    assert "license granted" not in page.text
    about = await said(admin, "/audit license 1001")
    assert "license granted" in about.text
    assert "role changed" not in about.text
    assert "Areas" in (await said(admin, "/audit nonsense")).text


async def test_the_audit_pages(harness: Harness, admin: Person) -> None:
    for number in range(6):
        await said(admin, f"/ban 1001 n{number}")
        await admin.press("Yes, ban")
        await said(admin, f"/unban 1001 n{number}")
        await admin.press("Yes, unban")
    page = await said(admin, "/audit user")
    assert page.text.count("#") == 10
    await admin.press("Older")
    assert page.text.count("#") == 2
    assert "n0" in page.text
    await admin.press("Newest")
    assert "n5" in page.text


async def test_an_error_that_nobody_expected_is_on_the_card(harness: Harness, admin: Person) -> None:
    for number in range(7):
        await harness.services.user_admin.note_error(
            UserId(ANNA), f"ref{number:05d}", ValueError("words with a secret")
        )
    await harness.services.user_admin.note_error(UserId(99), "ref99999", ValueError())
    card = await said(admin, "/users 1001")
    assert "ref00006" in card.text
    assert "ref00002" in card.text
    assert "ref00001" not in card.text, "the newest five"
    assert "words" not in card.text
    assert len(await harness.rows("user_errors")) == 5


async def test_health(harness: Harness, admin: Person) -> None:
    assert "Not ready" in (await said(admin, "/health")).text
