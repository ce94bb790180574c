"""/limits: seen, tightened at once, taken back within a minute, loosened after a day."""

from dataclasses import dataclass, replace
from typing import Final

from bot.domain.accounts import Account
from bot.domain.errors import BadInput
from bot.domain.ids import DAY_S, AccountId
from bot.domain.risk import RiskLimits
from bot.services.chat.buttons import ButtonAction
from bot.services.chat.dialogues import DialoguePayload
from bot.services.trading.risk_limits import LimitChange
from handlers.core.account_screen import account_argument
from handlers.core.context import UpdateContext
from handlers.core.phrases import is_no_command
from handlers.core.plain_words import account_type_named, plain
from handlers.core.specs import EVERYONE, SETTING, HandlerSpec, action, command, dialogue, view
from handlers.texts.catalog import Markup
from handlers.trading.accounts import trading_account
from handlers.trading.limit_codes import ShowLimit, ShowLimits
from handlers.trading.limit_fields import (
    NO_LIMIT,
    RULES,
    LimitField,
    LimitKind,
    field_named,
    value_of,
    with_value,
)
from handlers.trading.limit_views import ask_limit_card, changed_line, limit_card, limits_card, stored_text

_MOST_SYMBOLS: Final = 20
_WORDS_OF_A_VALUE: Final = 20
_UNDO_S: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLimit(ButtonAction):
    """A preset, or a typed value that was asked about. `value` "": no limit."""

    ACTION = "limits.set"
    account: AccountId
    limit: LimitField
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBackLimit(ButtonAction):
    """[Take back]: a tightening for a minute, a loosening until it stands."""

    ACTION = "limits.take-back"
    account: AccountId
    change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitDialogue(DialoguePayload):
    """The value of a limit."""

    DIALOGUE = "limits.value"
    account: AccountId
    limit: LimitField


async def limits_command(ctx: UpdateContext) -> None:
    """`/limits`, `/limits demo`, `/limits positions`, `/limits daily 5`."""
    words = ctx.arguments
    account = trading_account(ctx)
    if words and account_type_named(words[0]) is not None:
        account, words = account_argument(replace(ctx, arguments=words[:1])), words[1:]
    if not words:
        await _show_limits(ctx, account)
        return
    field = field_named(words[0])
    if len(words) == 1:
        await show_limit(ctx, ShowLimit(account.account_id, field))
    else:
        await _set(ctx, account, field, await _stored(ctx, field, " ".join(words[1:])))


async def show_limits(ctx: UpdateContext, code: ShowLimits) -> None:
    """All limits of an account."""
    await _show_limits(ctx, ctx.config.own_account(code.account_id))


async def show_limit(ctx: UpdateContext, code: ShowLimit) -> None:
    """One limit with its presets; a typed value is taken, too."""
    account, rule = ctx.config.own_account(code.account_id), RULES[code.limit]
    limits = await ctx.services.trading.limits.limits(account)
    values = [each for each in (*rule.presets, "") if each != value_of(limits, code.limit)]
    presets = await ctx.buttons(
        [
            (
                stored_text(ctx.viewer, code.limit, each),
                SetLimit(account=account.account_id, limit=code.limit, value=each),
            )
            for each in values
        ]
    )
    await ctx.services.dialogues.begin(ctx.user_id, LimitDialogue(account=account.account_id, limit=code.limit))
    await ctx.show(limit_card(ctx.viewer, account, limits, code.limit, presets))


async def set_limit(ctx: UpdateContext, act: SetLimit) -> None:
    """The value of a preset, or the typed one."""
    await _set(ctx, ctx.config.own_account(act.account), act.limit, act.value)


async def ask_typed_limit(ctx: UpdateContext, asked: LimitDialogue) -> None:
    """The next message: shown with a button, because the PIN may come first."""
    account = ctx.config.own_account(asked.account)
    before = await ctx.services.trading.limits.limits(account)
    value = await _stored(ctx, asked.limit, ctx.text)
    after = with_value(before, asked.limit, value)
    await ctx.services.dialogues.end(ctx.user_id)
    wish = SetLimit(account=account.account_id, limit=asked.limit, value=value)
    (act,) = await ctx.buttons([(ctx.say.plain("button-set-limit"), wish)])
    await ctx.show(ask_limit_card(ctx.viewer, account, asked.limit, before, after, act))


async def take_back_limit(ctx: UpdateContext, act: TakeBackLimit) -> None:
    """[Take back]."""
    account = ctx.config.own_account(act.account)
    await ctx.services.trading.limits.take_back(ctx.config, account, act.change)
    await _show_limits(ctx, account, lead=ctx.say("limit-taken-back"))


async def _set(ctx: UpdateContext, account: Account, field: LimitField, value: str) -> None:
    service = ctx.services.trading.limits
    before = await service.limits(account)
    change = await service.change(ctx.config, account, with_value(before, field, value))
    await _show_limits(ctx, account, lead=changed_line(ctx.viewer, field, before, change), change=change)


async def _show_limits(
    ctx: UpdateContext, account: Account, *, lead: Markup | None = None, change: LimitChange | None = None
) -> None:
    service = ctx.services.trading.limits
    limits: RiskLimits = await service.limits(account)
    waiting = await service.waiting(account)
    open_change = waiting if change is None else change
    act = None
    if open_change is not None:
        wish = TakeBackLimit(account=account.account_id, change=open_change.change_id)
        lifetime = _UNDO_S if open_change.takes_effect is None else DAY_S
        (act,) = await ctx.buttons([(ctx.say.plain("button-take-back"), wish)], lifetime_s=lifetime)
    await ctx.show(limits_card(ctx.viewer, account, limits, waiting, act, lead=lead))


async def _stored(ctx: UpdateContext, field: LimitField, typed: str) -> str:
    """A typed value as buttons have it; symbols by any of their names. Raises BadInput, UnknownSymbol."""
    word = plain(typed)
    if word in NO_LIMIT:
        return ""
    if RULES[field].kind is not LimitKind.SYMBOLS:
        return value_of(with_value(RiskLimits(), field, word.removesuffix("x").removesuffix("х").strip()), field)
    names = typed.replace(",", " ").split()
    if len(names) > _MOST_SYMBOLS:
        raise BadInput("limits-symbols", most=_MOST_SYMBOLS)
    found = [(await ctx.services.market_screens.resolve(each)).symbol for each in names]
    return ",".join(dict.fromkeys(found))


async def _is_value(ctx: UpdateContext, asked: LimitDialogue) -> bool:
    """A number for a number; the names of coins for symbols."""
    word = plain(ctx.text)
    if word in NO_LIMIT:
        return True
    if RULES[asked.limit].kind is LimitKind.SYMBOLS:
        return len(word.split()) <= _WORDS_OF_A_VALUE and await is_no_command(ctx)
    return any(letter.isdigit() for letter in word) and len(word.split()) == 1


HANDLERS: Final[tuple[HandlerSpec, ...]] = (
    command("limits", limits_command, access=EVERYONE, good_for_s=SETTING),
    view(ShowLimits, show_limits, access=EVERYONE),
    view(ShowLimit, show_limit, access=EVERYONE),
    action(SetLimit, set_limit, access=EVERYONE),
    action(TakeBackLimit, take_back_limit, access=EVERYONE),
    dialogue(LimitDialogue, ask_typed_limit, access=EVERYONE, takes=_is_value),
)
