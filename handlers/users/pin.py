"""/pin and its keypad: set, changed, removed and asked for by taps, never typed."""

import re
from typing import Final

from bot.domain.cause import current_cause, without_cause
from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import UserId
from bot.domain.pins import LENGTH, PinState, is_weak
from bot.domain.secrets import Secret
from bot.services.chat.buttons import Wish
from bot.services.users.pin import Entered, Outcome
from handlers.core.callbacks import PressPin
from handlers.core.context import Turn
from handlers.core.keypads import Pad, Step, Then
from handlers.core.specs import EVERYONE, OWNER, Entry, command, does, shows
from handlers.texts.catalog import Markup
from handlers.users.pin_views import locked_card, pad_card, pin_card
from handlers.views.frame import command_button, menu_row, notice

SET: Final = "pin.set"
CHANGE: Final = "pin.change"
REPLACE: Final = "pin.replace"
REMOVE: Final = "pin.remove"
GUARD_KEYS: Final = "pin.guard-keys"
LEAVE_KEYS: Final = "pin.leave-keys"
_BACK: Final = "b"
_CANCEL: Final = "c"
_USER_ID: Final = re.compile(r"[1-9][0-9]{0,15}")
_WORDS_TO_FORGET: Final = 2


async def ask_for_pin(turn: Turn, then: Then | None) -> None:
    """The keypad, or the way to a first PIN; `then` goes on after it."""
    stored = await turn.services.pin.stored(turn.user_id)
    if stored is not None and stored.locked_until > turn.services.clock.now():
        await turn.show(locked_card(turn.viewer, stored.locked_until))
        return
    step = Step.NEW if stored is None else Step.ENTER
    pad = turn.data.pin_pads.open(turn.user_id, step, then)
    lead = turn.say("pin-first-needed") if stored is None and then is not None else None
    await turn.show(pad_card(turn.viewer, pad, lead=lead))


async def press(turn: Turn, code: PressPin) -> None:
    """One key."""
    pad = turn.data.pin_pads.find(turn.user_id, code.pad)
    if pad is None:
        raise ButtonExpired
    if code.key == _CANCEL:
        turn.data.pin_pads.close(turn.user_id)
        await turn.show(notice(turn.say("pin-canceled"), menu_row(turn.viewer)))
        return
    pad.digits = pad.digits[:-1] if code.key == _BACK else pad.digits + code.key
    if len(pad.digits) < LENGTH:
        await turn.show(pad_card(turn.viewer, pad))
        return
    digits, pad.digits = pad.digits, ""
    match pad.step:
        case Step.ENTER:
            await _entered(turn, pad, await turn.services.pin.enter(turn.user_id, Secret(digits)))
        case Step.NEW:
            await _chosen(turn, pad, digits)
        case Step.REPEAT:
            await _repeated(turn, pad, digits)


async def show(turn: Turn) -> None:
    """`/pin`."""
    await _show(turn)


async def forget(turn: Turn) -> None:
    """`/pin forget 1002`: an owner removes the PIN of somebody who forgot it."""
    words = turn.arguments
    if len(words) != _WORDS_TO_FORGET or not _USER_ID.fullmatch(words[1]):
        raise BadInput("pin-forget-usage")
    user_id = UserId(int(words[1]))
    if not await turn.services.pin.forget(turn.user_id, user_id):
        raise BadInput("pin-has-none", user=str(user_id))
    await turn.show(notice(turn.say("pin-forgotten-of", user=str(user_id)), menu_row(turn.viewer)))


async def choose(turn: Turn, _: Wish) -> None:
    """[Set a PIN]."""
    if await turn.services.pin.state(turn.user_id) is not PinState.UNSET:
        raise ButtonExpired
    await ask_for_pin(turn, None)


async def change(turn: Turn, _: Wish) -> None:
    """[Change]: the old one first, whether or not it was entered a minute ago."""
    turn.services.pin.close(turn.user_id)
    await ask_for_pin(turn, Then(wish=Wish(action=REPLACE), name=CHANGE))


