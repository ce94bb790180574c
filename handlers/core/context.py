"""What a handler is given: an `UpdateContext`: one update of one person with everything needed to answer it."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from telegram import CallbackQuery, Chat, Message, Update
from telegram.constants import ChatType
from telegram.ext import Application, CallbackContext, ExtBot

from bot.domain.chat import Dialogue
from bot.domain.errors import ExchangeError
from bot.domain.health import Health
from bot.domain.ids import STANDING_FOR_CHATS, ChatId, UserId
from bot.domain.ports.chat import HeldMessages
from bot.domain.support import ThreadId
from bot.domain.update_attempt import current_attempt
from bot.domain.users import Role, UserConfig
from bot.services.chat.buttons import LIFETIME, ButtonAction
from bot.services.screens import Dated, Shown
from bot.services.services import Services
from handlers.core import delivery
from handlers.core.callbacks import PRESS_PREFIX, token_data
from handlers.core.delivery import ChatTarget
from handlers.core.keypads import PinKeypads
from handlers.core.live_messages import LiveMessages
from handlers.core.short_memory import Cooldown, PastedKey, SecretStore, TypedKey
from handlers.core.tasks import HandlerTasks
from handlers.pictures.drawer import PictureDrawer
from handlers.texts.catalog import Texts, Translator
from handlers.views.cards import Card, CardButton, button
from handlers.views.problems import ProblemCards
from handlers.views.render_context import RenderContext

T = TypeVar("T", bound=Dated)
MAX_ARGUMENTS = 12


class Router(Protocol):
    """The table of handlers, as one handler sees it that hands over to another."""

    async def run_command(self, ctx: "UpdateContext", name: str, *arguments: str) -> None:
        """`/redeem` or `/keys add`, by the name of its spec. Raises ButtonExpired for one that is not in the table."""
        ...

    async def run_action(self, ctx: "UpdateContext", button_action: ButtonAction) -> None:
        """Raises ButtonExpired for an action that is not in the table."""
        ...

    async def run_stored_action(self, ctx: "UpdateContext", action: str, values: Mapping[str, str]) -> None:
        """The same from its stored form. Raises ButtonExpired for values that cannot be read, too."""
        ...

    async def continue_dialogue(self, ctx: "UpdateContext", dialogue: Dialogue) -> None: ...

    async def takes(self, ctx: "UpdateContext", dialogue: Dialogue) -> bool:
        """Whether the message is an answer to the open question. Ends a question that nobody knows any more."""
        ...

    def wanted(self, dialogue: Dialogue) -> str:
        """The key of the text that names what the question waits for."""
        ...

    def home_of(self, module: str) -> str | None:
        """The command that leads back to where the buttons of a module's handlers stand."""
        ...

    @property
    def repeatable_actions(self) -> frozenset[str]:
        """Actions of which a second tap gets the first one's answer."""
        ...

    @property
    def media_dialogues(self) -> frozenset[str]:
        """Dialogues that take pictures and files, too."""
        ...

    @property
    def secret_dialogues(self) -> frozenset[str]:
        """Dialogues whose answer is a secret."""
        ...

    def commands_for_banned(self, *, has_paid: bool) -> frozenset[str]:
        """What banned people who did or did not pay may still type."""
        ...

    @property
    def dialogues_for_banned(self) -> frozenset[str]: ...
    def is_press_for_banned(self, data: str, *, has_paid: bool) -> bool:
        """Whether a button may be theirs, by its callback data; what a token does is asked later."""
        ...

    def commands(self, role: Role) -> Mapping[str, str]:
        """What that role finds in the menu of its private chat: name to the key of its description."""
        ...

    def group_commands(self) -> Mapping[str, str]:
        """The commands that work in groups, for their menu."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulWords:
    """A message to support that may hold a secret, as it was written. `thread`: of which thread it is the answer."""

    text: str = field(repr=False)
    thread: ThreadId | None


@dataclass(slots=True, kw_only=True)
class BotData:
    """What every handler finds beside its update. `health` looks at counters alone."""

    services: Services
    texts: Texts
    health: Callable[[], Health]
    router: Router
    problem_cards: ProblemCards
    live_messages: LiveMessages
    pictures: PictureDrawer
    held: HeldMessages
    tasks: HandlerTasks
    refusals: Cooldown
    denials: Cooldown
    typed_keys: SecretStore[TypedKey]
    pasted_keys: SecretStore[PastedKey]
    doubtful_words: SecretStore[DoubtfulWords]
    keypads: PinKeypads
    new_reference: Callable[[], str]
    apologies: Counter[str]  # those that name a reference, by kind
    zones_read: set[str]  # time zones whose rules have been read from the disk


Context = CallbackContext[ExtBot[None], dict[Any, Any], dict[Any, Any], BotData]
App = Application[ExtBot[None], Context, dict[Any, Any], dict[Any, Any], BotData, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateContext:
    """One update of one person. `arguments` are the words after a command; `is_new`: met for the first time."""

    update: Update = field(repr=False)
    bot: ExtBot[None]
    data: BotData
    config: UserConfig
    arguments: tuple[str, ...] = field(default=(), repr=False)
    is_new: bool = False

    @property
    def services(self) -> Services:
        return self.data.services

    @property
    def say(self) -> Translator:
        return Translator(self.data.texts, self.config.language)

    @property
    def viewer(self) -> RenderContext:
        owner = None if self.is_private else self.author_id
        return RenderContext(
            say=self.say,
            config=self.config,
            now=self.services.clock.now(),
            owner=owner,
            traded=self.services.trading.account_types,
        )

    @property
    def user_id(self) -> UserId:
        return self.config.user_id

    @property
    def author_id(self) -> int:
        """Whose words these are: the person, or the chat in whose name an anonymous one writes."""
        author = self.update.effective_sender
        return author.id if isinstance(author, Chat) and self.user_id in STANDING_FOR_CHATS else self.user_id

    @property
    def idempotency_key(self) -> str:
        """One word for what is asked here: the button's token, so that a second tap is the same, or the update's id."""
        data = (self.query.data if self.query is not None else None) or ""
        return data if data.startswith(PRESS_PREFIX) else f"update:{self.update.update_id}"

    @property
    def is_repeat(self) -> bool:
        """Whether it is a tap on a button that acts once and was used before."""
        update_attempt = current_attempt.get()
        return self.query is not None and update_attempt is not None and update_attempt.pressed is None

    @property
    def age_s(self) -> float | None:
        """Seconds since the person did it; None: not known, or done just now."""
        update_attempt = current_attempt.get()
        return None if update_attempt is None else update_attempt.age_s

    @property
    def chat_id(self) -> ChatId:
        chat = self.update.effective_chat
        return ChatId(self.user_id if chat is None else chat.id)

    @property
    def is_private(self) -> bool:
        chat = self.update.effective_chat
        return chat is None or chat.type == ChatType.PRIVATE

    @property
    def query(self) -> CallbackQuery | None:
        return self.update.callback_query

    @property
    def message(self) -> Message | None:
        """The message that the person wrote; None for a tap."""
        return self.update.message or self.update.edited_message

    @property
    def tapped_picture(self) -> int | None:
        """The message that was tapped, if it is a picture."""
        tapped = self.query.message if self.query is not None else None
        return tapped.message_id if isinstance(tapped, Message) and tapped.photo else None

    @property
    def text(self) -> str:
        return (self.message.text or "") if self.message is not None else ""

    @property
    def target(self) -> ChatTarget:
        if self.message is not None:
            return delivery.target_of(self.message)
        card = self.query.message if self.query is not None else None
        thread_id = card.message_thread_id if isinstance(card, Message) and card.is_topic_message else None
        return ChatTarget(chat_id=self.chat_id, thread_id=thread_id)

    async def send(self, card: Card) -> int:
        """Send the card as a new message; answers the message's id."""
        return await delivery.send(self.bot, self.target, card)

    async def show(self, card: Card) -> int:
        """After a tap the tapped card changes in place; otherwise, or when that card is gone, a new message.

        Below a picture it is a new one: Telegram makes no text of a picture.
        """
        tapped = self.query.message if self.query is not None else None
        if tapped is not None and self.tapped_picture is None:
            self.data.live_messages.leave(self.chat_id, tapped.message_id)
            edited = await delivery.edit(self.bot, self.target, tapped.message_id, card)
            if edited is not None:
                return edited
        return await self.send(card)

    async def present(
        self, look: Callable[[], Awaitable[Shown[T]]], draw: Callable[[RenderContext, Shown[T]], Card]
    ) -> None:
        """A screen: what is known now, redrawn when the answer comes. Trouble is part of the screen."""
        await self.present_known(await known_or_trouble(look), look, draw)

    async def present_known(
        self,
        shown: Shown[T],
        look: Callable[[], Awaitable[Shown[T]]],
        draw: Callable[[RenderContext, Shown[T]], Card],
    ) -> None:
        """The same with what was looked up already."""
        message_id = await self.show(draw(self.viewer, shown))
        if message_id > 0:
            self._follow(message_id, shown, draw)
            return

        async def redraw() -> Callable[[int], None]:
            fresh = await known_or_trouble(look)
            await delivery.edit(self.bot, self.target, message_id, draw(self.viewer, fresh))
            return lambda sent: self._follow(sent, fresh, draw)

        self.data.held.redraw_with(message_id, redraw)

    def _follow(self, message_id: int, shown: Shown[T], draw: Callable[[RenderContext, Shown[T]], Card]) -> None:
        self.data.live_messages.follow(self.bot, self.target, message_id, shown, lambda later: draw(self.viewer, later))

    async def buttons(
        self, choices: Sequence[tuple[str, ButtonAction]], *, lifetime_s: int = LIFETIME
    ) -> tuple[CardButton, ...]:
        """Buttons that change something, one a label; their rows are one commit. `lifetime_s` in seconds."""
        actions = [button_action for _, button_action in choices]
        tokens = await self.services.buttons.issue(self.user_id, self.chat_id, actions, lifetime_s=lifetime_s)
        return tuple(button(label, token_data(token)) for (label, _), token in zip(choices, tokens, strict=True))

    async def delete_message(self) -> bool:
        """Take the person's own message out of the chat; False where Telegram does not let us."""
        if self.message is None:
            return True
        return await delivery.delete(self.bot, self.chat_id, self.message.message_id)


async def known_or_trouble(look: Callable[[], Awaitable[Shown[T]]]) -> Shown[T]:
    """What a screen has; that Bybit gave nothing at all is something to show, too."""
    try:
        return await look()
    except ExchangeError as trouble:
        return Shown(None, trouble=trouble)
