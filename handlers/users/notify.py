"""/notify and /mute: which of the bot's own messages ring, when they are silent, and until when."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.domain.errors import BadInput
from bot.domain.ids import HOUR, Millis
from bot.domain.notices import QuietHours
from bot.domain.time_zones import next_at, zone_of
from bot.domain.users import UserConfig
from bot.services.chat.dialogues import DialoguePayload
from handlers.core.context import UpdateContext
from handlers.core.plain_words import plain
from handlers.core.specs import EVERYONE, SETTING, HandlerSpec, command, dialogue, view
from handlers.texts.catalog import Markup
from handlers.users.callbacks import LONGEST_MUTE, ChooseRing, MuteFor, SetQuiet, ShowQuiet
from handlers.users.notify_views import notify_card, quiet_card, ring_line
from handlers.users.notify_words import ALL, ENDS, KINDS, QUIET, RINGS, UNTIL, hours_of, length_of, minute_of

_WORDS_OF_A_CHOICE: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietDialogue(DialoguePayload):
    """Between which hours it shall be quiet."""

    DIALOGUE = "notify.quiet"


async def notify_command(ctx: UpdateContext) -> None:
    """`/notify`, `/notify entries off`, `/notify all silent`, `/notify quiet 23-8`."""
    words = [plain(each) for each in ctx.arguments]
    if not words:
        await _show(ctx)
    elif words[0] in QUIET and len(words) == 1:
        await show_quiet(ctx, ShowQuiet())
    elif words[0] in QUIET:
        await _set_typed_hours(ctx, words[1:])
    else:
        await _choose_typed(ctx, words)


async def mute_command(ctx: UpdateContext) -> None:
    """`/mute`, `/mute 8h`, `/mute until 08:00`, `/mute off`."""
    words = [plain(each) for each in ctx.arguments]
    if not words:
        await _show(ctx)
    elif words[0] in ENDS:
        await _mute(ctx, Millis(0))
    elif words[0] in UNTIL:
        minute = minute_of(" ".join(words[1:]))
        if minute is None:
            raise BadInput("mute-unread")
        await _mute(ctx, next_at(ctx.services.clock.now(), minute, await _zone(ctx)))
    else:
        length = length_of(" ".join(words))
        if length is None or length > LONGEST_MUTE * HOUR:
            raise BadInput("mute-unread")
        await _mute(ctx, Millis(ctx.services.clock.now() + length))


async def choose_ring(ctx: UpdateContext, code: ChooseRing) -> None:
    """A tap on a kind of message."""
    await _show(ctx, await ctx.services.notices.choose(ctx.config, code.notice, code.ring))


async def mute_for(ctx: UpdateContext, code: MuteFor) -> None:
    """[Mute 8 h] and its like; of 0 hours [End now]."""
    await _mute(ctx, Millis(ctx.services.clock.now() + code.hours * HOUR) if code.hours else Millis(0))


async def show_quiet(ctx: UpdateContext, _: ShowQuiet) -> None:
    """Quiet hours to choose from; typed ones are taken, too."""
    await ctx.services.dialogues.begin(ctx.user_id, QuietDialogue())
    await ctx.show(quiet_card(ctx.viewer))


async def set_quiet(ctx: UpdateContext, code: SetQuiet) -> None:
    """A preset of quiet hours; one that ends where it begins is none."""
    hours = None if code.start == code.end else QuietHours(start=code.start, end=code.end)
    await _be_quiet(ctx, hours)


async def set_typed_quiet(ctx: UpdateContext, _: QuietDialogue) -> None:
    """Quiet hours as they were typed; wrong ones are explained."""
    await _set_typed_hours(ctx, [plain(ctx.text)])


async def _are_hours(ctx: UpdateContext, _: QuietDialogue) -> bool:
    """Whether it may be an answer: hours, or a word that ends them; wrong hours are explained, chatter is none."""
    words = plain(ctx.text)
    return words in ENDS or words[:1].isdigit()


async def _set_typed_hours(ctx: UpdateContext, words: Sequence[str]) -> None:
    typed = " ".join(words)
    hours = hours_of(typed)
    if hours is None and typed not in ENDS:
        raise BadInput("quiet-unread")
    await ctx.services.dialogues.end(ctx.user_id)
    await _be_quiet(ctx, hours)


async def _choose_typed(ctx: UpdateContext, words: Sequence[str]) -> None:
    if len(words) != _WORDS_OF_A_CHOICE or words[1] not in RINGS:
        raise BadInput("notices-unread")
    ring = RINGS[words[1]]
    if words[0] in ALL:
        config = await ctx.services.notices.choose_all(ctx.config, ring)
        await _show(ctx, config)
    elif (kind := KINDS.get(words[0])) is not None:
        config = await ctx.services.notices.choose(ctx.config, kind, ring)
        await _show(ctx, config, lead=ring_line(ctx.viewer, kind, ring))
    else:
        raise BadInput("notices-unread")


async def _be_quiet(ctx: UpdateContext, hours: QuietHours | None) -> None:
    config = await ctx.services.notices.be_quiet(ctx.config, hours)
    await _show(ctx, config)


async def _mute(ctx: UpdateContext, until: Millis) -> None:
    config = await ctx.services.notices.mute(ctx.config, until)
    await _show(ctx, config)


async def _show(ctx: UpdateContext, config: UserConfig | None = None, *, lead: Markup | None = None) -> None:
    await _zone(ctx)
    await ctx.show(notify_card(replace(ctx, config=config or ctx.config).viewer, lead=lead))


async def _zone(ctx: UpdateContext) -> str:
    """The person's time zone, its file read, which views then have at hand."""
    name = ctx.config.settings.time_zone
    await asyncio.to_thread(zone_of, name)
    return name


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("notify", notify_command, access=EVERYONE, good_for_s=SETTING),
    command("mute", mute_command, access=EVERYONE, good_for_s=SETTING),
    view(ChooseRing, choose_ring, access=EVERYONE),
    view(ShowQuiet, show_quiet, access=EVERYONE),
    view(SetQuiet, set_quiet, access=EVERYONE),
    view(MuteFor, mute_for, access=EVERYONE),
    dialogue(QuietDialogue, set_typed_quiet, access=EVERYONE, takes=_are_hours),
)