async def replace(turn: Turn, _: Wish) -> None:
    """The old one was right."""
    pad = turn.data.pin_pads.open(turn.user_id, Step.NEW, None)
    await turn.show(pad_card(turn.viewer, pad))


async def remove(turn: Turn, _: Wish) -> None:
    """[Remove]."""
    await turn.services.pin.forget(turn.user_id, turn.user_id)
    await _show(turn, turn.say("pin-removed"))


async def guard_keys(turn: Turn, _: Wish) -> None:
    """Ask for it before keys are attached or removed."""
    await turn.services.pin.guard_keys(turn.user_id, on=True)
    await _show(turn)


async def leave_keys(turn: Turn, _: Wish) -> None:
    """Do not ask any more."""
    await turn.services.pin.guard_keys(turn.user_id, on=False)
    await _show(turn)


async def _entered(turn: Turn, pad: Pad, entered: Entered) -> None:
    match entered.outcome:
        case Outcome.RIGHT:
            turn.data.pin_pads.close(turn.user_id)
            await _go_on(turn, pad.then)
        case Outcome.WRONG:
            await turn.show(pad_card(turn.viewer, pad, lead=turn.say("pin-wrong", count=entered.tries_left)))
        case Outcome.LOCKED:
            turn.data.pin_pads.close(turn.user_id)
            await turn.show(locked_card(turn.viewer, entered.locked_until))


async def _chosen(turn: Turn, pad: Pad, digits: str) -> None:
    if is_weak(digits):
        await turn.show(pad_card(turn.viewer, pad, lead=turn.say("pin-weak")))
        return
    pad.first, pad.step = digits, Step.REPEAT
    await turn.show(pad_card(turn.viewer, pad))


async def _repeated(turn: Turn, pad: Pad, digits: str) -> None:
    first, pad.first = pad.first, ""
    if digits != first:
        pad.step = Step.NEW
        await turn.show(pad_card(turn.viewer, pad, lead=turn.say("pin-differs")))
        return
    turn.data.pin_pads.close(turn.user_id)
    with without_cause():  # the button that asked is used up by what goes on, not by this
        await turn.services.pin.set(turn.user_id, Secret(digits))
    await _go_on(turn, pad.then, turn.say("pin-is-set"))


async def _go_on(turn: Turn, then: Then | None, lead: Markup | None = None) -> None:
    """What waited; /pin if nothing did."""
    if then is None:
        await _show(turn, lead)
        return
    cause = current_cause.get()
    if cause is not None:
        cause.pressed = then.pressed
    if then.wish is not None:
        await turn.data.router.run_wish(turn, then.wish)
    else:
        await turn.data.router.run_again(turn, then.name, then.arguments)


async def _show(turn: Turn, lead: Markup | None = None) -> None:
    stored = await turn.services.pin.stored(turn.user_id)
    if stored is None:
        choices = [("button-pin-set", SET)]
    else:
        keys = ("button-pin-leave-keys", LEAVE_KEYS) if stored.guards_keys else ("button-pin-guard-keys", GUARD_KEYS)
        choices = [("button-pin-change", CHANGE), keys, ("button-pin-remove", REMOVE)]
    buttons = await turn.buttons([(turn.say.plain(label), Wish(action=action)) for label, action in choices])
    rows = (*((each,) for each in buttons), command_button(turn.viewer, "button-menu", "menu"))
    await turn.show(pin_card(turn.viewer, stored, rows, lead=lead))


ENTRIES: Final[tuple[Entry, ...]] = (
    command("pin", forget, verb="forget", access=OWNER, pin=True),
    command("pin", show, access=EVERYONE, description="command-pin"),
    shows(PressPin, press, access=EVERYONE),
    does(SET, choose, access=EVERYONE),
    does(CHANGE, change, access=EVERYONE),
    does(REPLACE, replace, access=EVERYONE, pin=True),
    does(REMOVE, remove, access=EVERYONE, pin=True),
    does(GUARD_KEYS, guard_keys, access=EVERYONE, pin=True),
    does(LEAVE_KEYS, leave_keys, access=EVERYONE, pin=True),
)
