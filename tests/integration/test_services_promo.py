"""Redeeming and calling back on a real database: exact days, exact caps, one answer for every wrong code."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest
from harness.fakes import FakeClock

from bot.domain.errors import BadInput, PinRequired
from bot.domain.ids import DAY, Millis, UserId
from bot.domain.licensing import EntryKind, LicenseType
from bot.domain.promo import CampaignState, RefusalReason, UndoStep
from bot.domain.promo_codes import Terms, TermsChange, bare, is_surely_code
from bot.domain.secrets import Secret
from bot.services.promo.redemption import CodePreview, Redemption, Refusal, Suggestion
from ops.promo_stack import ADMIN, PromoStack, open_promo_stack
from storage.admin.audit import AUDIT_CHAIN
from storage.licensing.ledger import LICENSE_CHAIN
from storage.sqlite.hash_chain import verify_chain

ANNA, BORIS = UserId(1001), UserId(1002)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def stack(tmp_path: Path, clock: FakeClock) -> AsyncIterator[PromoStack]:
    async with open_promo_stack(tmp_path / "perpdesk.sqlite3", clock=clock) as built:
        await built.add_users([ANNA, BORIS])
        yield built


def terms(**changes: object) -> Terms:
    values: dict[str, object] = {"license_type": LicenseType.PREMIUM, "days": 30, "max_uses": 100}
    return Terms(**(values | changes))  # type: ignore[arg-type]  # a test's own values


async def made(promo_stack: PromoStack, own: str | None = None, **changes: object) -> tuple[int, Secret]:
    sealed = None if own is None else promo_stack.campaigns.seal(own)
    await promo_stack.open_pin()
    campaign = await promo_stack.campaigns.create(ADMIN, terms(**changes), sealed)
    return campaign.campaign.campaign_id, campaign.codes[0]


async def redeemed(promo_stack: PromoStack, code: Secret, user_id: UserId = ANNA) -> Redemption | Refusal:
    return await promo_stack.redemptions.redeem(user_id, promo_stack.lookup(code))


async def rows(promo_stack: PromoStack, statement: str) -> list[tuple[object, ...]]:
    return await promo_stack.database.fetch(statement)


async def days_held(promo_stack: PromoStack, user_id: UserId = ANNA) -> dict[str, float]:
    license_ = await promo_stack.reads.license(user_id)
    return {each.license_type.value: (each.end - each.start) / DAY for each in license_.segments}


@pytest.mark.parametrize("days", [7, 30, 365])
async def test_a_code_gives_exactly_its_days(stack: PromoStack, clock: FakeClock, days: int) -> None:
    """The original gave 30 whatever the code said."""
    _, code = await made(stack, days=days)
    outcome = await redeemed(stack, code)
    assert isinstance(outcome, Redemption)
    assert outcome.usage.until == clock.now() + days * DAY
    assert await days_held(stack) == {"premium": days}


async def test_a_look_tells_what_a_redemption_does(stack: PromoStack, clock: FakeClock) -> None:
    _, first = await made(stack, days=10)
    await redeemed(stack, first)
    _, code = await made(stack, days=30)
    offer = await stack.redemptions.preview(ANNA, code.reveal())
    assert isinstance(offer, CodePreview)
    assert (offer.starts, offer.until) == (clock.now() + 10 * DAY, clock.now() + 40 * DAY)
    outcome = await stack.redemptions.redeem(ANNA, offer.lookup)
    assert isinstance(outcome, Redemption)
    assert outcome.usage.until == offer.until


async def test_a_lower_code_lowers_nobody(stack: PromoStack, clock: FakeClock) -> None:
    """The original turned 300 days of premium into 30 of trial."""
    _, premium = await made(stack, days=300)
    _, trial = await made(stack, days=7, license_type=LicenseType.TRIAL)
    await redeemed(stack, premium)
    offer = await stack.redemptions.preview(ANNA, trial.reveal())
    assert isinstance(offer, CodePreview)
    assert offer.starts == clock.now() + 300 * DAY
    await redeemed(stack, trial)
    assert await days_held(stack) == {"premium": 300, "trial": 7}
    assert (await stack.reads.license(ANNA)).type_at(clock.now()) is LicenseType.PREMIUM


async def test_the_cap_is_exact_whoever_comes_at_once(stack: PromoStack) -> None:
    """The original let 40 of 40 in where 5 were allowed."""
    users = [UserId(5000 + number) for number in range(40)]
    await stack.add_users(users)
    campaign_id, code = await made(stack, max_uses=5)
    outcomes = await asyncio.gather(*(redeemed(stack, code, user_id) for user_id in users))
    assert sum(isinstance(each, Redemption) for each in outcomes) == 5
    late = {repr(each) for each in outcomes if isinstance(each, Refusal)}
    assert late == {repr(Refusal(reason=RefusalReason.USED_UP))}
    assert await rows(stack, "SELECT uses FROM promo_codes") == [(5,)]
    assert await rows(stack, "SELECT count(*) FROM promo_usage") == [(5,)]
    assert await rows(stack, "SELECT count(*) FROM license_events") == [(5,)]
    assert (await stack.campaigns.campaign(campaign_id)).uses == 5


async def test_a_thousand_taps_of_one_user_are_one_grant_and_one_answer(stack: PromoStack) -> None:
    """T3. The original granted three times for 20 taps."""
    _, code = await made(stack, max_uses=1)
    outcomes = await asyncio.gather(*(redeemed(stack, code) for _ in range(1000)))
    assert len({repr(each) for each in outcomes}) == 1
    assert isinstance(outcomes[0], Redemption)
    assert await days_held(stack) == {"premium": 30}
    assert await rows(stack, "SELECT count(*) FROM promo_usage") == [(1,)]


async def test_whatever_fails_in_between_leaves_nothing(stack: PromoStack) -> None:
    """The original kept the grant and forgot the use: three crashed tries were 90 days."""
    _, code = await made(stack, max_uses=1)
    async with stack.database.transaction() as transaction:
        await transaction.fetch(
            "CREATE TEMP TRIGGER fails BEFORE INSERT ON main.audit BEGIN SELECT RAISE(ABORT, 'cut'); END"
        )
    for _ in range(3):
        with pytest.raises(Exception, match="cut"):
            await redeemed(stack, code)
    assert await rows(stack, "SELECT uses FROM promo_codes") == [(0,)]
    assert await rows(stack, "SELECT count(*) FROM license_events") == [(0,)]
    async with stack.database.transaction() as transaction:
        await transaction.fetch("DROP TRIGGER fails")
    assert isinstance(await redeemed(stack, code), Redemption)
    assert await days_held(stack) == {"premium": 30}


async def test_once_per_user_and_the_answer_says_when(stack: PromoStack, clock: FakeClock) -> None:
    _, code = await made(stack)
    first = await redeemed(stack, code)
    clock.advance(3 * 86_400)
    assert await stack.redemptions.preview(ANNA, code.reveal()) == first
    assert await redeemed(stack, code) == first
    assert isinstance(await redeemed(stack, code, BORIS), Redemption)


async def made_of_no_use(
    stack: PromoStack, clock: FakeClock, words: tuple[str | None, ...]
) -> dict[RefusalReason, Secret]:
    """A code of each kind that gives nothing."""
    _, over = await made(stack, words[0], ends=Millis(clock.now() + 1))
    _, early = await made(stack, words[1], starts=Millis(clock.now() + DAY))
    _, full = await made(stack, words[2], max_uses=1)
    await redeemed(stack, full, BORIS)
    paused_id, paused = await made(stack, words[3])
    await stack.campaigns.pause(ADMIN, paused_id, paused=True)
    undone_id, undone = await made(stack, words[4])
    await stack.campaigns.undo(ADMIN, undone_id)
    clock.advance(1)
    return {
        RefusalReason.ENDED: over,
        RefusalReason.EARLY: early,
        RefusalReason.USED_UP: full,
        RefusalReason.PAUSED: paused,
        RefusalReason.CALLED_BACK: undone,
    }


async def test_every_random_code_that_is_none_gets_one_answer_until_its_card_was_shown(
    stack: PromoStack, clock: FakeClock
) -> None:
    """Unknown, early, over, used up, paused, called back: the same outcome, the same statements."""
    by_reason = await made_of_no_use(stack, clock, (None,) * 5)
    codes = ["NEVERMADE", "Ж" * 5, "", *(each.reveal() for each in by_reason.values())]
    for number, code in enumerate(codes):
        seeker = UserId(6000 + number)
        await stack.add_users([seeker])
        assert await stack.redemptions.preview(seeker, code) == Refusal(), code
    assert await rows(stack, "SELECT count(*) FROM promo_attempts") == [(len(codes),)]
    for reason, code in by_reason.items():
        outcome = await redeemed(stack, code)
        assert isinstance(outcome, Refusal)
        assert outcome.reason is reason, "the card had promised the days"
    assert await rows(stack, "SELECT count(*) FROM promo_usage") == [(1,)]


async def test_why_a_public_word_gives_nothing_is_told_and_is_no_wrong_try(stack: PromoStack, clock: FakeClock) -> None:
    words = ("AUTUMN", "WINTER", "SPRING", "SUMMER", "LEAPDAY")
    for reason, code in (await made_of_no_use(stack, clock, words)).items():
        outcome = await stack.redemptions.preview(ANNA, code.reveal())
        assert isinstance(outcome, Refusal)
        assert outcome.reason is reason
        assert (outcome.at is not None) is (reason in {RefusalReason.ENDED, RefusalReason.EARLY})
    assert await rows(stack, "SELECT count(*) FROM promo_attempts") == [(0,)]


async def test_a_person_redeems_one_code_of_a_campaign_however_many_come_at_once(stack: PromoStack) -> None:
    await stack.open_pin()
    bulk = await stack.campaigns.create(ADMIN, terms(count=40, max_uses=1))
    outcomes = await asyncio.gather(*(redeemed(stack, code) for code in bulk.codes))
    assert sum(isinstance(each, Redemption) for each in outcomes) == 1
    assert {each.reason for each in outcomes if isinstance(each, Refusal)} == {RefusalReason.ANOTHER_USED}
    assert await days_held(stack) == {"premium": 30}
    assert isinstance(await redeemed(stack, bulk.codes[1], BORIS), Redemption)


async def test_several_codes_a_person_where_the_admin_said_so(stack: PromoStack) -> None:
    await stack.open_pin()
    bulk = await stack.campaigns.create(ADMIN, terms(count=3, max_uses=1, once=False))
    for code in bulk.codes:
        assert isinstance(await redeemed(stack, code), Redemption)
    assert await days_held(stack) == {"premium": 90}


async def test_what_an_admin_gives_without_the_pin_is_counted_exactly_whatever_comes_at_once(
    stack: PromoStack, clock: FakeClock
) -> None:
    """Campaigns and codes redeemed for others, in any order: 30 days of 24 hours pass, no more."""
    _, code = await made(stack, days=7)
    stack.pin.close(ADMIN)

    async def tried(act: Coroutine[Any, Any, object]) -> bool:
        try:
            await act
        except PinRequired:
            return False
        return True

    people = [UserId(7000 + number) for number in range(10)]
    await stack.add_users(people)
    lookup = stack.lookup(code)
    acts = [
        *(stack.redemptions.redeem(ADMIN, lookup, each) for each in people),
        *(stack.campaigns.create(ADMIN, terms(days=7, max_uses=1)) for _ in range(10)),
    ]
    assert sum(await asyncio.gather(*map(tried, acts))) == 4
    assert await rows(stack, "SELECT sum(days) FROM given_days") == [(28,)]
    ((campaigns, uses),) = await rows(
        stack, "SELECT (SELECT count(*) - 1 FROM promo_campaigns), (SELECT count(*) FROM promo_usage)"
    )
    assert (campaigns, uses) in {(0, 4), (4, 0), (1, 3), (3, 1), (2, 2)}
    clock.advance(86_400)
    assert await tried(stack.campaigns.create(ADMIN, terms(days=30, max_uses=1)))
    assert not await tried(stack.campaigns.create(ADMIN, terms(days=1, max_uses=1)))


async def test_a_changed_cap_is_exact_and_never_below_what_was_used(stack: PromoStack) -> None:
    users = [UserId(5000 + number) for number in range(20)]
    await stack.add_users(users)
    campaign_id, code = await made(stack, max_uses=10)
    acts = [
        *(redeemed(stack, code, each) for each in users[:10]),
        stack.campaigns.change(ADMIN, campaign_id, TermsChange(max_uses=15)),
        *(redeemed(stack, code, each) for each in users[10:]),
    ]
    outcomes = await asyncio.gather(*acts)
    assert sum(isinstance(each, Redemption) for each in outcomes) == 15
    assert await rows(stack, "SELECT uses, max_uses FROM promo_codes") == [(15, 15)]
    with pytest.raises(BadInput, match="promo-edit-used"):
        await stack.campaigns.change(ADMIN, campaign_id, TermsChange(max_uses=14))


async def test_after_five_wrong_tries_right_and_wrong_codes_are_answered_alike(
    stack: PromoStack, clock: FakeClock
) -> None:
    _, code = await made(stack)
    began = clock.now()
    for _ in range(5):
        assert await stack.redemptions.preview(ANNA, "WRONG") == Refusal()
        clock.advance(10)
    blocked = Refusal(next_try=Millis(began + 15 * 60_000))
    for typed in ("WRONG", code.reveal(), "ЅРRING26"):
        assert await stack.redemptions.preview(ANNA, typed) == blocked
    assert isinstance(await stack.redemptions.preview(BORIS, code.reveal()), CodePreview), "nobody else is held up"
    clock.advance(15 * 60 - 51)
    assert isinstance(await stack.redemptions.preview(ANNA, code.reveal()), Refusal)
    clock.advance(1)
    assert isinstance(await stack.redemptions.preview(ANNA, code.reveal()), CodePreview)


async def test_cyrillic_letters_are_asked_about_and_are_no_wrong_try(stack: PromoStack) -> None:
    await made(stack, own="SPRING26")
    suggestion = await stack.redemptions.preview(ANNA, "ЅРRING26")
    assert isinstance(suggestion, Suggestion)
    assert suggestion.text == "SPRING26"
    assert isinstance(await stack.redemptions.preview_lookup(ANNA, suggestion.lookup), CodePreview)
    assert isinstance(await stack.redemptions.preview(ANNA, "ВЕСНА"), Suggestion), (
        "whether there is such a code is not said"
    )
    assert await rows(stack, "SELECT count(*) FROM promo_attempts") == [(0,)]


async def test_two_codes_that_fold_alike_cannot_both_exist(stack: PromoStack) -> None:
    await made(stack, own="HELLO")
    with pytest.raises(BadInput) as refused:
        await made(stack, own="HE11O")
    assert refused.value.key == "promo-code-taken"
    assert isinstance(await stack.redemptions.preview(ANNA, "he-ll0"), CodePreview)


async def test_fifty_wrong_tries_within_a_minute_are_told_to_every_admin_once(
    stack: PromoStack, clock: FakeClock
) -> None:
    async with stack.database.transaction() as transaction:
        await transaction.fetch("UPDATE users SET role = 'admin' WHERE user_id = ?", (BORIS,))
    seekers = [UserId(7000 + number) for number in range(12)]
    await stack.add_users(seekers)
    clock.advance(30 * 60 - clock.now() / 1000 % (15 * 60))
    for number in range(55):
        await stack.redemptions.preview(seekers[number % 12], f"WRONG{number}")
        clock.advance(1)
    told = await rows(stack, "SELECT user_id FROM outbox WHERE kind = 'promo-guessing' ORDER BY user_id")
    assert told == [(ADMIN,), (BORIS,)]


async def test_admins_are_told_at_50_90_and_100_percent_with_a_pause_button(stack: PromoStack) -> None:
    users = [UserId(5000 + number) for number in range(10)]
    await stack.add_users(users)
    campaign_id, code = await made(stack, max_uses=10)
    for user_id in users:
        await redeemed(stack, code, user_id)
    told = await rows(stack, "SELECT json_extract(values_json, '$.percent') FROM outbox WHERE kind = 'promo-used'")
    assert told == [("50",), ("90",), ("100",)]
    tokens = await rows(stack, "SELECT json_extract(values_json, '$.token') FROM outbox WHERE kind = 'promo-used'")
    buttons = await rows(stack, "SELECT token, user_id, action, json_extract(values_json, '$.campaign') FROM buttons")
    assert {row[0] for row in buttons} == {token for (token,) in tokens}
    assert {row[1:] for row in buttons} == {(ADMIN, "promo.pause", str(campaign_id))}


async def test_ten_times_the_hourly_mean_is_told(stack: PromoStack, clock: FakeClock) -> None:
    users = [UserId(5000 + number) for number in range(25)]
    await stack.add_users(users)
    _, code = await made(stack)
    clock.advance(2 * 3600)
    for number, user_id in enumerate(users):
        await redeemed(stack, code, user_id)
        told = await rows(stack, "SELECT count(*) FROM outbox WHERE kind = 'promo-fast'")
        assert told == [(int(number >= 9),)]


async def test_an_admin_redeems_for_a_user_by_the_same_rules(stack: PromoStack) -> None:
    _, code = await made(stack, max_uses=1)
    offer = await stack.redemptions.preview(ADMIN, code.reveal(), ANNA)
    assert isinstance(offer, CodePreview)
    outcome = await stack.redemptions.redeem(ADMIN, offer.lookup, ANNA)
    assert isinstance(outcome, Redemption)
    assert await days_held(stack) == {"premium": 30}
    assert await days_held(stack, ADMIN) == {}
    refusal = await stack.redemptions.redeem(ADMIN, offer.lookup, BORIS)
    assert refusal == Refusal(reason=RefusalReason.USED_UP), "the cap is the code's"
    audited = await rows(
        stack,
        "SELECT a.user_id, s.user_id FROM audit JOIN users AS a ON a.pseudonym = actor"
        " JOIN users AS s ON s.pseudonym = subject WHERE action = 'promo.redeem'",
    )
    assert audited == [(ADMIN, ANNA)]
    assert await rows(stack, "SELECT user_id, kind FROM outbox WHERE kind = 'promo-given'") == [(ANNA, "promo-given")]
    with pytest.raises(BadInput, match="promo-unknown-user"):
        await stack.redemptions.preview(ADMIN, code.reveal(), UserId(77))


async def test_a_view_of_a_code_is_audited_and_a_stolen_database_shows_none(stack: PromoStack, tmp_path: Path) -> None:
    campaign_id, code = await made(stack, own="SUMMERSALE")
    bulk = await stack.campaigns.create(ADMIN, terms(count=5))
    await stack.redemptions.preview(ANNA, code.reveal())
    await redeemed(stack, code)
    (shown,) = await stack.campaigns.show(ADMIN, campaign_id, "shown")
    assert (shown.code.reveal(), shown.uses) == ("SUMMERSALE", 1)
    opened = await stack.campaigns.show(ADMIN, bulk.campaign.campaign_id, "file")
    assert tuple(each.code for each in opened) == bulk.codes
    audited = await rows(stack, "SELECT details FROM audit WHERE action = 'promo.view' ORDER BY id")
    assert audited == [("campaign 1, 1 codes, shown",), ("campaign 2, 5 codes, file",)]
    stolen = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file()).upper()  # noqa: ASYNC240  a test may wait
    for each in (code, *bulk.codes):
        for form in (each.reveal(), bare(each.reveal())):
            assert form.encode() not in stolen


async def test_many_codes_are_all_different_and_each_has_its_own_cap(stack: PromoStack) -> None:
    progress: list[int] = []

    async def watch(done: int) -> None:
        progress.append(done)

    await stack.open_pin()
    bulk = await stack.campaigns.create(ADMIN, terms(count=500, max_uses=1), None, watch)
    assert len({code.reveal() for code in bulk.codes}) == 500
    assert all(is_surely_code(code.reveal().replace("-", "").lower()) for code in bulk.codes)
    assert progress == [250, 500]
    assert isinstance(await redeemed(stack, bulk.codes[0]), Redemption)
    assert await redeemed(stack, bulk.codes[0], BORIS) == Refusal(reason=RefusalReason.USED_UP)
    assert isinstance(await redeemed(stack, bulk.codes[499], BORIS), Redemption)


async def test_an_undo_takes_unused_promo_time_and_nothing_that_was_paid(stack: PromoStack, clock: FakeClock) -> None:
    campaign_id, code = await made(stack, days=30)
    await redeemed(stack, code)
    await redeemed(stack, code, BORIS)
    async with stack.store.begin() as unit:
        await stack.campaigns.licenses.give(
            unit,
            ANNA,
            kind=EntryKind.PAYMENT,
            license_type=LicenseType.PREMIUM,
            millis=90 * DAY,
            idempotency_key="charge:1",
            actor=None,
        )
    clock.advance(10 * 60)
    preview = await stack.campaigns.preview_undo(ADMIN, campaign_id)
    assert (preview.step, preview.people) == (UndoStep.UNDO, 2)
    assert preview.millis == 2 * (30 * DAY - 600_000)
    assert await stack.campaigns.undo(ADMIN, campaign_id) is UndoStep.UNDO
    assert (await stack.reads.license(ANNA)).segments[-1].end == clock.now() + 90 * DAY
    assert not (await stack.reads.license(BORIS)).is_active(clock.now())
    told = await rows(stack, "SELECT user_id FROM outbox WHERE kind = 'promo-taken' ORDER BY user_id")
    assert told == [(ANNA,), (BORIS,)]
    assert await stack.redemptions.preview(ANNA, code.reveal()) == Refusal()
    with pytest.raises(BadInput, match="promo-undone"):
        await stack.campaigns.undo(ADMIN, campaign_id)
    with pytest.raises(BadInput, match="promo-undone"):
        await stack.campaigns.pause(ADMIN, campaign_id, paused=False)


async def test_what_has_run_out_is_not_taken(stack: PromoStack, clock: FakeClock) -> None:
    campaign_id, code = await made(stack, days=1)
    await redeemed(stack, code)
    clock.advance(2 * 86_400)
    assert await stack.campaigns.undo(ADMIN, campaign_id) is UndoStep.ASK
    assert (await stack.campaigns.preview_undo(ADMIN, campaign_id)).step is UndoStep.WAIT
    assert await stack.campaigns.undo(ADMIN, campaign_id) is UndoStep.WAIT
    clock.advance(86_400)
    assert (await stack.campaigns.preview_undo(ADMIN, campaign_id)).people == 0
    assert await stack.campaigns.undo(ADMIN, campaign_id) is UndoStep.UNDO
    assert await rows(stack, "SELECT count(*) FROM outbox WHERE kind = 'promo-taken'") == [(0,)]
    assert await rows(stack, "SELECT count(*) FROM license_events") == [(1,)]


async def test_later_a_second_admin_has_to_agree(stack: PromoStack, clock: FakeClock) -> None:
    async with stack.database.transaction() as transaction:
        await transaction.fetch("UPDATE users SET role = 'admin' WHERE user_id = ?", (BORIS,))
    campaign_id, _ = await made(stack)
    clock.advance(16 * 60)
    assert await stack.campaigns.undo(ADMIN, campaign_id) is UndoStep.ASK
    assert await rows(stack, "SELECT user_id FROM outbox WHERE kind = 'promo-undo-asked'") == [(BORIS,)]
    clock.advance(2 * 86_400)
    assert await stack.campaigns.undo(ADMIN, campaign_id) is UndoStep.WAIT_FOR_ADMIN
    assert await stack.campaigns.undo(BORIS, campaign_id) is UndoStep.UNDO
    actions = await rows(stack, "SELECT action FROM audit WHERE action LIKE 'promo.%' ORDER BY id")
    assert actions == [("promo.create",), ("promo.undo-ask",), ("promo.undo",)]


async def test_an_undo_that_was_cut_short_is_finished(stack: PromoStack) -> None:
    users = [UserId(5000 + number) for number in range(50)]
    await stack.add_users(users)
    campaign_id, code = await made(stack)
    await asyncio.gather(*(redeemed(stack, code, user_id) for user_id in users))

    async def cut(done: int) -> None:
        raise RuntimeError(f"killed after {done}")

    with pytest.raises(RuntimeError, match="killed after 20"):
        await stack.campaigns.undo(ADMIN, campaign_id, cut)
    assert await stack.campaigns.queries.unfinished_undos() == (campaign_id,)
    await stack.campaigns.finish_undo(campaign_id)
    assert await stack.campaigns.queries.unfinished_undos() == ()
    assert await rows(stack, "SELECT count(*) FROM license_events WHERE kind = 'revocation'") == [(50,)]
    assert await rows(stack, "SELECT count(*) FROM user_licenses") == [(0,)]


async def test_the_funnel_counts_how_far_people_came(stack: PromoStack) -> None:
    campaign_id, code = await made(stack)
    await stack.redemptions.preview(BORIS, code.reveal())
    await stack.redemptions.preview(BORIS, code.reveal())
    await stack.redemptions.preview(ANNA, code.reveal())
    await redeemed(stack, code)
    funnel = await stack.campaigns.funnel(campaign_id)
    assert (funnel.opened, funnel.redeemed, funnel.connected, funnel.traded, funnel.paid) == (2, 1, 0, 0, 0)
    async with stack.database.transaction() as transaction:
        await transaction.fetch(
            "INSERT INTO accounts (user_id, exchange, account_type, host, label, bybit_uid, state, created_ts)"
            " VALUES (?, 'bybit', 'demo', 'com', 'demo', '900', 'active', 1)",
            (ANNA,),
        )
    async with stack.store.begin() as unit:
        await stack.campaigns.licenses.give(
            unit,
            ANNA,
            kind=EntryKind.PAYMENT,
            license_type=LicenseType.BASIC,
            millis=DAY,
            idempotency_key="charge:2",
            actor=None,
        )
    funnel = await stack.campaigns.funnel(campaign_id)
    assert (funnel.connected, funnel.traded, funnel.paid) == (1, 0, 1)


async def test_pausing_is_at_once_and_written_down_once(stack: PromoStack) -> None:
    campaign_id, code = await made(stack)
    assert (await stack.campaigns.pause(ADMIN, campaign_id, paused=True)).state is CampaignState.PAUSED
    await stack.campaigns.pause(ADMIN, campaign_id, paused=True)
    assert await redeemed(stack, code) == Refusal(reason=RefusalReason.PAUSED)
    assert (await stack.campaigns.pause(ADMIN, campaign_id, paused=False)).state is CampaignState.ACTIVE
    assert isinstance(await redeemed(stack, code), Redemption)
    actions = await rows(stack, "SELECT action FROM audit WHERE action NOT IN ('promo.redeem', 'pin.set') ORDER BY id")
    assert actions == [("promo.create",), ("promo.pause",), ("promo.resume",)]
    with pytest.raises(BadInput, match="promo-unknown"):
        await stack.campaigns.pause(ADMIN, 99, paused=True)


async def test_both_chains_hold_and_uses_stay_counted_without_their_users(stack: PromoStack) -> None:
    campaign_id, code = await made(stack)
    await redeemed(stack, code)
    async with stack.database.transaction() as transaction:
        await transaction.fetch("DELETE FROM users WHERE user_id = ?", (ANNA,))
    for chain in (AUDIT_CHAIN, LICENSE_CHAIN):
        assert (await verify_chain(stack.database.fetch, chain)).broken_at is None
    assert (await stack.campaigns.campaign(campaign_id)).uses == 1
    assert (await stack.campaigns.preview_undo(ADMIN, campaign_id)).people == 0
    assert await stack.campaigns.undo(ADMIN, campaign_id) is UndoStep.UNDO, "nobody to take from is no obstacle"
