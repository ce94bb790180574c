"""/pin and its keypad: set, changed, removed and asked for by taps, never typed."""

import re
from dataclasses import dataclass
from typing import Final

from bot.domain.errors import BadInput, ButtonExpired
from bot.domain.ids import UserId
from bot.domain.pins import LENGTH, PinState, is_weak
from bot.domain.secrets import Secret
from bot.domain.update_attempt import current_attempt
from bot.services.chat.buttons import ButtonAction
from bot.services.users.pin import Entered, Outcome
from handlers.core.context import UpdateContext
from handlers.core.keypads import Continuation, Keypad, Step
from handlers.core.specs import EFFECT, EVERYONE, OWNER, HandlerSpec, action, command, view
from handlers.texts.catalog import Markup
from handlers.users.callbacks import PressPin
from handlers.users.pin_views import keypad_card, locked_card, pin_card
from handlers.views.frame import command_button, menu_row, notice

_BACK: Final = "b"
_CANCEL: Final = "c"
_USER_ID: Final = re.compile(r"[1-9][0-9]{0,15}")
_WORDS_TO_FORGET: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePin(ButtonAction):
    """[Set a PIN]."""

    ACTION = "pin.set"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePin(ButtonAction):
    """[Change]."""

    ACTION = "pin.change"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacePin(ButtonAction):
    """What [Change] comes to after the old PIN."""

    ACTION = "pin.replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePin(ButtonAction):
    """[Remove]."""

    ACTION = "pin.remove"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardKeys(ButtonAction):
    """The PIN before keys are attached or removed."""

    ACTION = "pin.guard-keys"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveKeys(ButtonAction):
    """No PIN for keys any more."""

    ACTION = "pin.leave-keys"


async def ask_for_pin(ctx: UpdateContext, continuation: Continuation | None) -> None:
    """The keypad, or the way to a first PIN; `then` goes on after it."""
    stored = await ctx.services.pin.stored(ctx.user_id)
    if stored is not None and stored.locked_until > ctx.services.clock.now():
        await ctx.show(locked_card(ctx.viewer, stored.locked_until))
        return
    step = Step.NEW if stored is None else Step.ENTER
    keypad = ctx.data.keypads.open(ctx.user_id, step, continuation)
    lead = ctx.say("pin-first-needed") if stored is None and continuation is not None else None
    await ctx.show(keypad_card(ctx.viewer, keypad, lead=lead))


async def press_key(ctx: UpdateContext, code: PressPin) -> None:
    """A digit, the backspace or the cancel of a keypad; the last digit ends the step."""
    keypad = ctx.data.keypads.find(ctx.user_id, code.pad)
    if keypad is None:
        raise ButtonExpired
    if code.key == _CANCEL:
        await ctx.show(notice(ctx.say("pin-canceled"), menu_row(ctx.viewer)))
        ctx.data.keypads.close(ctx.user_id)
        return
    keypad.begin_press(ctx.update.update_id)
    keypad.digits = keypad.digits[:-1] if code.key == _BACK else keypad.digits + code.key
    if len(keypad.digits) < LENGTH:
        await ctx.show(keypad_card(ctx.viewer, keypad))
        return
    digits, keypad.digits = keypad.digits, ""
    match keypad.step:
        case Step.ENTER:
            if keypad.entered is None:  # each look counts as a try
                keypad.entered = await ctx.services.pin.enter(ctx.user_id, Secret(digits))
            await _after_entry(ctx, keypad, keypad.entered)
        case Step.NEW:
            await _after_choice(ctx, keypad, digits)
        case Step.REPEAT:
            await _after_repeat(ctx, keypad, digits)


async def show_pin(ctx: UpdateContext) -> None:
    """`/pin`."""
    await _show_pin(ctx)


async def forget_pin_of_user(ctx: UpdateContext) -> None:
    """`/pin forget 1002`: an owner removes the PIN of somebody who forgot it."""
    words = ctx.arguments
    if len(words) != _WORDS_TO_FORGET or not _USER_ID.fullmatch(words[1]):
        raise BadInput("pin-forget-usage")
    user_id = UserId(int(words[1]))
    if not await ctx.services.pin.forget(ctx.user_id, user_id):
        raise BadInput("pin-has-none", user=str(user_id))
    await ctx.show(notice(ctx.say("pin-forgotten-of", user=str(user_id)), menu_row(ctx.viewer)))


async def choose_pin(ctx: UpdateContext, _: ChoosePin) -> None:
    """[Set a PIN]."""
    if await ctx.services.pin.state(ctx.user_id) is not PinState.UNSET:
        raise ButtonExpired
    await ask_for_pin(ctx, None)


