// One chat as one person sees it: head, pinned line, messages, input. Several stand side by side.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { avatar, h, icon, iconButton, replaceChildren } from "./dom.js";
import { chatName, fullName, summary } from "./format.js";
import { openMenu } from "./menu.js";
import { isInvoiceLink, payLink } from "./pay.js";
import { askForward, askGroup } from "./people_dialogs.js";
import { store } from "./store.js";
import { Timeline } from "./timeline.js";
import { confirmBox, copy, toast } from "./toasts.js";

const TYPING_MS = 5000; // how long Telegram shows a chat action
const LANGUAGES = { en: "English", ru: "Russian", uk: "Ukrainian" };
const ACTIONS = { typing: "typing", upload_photo: "sending a photo", upload_document: "sending a file" };

export class Column {
  constructor(chatId, { onClose }) {
    this.chatId = chatId;
    this.leaving = new AbortController();
    this.conversation = store.conversation(chatId);
    this.speaker = store.groups.has(chatId) ? this.members()[0]?.id : chatId;
    this.context = this.makeContext();
    this.element = h("section", { class: "column", data: { chat: chatId } });
    this.timeline = new Timeline(this.conversation, this.context, this.leaving.signal);
    this.composer = new Composer(this.context, this.element, (fields) => this.post(fields));
    this.head = h("header", { class: "column-head" });
    this.status = h("span", { class: "column-status" });
    this.pinned = h("button", { type: "button", class: "pinned", hidden: true });
    this.notes = h("div", { class: "column-notes", role: "status", "aria-live": "polite" });
    this.welcome = h("div", { class: "welcome", hidden: true });
    this.onClose = onClose;
    this.timeline.element.append(this.welcome, this.notes);
    this.element.append(this.head, this.pinned, this.timeline.element, this.composer.element);
    this.listen();
    this.drawHead();
    this.load();
  }

  get isGroup() {
    return store.groups.has(this.chatId);
  }

  get group() {
    return store.groups.get(this.chatId);
  }

  members() {
    return (store.groups.get(this.chatId)?.members || []).map((id) => store.users.get(id)).filter(Boolean);
  }

  makeContext() {
    const column = this;
    const bot = this.conversation.bot;
    return {
      bot,
      chatId: this.chatId,
      conversation: this.conversation,
      get isGroup() { return column.isGroup; },
      userId: () => this.speaker,
      botName: () => store.bots.get(bot)?.first_name ?? "The bot",
      botUsername: () => store.bots.get(bot)?.username ?? "bot",
      command: (text) => this.composer.sendText(text),
      openLink: (url) => this.openLink(url),
      type: (text) => this.composer.type(text),
      toast: (text) => toast(text, this.notes),
      jumpTo: (id) => this.timeline.jumpTo(id),
      grew: () => this.timeline?.grew(),
      openMenu: (message, anchor, pointer) => openMenu(anchor, this.menuItems(message), pointer),
      editLast: () => this.editLast(),
    };
  }

  listen() {
    const { signal } = this.leaving;
    const on = (type, act) => this.conversation.on(type, act, signal);
    on("loaded", () => this.settled());
    on("sent", (event) => {
      if (event.by_bot) this.showAction(null);
      this.drawEmpty();
    });
    on("deleted", () => {
      this.drawEmpty();
      this.drawPinned();
    });
    for (const kind of ["edited", "pinned", "unpinned"]) on(kind, () => this.drawPinned());
    on("markup", () => this.showMarkup());
    on("acting", (event) => this.showAction(event.text));
    store.on("people", () => this.peopleChanged(), signal);
  }

  async load() {
    if (this.conversation.bot === null) {
      this.drawEmpty();
      return;
    }
    try {
      if (this.conversation.loaded) this.conversation.tell("loaded");
      else await this.conversation.load();
    } catch (error) {
      toast(error.message);
    }
  }

  settled() {
    this.drawEmpty();
    this.drawPinned();
    this.showMarkup();
    this.composer.menu.load();
  }

  peopleChanged() {
    if (this.isGroup && !this.members().some((member) => member.id === this.speaker)) {
      this.speaker = this.members()[0]?.id;
      this.timeline.rebuild();
    }
    this.drawHead();
    this.drawEmpty();
    this.composer.menu.load();
  }

  // What stands around the messages

  drawHead() {
    const chat = store.chat(this.chatId) || { id: this.chatId, first_name: `User ${this.chatId}` };
    const name = chatName(chat);
    this.element.setAttribute("aria-label", this.isGroup ? `Group ${name}` : `${name}'s chat with ${this.context.botName()}`);
    replaceChildren(this.head, avatar(chat.id, name),
      h("div", { class: "column-words" }, h("h2", { class: "column-title" }, name),
        h("div", { class: "column-about" }, this.isGroup && this.speakerChoice(), this.status)),
      this.isGroup && iconButton("group", "Members of the group", () => askGroup(this.group)),
      iconButton("close", `Close ${name}`, () => this.onClose(), { class: "icon-button close-column" }));
    this.showAction(null);
  }

  speakerChoice() {
    const select = h("select", { "aria-label": "Write as", title: "Who you are in this group" },
      this.members().map((member) => h("option", { value: member.id }, fullName(member))));
    select.value = this.speaker;
    select.addEventListener("change", () => {
      this.speaker = Number(select.value);
      this.timeline.rebuild();
      this.composer.menu.load();
    });
    return h("label", { class: "speaker" }, "as", select);
  }

