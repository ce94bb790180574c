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

  draw() {
    const focused = this.chips.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const chats = this.chats();
    const hidden = store.users.size + store.groups.size - chats.length;
    replaceChildren(this.chips,
      store.bots.size > 1 && this.botChoice(),
      chats.map((chat) => this.chip(chat)),
      hidden > 0 && h("button", { type: "button", class: "chip", data: { key: "all" },
        on: { click: () => this.openAny(askEverybody()) } }, `${hidden} more…`));
    this.chips.querySelector('[data-active="true"]')?.scrollIntoView({ inline: "nearest", block: "nearest" });
    if (focused) this.chips.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  chip(chat) {
    const name = chatName(chat);
    const open = this.columns.isOpen(chat.id);
    const unread = store.unread.get(chat.id) || 0;
    return h("button", { type: "button", class: "chip", "aria-pressed": String(open), title: open ? `Go to ${name}` : `Open ${name} beside`,
      data: { key: chat.id, active: String(this.columns.active === chat.id) },
      "aria-label": unread ? `${name}, ${unread} unread` : name, on: { click: () => this.columns.open(chat.id) } },
    avatar(chat.id, name), h("span", { class: "chip-name" }, name),
    unread > 0 && h("span", { class: "unread", "aria-hidden": "true" }, String(unread)));
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
