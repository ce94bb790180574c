// The bot's command menu: opens at "/" or by the Menu button, narrows while one types.

import * as api from "./api.js";
import { h } from "./dom.js";
import { store } from "./store.js";
import { toast } from "./toasts.js";

export class CommandMenu {
  /**
   * Completes what is typed into `input`; `button` opens it too, and hides while there are no commands.
   * `pick(command, now)`: now is true when the command is to be sent, false when it is only completed.
   */
  constructor(context, input, button, pick) {
    this.context = context;
    this.input = input;
    this.button = button;
    this.pick = pick;
    this.commands = [];
    this.shown = [];
    this.at = -1;
    this.list = h("div", { class: "command-menu", id: `commands-${crypto.randomUUID()}`, role: "listbox",
      "aria-label": "Commands of the bot", hidden: true });
    input.setAttribute("aria-controls", this.list.id);
    input.setAttribute("aria-autocomplete", "list");
    button.setAttribute("aria-controls", this.list.id);
  }

  get open() {
    return !this.list.hidden;
  }

  /** Reads the commands this person sees here, by scope and language. */
  async load() {
    if (store.bot === null) return;
    try {
      const answer = await api.commands(this.context.bot, this.context.chatId, this.context.userId());
      this.commands = answer.commands;
      this.button.hidden = answer.commands.length === 0;
    } catch (error) {
      toast(error.message);
    }
  }

  /** Shows what fits the text typed so far, if that is the beginning of a command. */
  filter() {
    const match = /^\/([a-z0-9_]*)$/i.exec(this.input.value);
    if (!match) {
      this.hide();
      return;
    }
    const typed = match[1].toLowerCase();
    this.show(this.commands.filter(({ command }) => command.startsWith(typed)));
  }

  toggle() {
    if (this.open) this.hide();
    else this.show(this.commands);
    this.input.focus();
  }

  show(commands) {
    this.shown = commands;
    this.list.replaceChildren(...commands.map((command, index) => h("div", {
      class: "command", role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false",
      on: { pointerdown: (event) => event.preventDefault(), click: () => this.pick(`/${command.command}`, true) },
    }, h("span", { class: "command-name" }, `/${command.command}`),
    h("span", { class: "command-words" }, command.description))));
    this.list.hidden = commands.length === 0;
    this.button.setAttribute("aria-expanded", String(this.open));
    this.mark(this.open && this.input.value.length > 1 ? 0 : -1);
  }

  hide() {
    this.list.hidden = true;
    this.mark(-1);
    this.button.setAttribute("aria-expanded", "false");
  }

  mark(index) {
    this.at = index;
    [...this.list.children].forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
    if (index < 0) this.input.removeAttribute("aria-activedescendant");
    else {
      this.input.setAttribute("aria-activedescendant", `${this.list.id}-${index}`);
      this.list.children[index].scrollIntoView({ block: "nearest" });
    }
  }

  /** Handles a key of the input while the menu is open; true when it was the menu's. */
  key(event) {
    if (!this.open) return false;
    const count = this.shown.length;
    if (event.key === "ArrowDown") this.mark((this.at + 1) % count);
    else if (event.key === "ArrowUp") this.mark((this.at + count - (this.at < 0 ? 0 : 1)) % count);
    else if (event.key === "Escape") this.hide();
    else if (event.key === "Tab" && !event.shiftKey) this.pick(`/${this.shown[Math.max(0, this.at)].command} `, false);
    else if (event.key === "Enter" && this.at >= 0) this.pick(`/${this.shown[this.at].command}`, true);
    else return false;
    event.preventDefault();
    return true;
  }
}
