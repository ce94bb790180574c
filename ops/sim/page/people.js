// The strip of people and groups on top: a press opens that chat, or goes to it when it is open.

import { avatar, h, iconButton, replaceChildren } from "./dom.js";
import { chatName } from "./format.js";
import { openMenu } from "./menu.js";
import { askEverybody, askGroup, askPerson } from "./people_dialogs.js";
import { store } from "./store.js";

const CHIPS = 8;

export class People {
  /** `columns` tells which chats are open and opens them. */
  constructor(element, columns) {
    this.chips = h("div", { class: "chips" });
    this.element = element;
    replaceChildren(element, this.chips, iconButton("plus", "New person or group", (event) => openMenu(event.currentTarget, [
      { label: "New person", icon: "person", act: () => this.openAny(askPerson()) },
      { label: "New group with the bot", icon: "group", act: () => this.openAny(askGroup()) },
    ]), { "aria-haspopup": "menu" }));
    this.columns = columns;
    store.on("people", () => this.draw());
    store.on("unread", () => this.draw());
    columns.on("changed", () => this.draw());
    this.draw();
  }

  /** The first few people, every open chat, every group. */
  chats() {
    const people = [...store.users.values()];
    const shown = people.filter((user, index) => index < CHIPS || this.columns.isOpen(user.id));
    const groups = [...store.groups.values()].filter((group, index) => index < CHIPS || this.columns.isOpen(group.id));
    return [...shown, ...groups];
  }

  /** Chips are made anew only when others are to be shown: one that is being pressed stays the same element. */
  draw() {
    const chats = this.chats();
    const hidden = store.users.size + store.groups.size - chats.length;
    const shown = JSON.stringify([chats.map((chat) => [chat.id, chatName(chat)]), hidden, store.bot, [...store.bots.keys()]]);
    if (shown !== this.shown) {
      this.shown = shown;
      this.build(chats, hidden);
    }
    for (const chat of chats) this.mark(chat);
    if (this.activeShown === this.columns.active) return;
    this.activeShown = this.columns.active;
    this.chips.querySelector('[data-active="true"]')?.scrollIntoView({ inline: "nearest", block: "nearest" });
  }

  build(chats, hidden) {
    const focused = this.chips.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    replaceChildren(this.chips,
      store.bots.size > 1 && this.botChoice(),
      chats.map((chat) => this.chip(chat)),
      hidden > 0 && h("button", { type: "button", class: "chip", data: { key: "all" },
        on: { click: () => this.openAny(askEverybody()) } }, `${hidden} more…`));
    if (focused) this.chipOf(focused)?.focus({ preventScroll: true });
  }

  chip(chat) {
    const name = chatName(chat);
    return h("button", { type: "button", class: "chip", data: { key: chat.id }, on: { click: () => this.columns.open(chat.id) } },
      avatar(chat.id, name), h("span", { class: "chip-name" }, name), h("span", { class: "unread", "aria-hidden": "true" }));
  }

  chipOf(key) {
    return this.chips.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  /** Whether it is open, active, and how much is unread. */
  mark(chat) {
    const chip = this.chipOf(chat.id);
    const name = chatName(chat);
    const unread = store.unread.get(chat.id) || 0;
    const open = this.columns.isOpen(chat.id);
    chip.setAttribute("aria-pressed", String(open));
    chip.setAttribute("aria-label", unread ? `${name}, ${unread} unread` : name);
    chip.title = open ? `Go to ${name}` : `Open ${name} beside`;
    chip.dataset.active = String(this.columns.active === chat.id);
    chip.lastChild.hidden = unread === 0;
    chip.lastChild.textContent = String(unread);
  }

  botChoice() {
    const select = h("select", { "aria-label": "Bot", class: "bot-choice", data: { key: "bot" } },
      [...store.bots.values()].map((bot) => h("option", { value: bot.id }, `@${bot.username}`)));
    select.value = store.bot;
    select.addEventListener("change", () => store.chooseBot(Number(select.value)));
    return select;
  }

  async openAny(asked) {
    const id = await asked;
    if (id === undefined) return;
    if (!store.chat(id)) await store.refresh();
    this.columns.open(id);
  }
}
