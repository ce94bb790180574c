// What the page knows: people, groups, bots and the conversations it shows; views listen for its changes.

import * as api from "./api.js";
import { toast } from "./toasts.js";

const ANSWERS_KEPT = 50;
const CHOSEN_BOT = "bot";

class Source extends EventTarget {
  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  on(type, act, signal) {
    this.addEventListener(type, ({ detail }) => act(detail), { signal });
  }
}

/** One chat with one bot: its messages by id, and what stands around them. */
class Conversation extends Source {
  constructor(bot, chatId) {
    super();
    this.bot = bot;
    this.chatId = chatId;
    this.clear();
    this.waiting = null; // events that came while the history was on its way
  }

  clear() {
    this.messages = new Map();
    this.delivered = new Set(); // people's messages that the bot has confirmed
    this.pinned = null;
    this.markup = null; // the reply keyboard or force reply in force: {message_id, reply_markup}
    this.hasEarlier = false;
    this.loaded = false;
    this.seq = 0;
  }

  get sorted() {
    return [...this.messages.values()].sort((one, other) => one.message_id - other.message_id);
  }

  get last() {
    return this.sorted.at(-1);
  }

  async load() {
    this.waiting = [];
    try {
      const page = await api.history(this.bot, this.chatId);
      this.clear();
      this.keep(page);
      this.pinned = page.pinned_message;
      this.markup = page.markup;
      this.seq = page.seq;
      this.loaded = true;
    } finally {
      const waiting = this.waiting;
      this.waiting = null;
      if (this.loaded) this.tell("loaded");
      for (const event of waiting) this.take(event);
    }
  }

  async loadEarlier() {
    this.keep(await api.history(this.bot, this.chatId, this.sorted[0]?.message_id));
    this.tell("earlier");
  }

  keep(page) {
    for (const message of page.messages) this.messages.set(message.message_id, message);
    for (const id of page.delivered) this.delivered.add(id);
    this.hasEarlier = page.has_earlier;
  }

  /** Lets go of the oldest messages beyond `count`; they can be read again. Returns their ids. */
  forgetBeyond(count) {
    const gone = this.sorted.slice(0, -count).map((message) => message.message_id);
    for (const id of gone) this.messages.delete(id);
    this.hasEarlier = this.hasEarlier || gone.length > 0;
    return gone;
  }

  /** An event of the live feed; the ones the loaded history already holds are skipped. */
  take(event) {
    if (this.waiting) {
      this.waiting.push(event);
      return;
    }
    if (!this.loaded || event.seq <= this.seq) return;
    const change = CHANGES[event.kind];
    if (change) change(this, event);
    this.tell(event.kind, event);
  }
}

const keepMessage = (conversation, { message }) => conversation.messages.set(message.message_id, message);

const keepPin = (conversation, event) => { conversation.pinned = event.pinned_message; };

/** What an event changes in its conversation, by kind; other kinds only pass through to the views. */
const CHANGES = {
  sent: keepMessage,
  edited: (conversation, event) => {
    // An edit of a message that is not on the page is no reason to show it there.
    if (conversation.messages.has(event.message_id)) keepMessage(conversation, event);
    if (conversation.pinned?.message_id === event.message_id) conversation.pinned = event.message;
  },
  deleted: (conversation, event) => {
    conversation.messages.delete(event.message_id);
    keepPin(conversation, event);
  },
  delivered: (conversation, event) => conversation.delivered.add(event.message_id),
  pinned: keepPin,
  unpinned: keepPin,
  markup: (conversation, event) => { conversation.markup = event.markup; },
};

const queryOf = (event) => event.callback_query_id ?? event.pre_checkout_query_id;

class Store extends Source {
  constructor() {
    super();
    this.users = new Map();
    this.groups = new Map();
    this.bots = new Map();
    this.bot = null;
    this.bybit = { available: false, stopped_ms: 0 };
    this.conversations = new Map();
    this.unread = new Map();
    this.answers = new Map(); // by the id of the query, for answers that overtake the press or the payment
  }

  /** Reads people, groups and bots. */
  async refresh() {
    const bybit = this.bybit;
    const state = await api.state();
    this.users = new Map(state.users.map((user) => [user.id, user]));
    this.groups = new Map(state.chats.map((chat) => [chat.id, chat]));
    this.bots = new Map(state.bots.map((bot) => [bot.id, bot]));
    if (!this.bots.has(this.bot)) this.bot = this.rememberedBot() ?? state.bots[0]?.id ?? null;
    if (this.bybit === bybit) this.bybit = state.bybit; // else the feed overtook this answer
    this.tell("people");
    this.tell("bybit");
  }

  /** Reads everything shown, after a connection began. */
  async reload() {
    await this.refresh();
    const shown = [...this.conversations.values()].filter((conversation) => conversation.bot === this.bot);
    await Promise.all(shown.map((conversation) => conversation.load()));
  }

  /** The bot that was chosen here before, if it is still there: another one that calls does not take its place. */
  rememberedBot() {
    const id = Number(localStorage.getItem(CHOSEN_BOT));
    return this.bots.has(id) ? id : null;
  }

  chooseBot(id) {
    this.bot = id;
    localStorage.setItem(CHOSEN_BOT, String(id));
    this.unread.clear();
    this.tell("people");
  }

  chat(id) {
    return this.groups.get(id) || this.users.get(id);
  }

  conversation(chatId) {
    const key = `${this.bot}:${chatId}`;
    if (!this.conversations.has(key)) this.conversations.set(key, new Conversation(this.bot, chatId));
    return this.conversations.get(key);
  }

  take(event) {
    if (event.kind === "people") {
      this.refresh().catch((error) => toast(error.message));
      return;
    }
    if (event.kind === "bybit") {
      this.bybit = event.bybit;
      this.tell("bybit");
      return;
    }
    if (event.kind === "answered" || event.kind === "settled") this.keepAnswer(event);
    this.conversations.get(`${event.bot_id}:${event.chat_id}`)?.take(event);
    if (event.kind === "sent" && event.by_bot && event.bot_id === this.bot) {
      this.unread.set(event.chat_id, (this.unread.get(event.chat_id) || 0) + 1);
      this.tell("unread");
    }
  }

  markRead(chatId) {
    if (this.unread.delete(chatId)) this.tell("unread");
  }

  keepAnswer(event) {
    this.answers.set(queryOf(event), event);
    if (this.answers.size > ANSWERS_KEPT) this.answers.delete(this.answers.keys().next().value);
    this.tell("answered", event);
  }

  /** The answer to a press, or the end of a payment, as soon as it is there; undefined when none comes in `wait` ms. */
  answerTo(query, wait) {
    const early = this.answers.get(query);
    if (early) return Promise.resolve(early);
    return new Promise((resolve) => {
      const leave = new AbortController();
      const stop = (answer) => {
        clearTimeout(timer);
        leave.abort();
        resolve(answer);
      };
      const timer = setTimeout(stop, wait);
      this.on("answered", (answer) => queryOf(answer) === query && stop(answer), leave.signal);
    });
  }
}

export const store = new Store();