  showAction(action) {
    clearTimeout(this.actionTimer);
    this.status.classList.toggle("acting", Boolean(action));
    if (action) {
      this.status.textContent = `${this.context.botName()} is ${ACTIONS[action] || "busy"}…`;
      this.actionTimer = setTimeout(() => this.showAction(null), TYPING_MS);
    } else this.status.textContent = this.aboutChat();
  }

  aboutChat() {
    if (this.isGroup) {
      const people = this.members().length;
      return `${people} ${people === 1 ? "person" : "people"}${this.group.bots.includes(store.bot) ? " + bot" : ", no bot"}`;
    }
    const language = store.users.get(this.chatId)?.language_code;
    const bot = store.bots.get(this.conversation.bot);
    return [bot ? `@${bot.username}` : "waits for the bot", LANGUAGES[language] || language].filter(Boolean).join(" · ");
  }

  drawPinned() {
    const message = this.conversation.pinned;
    this.pinned.hidden = !message;
    if (!message) return;
    replaceChildren(this.pinned, icon("pin"), h("span", { class: "pinned-words" }, h("strong", {}, "Pinned message"), summary(message)));
    this.pinned.onclick = () => this.timeline.jumpTo(message.message_id);
  }

  drawEmpty() {
    const bot = store.bots.get(this.conversation.bot);
    const empty = this.conversation.bot === null || (this.conversation.loaded && this.conversation.messages.size === 0);
    this.welcome.hidden = !empty;
    this.composer.showStart(Boolean(bot) && !this.isGroup && (empty || this.composer.startPayload !== null));
    if (!empty) return;
    if (!bot) {
      replaceChildren(this.welcome, h("span", { class: "pulse", "aria-hidden": "true" }), h("h3", {}, "Waiting for the bot"),
        h("p", {}, "No bot has called the stand-in yet. It shows up here by itself when it does."));
    } else if (this.isGroup) {
      replaceChildren(this.welcome, avatar(this.chatId, this.group.title), h("h3", {}, this.group.title),
        h("p", {}, "Nothing has been said here yet. Address the bot by ", h("strong", {}, `/command@${bot.username}`), "."));
    } else {
      replaceChildren(this.welcome, avatar(bot.id, bot.first_name), h("h3", {}, bot.first_name),
        h("p", {}, this.description(bot)));
    }
  }

  /** What the bot says of itself, in the person's language if it can. */
  description(bot) {
    const language = store.users.get(this.chatId)?.language_code;
    return bot.descriptions[language] || bot.descriptions[""] || "Press START and the bot says hello.";
  }

  showMarkup() {
    const { markup, messages } = this.conversation;
    this.composer.showMarkup(markup, (id) => messages.get(id));
  }

  // What a person does

  post(fields) {
    if (this.group?.type === "channel") return api.post(this.conversation.bot, this.chatId, fields);
    return api.send(this.conversation.bot, this.speaker, { ...fields, chat_id: this.isGroup ? this.chatId : undefined });
  }

  /** A deep link to this bot becomes its START button, an invoice is paid; other links are left to the browser. */
  openLink(url) {
    if (isInvoiceLink(url)) {
      payLink(this.context, url);
      return true;
    }
    const match = /^(?:https?:\/\/(?:t\.me|telegram\.me)\/|tg:\/\/resolve\?domain=)(\w+)(?:[?&]start=([\w-]{1,64}))?$/i.exec(url);
    if (match?.[1].toLowerCase() !== this.context.botUsername().toLowerCase()) return false;
    if (this.isGroup) toast("Opens the private chat with the bot: choose a person above");
    else this.composer.showStart(true, match[2] ?? "");
    return true;
  }

  editLast() {
    const own = this.conversation.sorted.filter((message) => message.from?.id === this.speaker && message.text);
    if (own.length) this.composer.edit(own.at(-1));
  }

  menuItems(message) {
    const words = message.text ?? message.caption;
    const own = message.from?.id === this.speaker;
    return [
      { label: "Reply", icon: "reply", act: () => this.composer.reply(message) },
      words && { label: "Copy text", icon: "copy", act: () => copy(words) },
      { label: "Forward", icon: "forward", act: () => this.forward(message) },
      own && words && !message.forward_origin
        && { label: "Edit", icon: "edit", act: () => this.composer.edit(message) },
      own && { label: "Delete", icon: "trash", danger: true, act: () => this.remove(message) },
    ].filter(Boolean);
  }

  async forward(message) {
    const target = await askForward(this.speaker);
    if (target === undefined) return;
    try {
      await api.forward(this.conversation.bot, this.chatId, message.message_id, this.speaker, target);
      toast("Forwarded");
    } catch (error) {
      toast(error.message);
    }
  }

  async remove(message) {
    if (!await confirmBox("Delete this message?", "It goes for everybody in the chat.", "Delete")) return;
    try {
      await api.remove(this.conversation.bot, this.chatId, message.message_id, this.speaker);
    } catch (error) {
      toast(error.message);
    }
  }

  focus() {
    this.composer.input.focus({ preventScroll: true });
  }

  close() {
    this.leaving.abort();
    clearTimeout(this.actionTimer);
    this.element.remove();
  }
}
