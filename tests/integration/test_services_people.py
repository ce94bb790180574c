"""First meeting, ownership, buttons: what must happen once happens once."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from harness.storage import ANNA, BORIS, NOW, Ground, ground, new_user

from bot.domain.accounts import AccountType
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import ChatId, Millis, UserId
from bot.domain.licensing import License
from bot.domain.update_attempt import UpdateAttempt, UpdateId, current_attempt
from bot.domain.users import Language, Role, UserConfig
from bot.services.chat.buttons import ButtonAction, ButtonService
from bot.services.users.people import OwnerLink, People
from bot.services.users.preferences import Preferences, SettingField

CHAT = ChatId(ANNA)


class Uncached:
    """The reads that People asks, straight from storage."""

    def __init__(self, made: Ground) -> None:
        self._ground = made

    async def user_config(self, user_id: UserId) -> UserConfig | None:
        return await self._ground.queries.user_config(user_id)

    async def license(self, user_id: UserId) -> License:
        return await self._ground.queries.license(user_id, NOW)


def people(made: Ground, *, link: OwnerLink | None = None) -> People:
    return People(
        reads=Uncached(made),  # type: ignore[arg-type]  # the two reads it asks for
        transactions=made.store,
        clock=made.clock,
        owner_link=link,
    )


async def test_start_is_idempotent_and_gives_practice_money_once(tmp_path: Path) -> None:
    async with ground(tmp_path) as made:
        desk = people(made)
        welcomes = [await desk.welcome(new_user(start_payload="p_SPRING")) for _ in range(3)]
        assert [welcome.is_new for welcome in welcomes] == [True, False, False]
        (account,) = welcomes[-1].config.accounts
        assert account.account_type is AccountType.PAPER
        assert welcomes[-1].config.default_account == account
        assert dict(await made.queries.paper_wallet(account.account_id)) == {"USDT": "10000"}
        assert await made.database.fetch("SELECT start_payload FROM users") == [("p_SPRING",)]


async def test_an_owner_link_works_once_in_its_time_for_its_bearer(tmp_path: Path) -> None:
    async with ground(tmp_path) as made:
        link = OwnerLink(token_sha256=sha256(b"right").hexdigest(), expires_ts=Millis(made.clock.now() + 600_000))
        desk = people(made, link=link)
        for user_id in (ANNA, BORIS):
            await desk.welcome(new_user(user_id))
        assert not await desk.claim_owner(ANNA, "wrong")
        assert await desk.claim_owner(ANNA, "right")
        assert not await desk.claim_owner(BORIS, "right")
        late = people(made, link=link)
        made.clock.advance(601)
        assert not await late.claim_owner(BORIS, "right")
        roles = {user_id: (await made.queries.user_config(user_id)) for user_id in (ANNA, BORIS)}
        assert [config.role for config in roles.values() if config] == [Role.OWNER, Role.USER]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift(ButtonAction):
    """An action of nobody's."""

    ACTION = "lift"
    a: str


async def test_a_button_is_used_up_by_the_commit_of_its_effect(tmp_path: Path) -> None:
    async with ground(tmp_path) as made:
        await made.user()
        desk = ButtonService(queries=made.queries, transactions=made.store, clock=made.clock)
        (token,) = await desk.issue(ANNA, CHAT, [Lift(a="1")])
        for update_id, is_killed in ((1, True), (2, False)):
            idempotency_key = UpdateAttempt(UpdateId(update_id))
            reset = current_attempt.set(idempotency_key)
            try:
                action = await desk.take(token, ANNA, CHAT)
                assert (action.action, action.values) == ("lift", {"a": "1"})
                if not is_killed:  # the first press died before its effect: the button stays good
                    async with made.store.begin() as unit:
                        await unit.users.set_language(ANNA, Language.RUSSIAN)
            finally:
                current_attempt.reset(reset)
        with pytest.raises(ButtonExpired):
            await desk.take(token, ANNA, CHAT)


@pytest.mark.parametrize("how", ["foreign user", "foreign chat", "invented", "late"])
async def test_every_bad_press_gets_the_same_answer(tmp_path: Path, how: str) -> None:
    async with ground(tmp_path) as made:
        await made.user()
        await made.user(BORIS)
        desk = ButtonService(queries=made.queries, transactions=made.store, clock=made.clock)
        (token,) = await desk.issue(ANNA, CHAT, [Lift(a="2")])
        if how == "late":
            made.clock.advance(15 * 60 + 1)
        with pytest.raises(ButtonExpired):
            await desk.take(
                "invented" if how == "invented" else token,
                BORIS if how == "foreign user" else ANNA,
                ChatId(5) if how == "foreign chat" else CHAT,
            )


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Europe/Kyiv", "Europe/Kyiv"),
        ("kyiv", "Europe/Kyiv"),
        ("new york", "America/New_York"),
        ("GMT+3", "Etc/GMT-3"),
        ("utc+03:00", "Etc/GMT-3"),
        ("+3", "Etc/GMT-3"),
        ("UTC-5", "Etc/GMT+5"),
        ("UTC", "UTC"),
    ],
)
async def test_a_zone_is_what_people_mean(tmp_path: Path, typed: str, zone: str) -> None:
    async with ground(tmp_path) as made:
        await people(made).welcome(new_user())
        desk = Preferences(reads=Uncached(made), transactions=made.store)  # type: ignore[arg-type]  # what it asks for
        assert (await desk.set(ANNA, SettingField.TIME_ZONE, typed)).settings.time_zone == zone


@pytest.mark.parametrize("typed", ["UTC+15", "UTC-13", "GMT+5:30", "Mars", "", "+", "Etc"])
async def test_what_is_no_zone_is_refused(tmp_path: Path, typed: str) -> None:
    async with ground(tmp_path) as made:
        await people(made).welcome(new_user())
        desk = Preferences(reads=Uncached(made), transactions=made.store)  # type: ignore[arg-type]
        with pytest.raises(BadInput):
            await desk.set(ANNA, SettingField.TIME_ZONE, typed)