async def change_pin(ctx: UpdateContext, _: ChangePin) -> None:
    """[Change]: the old one first, whether or not it was entered a minute ago."""
    ctx.services.pin.close(ctx.user_id)
    await ctx.data.router.run_action(ctx, ReplacePin())


async def enter_new_pin(ctx: UpdateContext, _: ReplacePin) -> None:
    """Shows a keypad for the new PIN, after the old one was entered right."""
    ctx.services.pin.demand(ctx.user_id)
    keypad = ctx.data.keypads.open(ctx.user_id, Step.NEW, None)
    await ctx.show(keypad_card(ctx.viewer, keypad))


async def remove_pin(ctx: UpdateContext, _: RemovePin) -> None:
    """Removes the PIN, after it was entered right."""
    await ctx.services.pin.forget(ctx.user_id, ctx.user_id)
    await _show_pin(ctx, ctx.say("pin-removed"))


async def guard_keys(ctx: UpdateContext, _: GuardKeys) -> None:
    """Ask for it before keys are attached or removed."""
    await ctx.services.pin.guard_keys(ctx.user_id, on=True)
    await _show_pin(ctx)


async def unguard_keys(ctx: UpdateContext, _: LeaveKeys) -> None:
    """Keys are changed without the PIN from now on."""
    await ctx.services.pin.guard_keys(ctx.user_id, on=False)
    await _show_pin(ctx)


async def _after_entry(ctx: UpdateContext, keypad: Keypad, entered: Entered) -> None:
    match entered.outcome:
        case Outcome.RIGHT:
            ctx.data.keypads.close(ctx.user_id)
            await _continue(ctx, keypad.continuation)
        case Outcome.WRONG:
            await ctx.show(keypad_card(ctx.viewer, keypad, lead=ctx.say("pin-wrong", count=entered.tries_left)))
        case Outcome.LOCKED:
            await ctx.show(locked_card(ctx.viewer, entered.locked_until))
            ctx.data.keypads.close(ctx.user_id)


async def _after_choice(ctx: UpdateContext, keypad: Keypad, digits: str) -> None:
    if is_weak(digits):
        await ctx.show(keypad_card(ctx.viewer, keypad, lead=ctx.say("pin-weak")))
        return
    keypad.first, keypad.step = digits, Step.REPEAT
    await ctx.show(keypad_card(ctx.viewer, keypad))


async def _after_repeat(ctx: UpdateContext, keypad: Keypad, digits: str) -> None:
    first, keypad.first = keypad.first, ""
    if digits != first:
        keypad.step = Step.NEW
        await ctx.show(keypad_card(ctx.viewer, keypad, lead=ctx.say("pin-differs")))
        return
    await ctx.services.pin.set(ctx.user_id, Secret(digits))
    ctx.data.keypads.close(ctx.user_id)
    await _continue(ctx, keypad.continuation, ctx.say("pin-is-set"))


async def _continue(ctx: UpdateContext, continuation: Continuation | None, lead: Markup | None = None) -> None:
    """What waited; /pin if nothing did."""
    if continuation is None:
        await _show_pin(ctx, lead)
        return
    update_attempt = current_attempt.get()
    if update_attempt is not None:
        update_attempt.pressed = continuation.pressed
    if continuation.action is not None:
        await ctx.data.router.run_action(ctx, continuation.action)
    else:
        await ctx.data.router.run_command(ctx, continuation.name, *continuation.arguments)


async def _show_pin(ctx: UpdateContext, lead: Markup | None = None) -> None:
    stored = await ctx.services.pin.stored(ctx.user_id)
    if stored is None:
        choices: list[tuple[str, ButtonAction]] = [("button-pin-set", ChoosePin())]
    else:
        keys = ("button-pin-leave-keys", LeaveKeys()) if stored.guards_keys else ("button-pin-guard-keys", GuardKeys())
        choices = [("button-pin-change", ChangePin()), keys, ("button-pin-remove", RemovePin())]
    buttons = await ctx.buttons([(ctx.say.plain(label), action) for label, action in choices])
    rows = (*((each,) for each in buttons), command_button(ctx.viewer, "button-menu", "menu"))
    await ctx.show(pin_card(ctx.viewer, stored, rows, lead=lead))


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("pin", forget_pin_of_user, verb="forget", access=OWNER, good_for_s=EFFECT),
    command("pin", show_pin, access=EVERYONE),
    view(PressPin, press_key, access=EVERYONE),
    action(ChoosePin, choose_pin, access=EVERYONE),
    action(ChangePin, change_pin, access=EVERYONE),
    action(ReplacePin, enter_new_pin, access=EVERYONE),
    action(RemovePin, remove_pin, access=EVERYONE),
    action(GuardKeys, guard_keys, access=EVERYONE),
    action(LeaveKeys, unguard_keys, access=EVERYONE),
)
