// Which chats stand side by side. On a narrow screen only the active one shows.

import { Column } from "./column.js";
import { h, icon, replaceChildren } from "./dom.js";
import { askPerson } from "./people_dialogs.js";
import { store } from "./store.js";

const REMEMBERED = "perpdesk.open";

export class Columns extends EventTarget {
  constructor(element) {
    super();
    this.element = element;
    this.columns = new Map();
    this.active = null;
    this.bot = store.bot;
    element.addEventListener("focusin", (event) => this.focused(event.target));
    element.addEventListener("pointerdown", (event) => this.focused(event.target));
    store.on("people", () => this.peopleChanged());
    store.on("unread", () => this.readShown());
    document.addEventListener("visibilitychange", () => this.readShown());
    this.drawNobody();
  }

  on(type, act) {
    this.addEventListener(type, act);
  }

  changed() {
    localStorage.setItem(REMEMBERED, JSON.stringify([...this.columns.keys()]));
    this.drawNobody();
    this.dispatchEvent(new Event("changed"));
  }

  static remembered() {
    try {
      const ids = JSON.parse(localStorage.getItem(REMEMBERED) ?? "[]");
      return Array.isArray(ids) ? ids.filter((id) => store.chat(id)) : [];
    } catch {
      return [];
    }
  }

  isOpen(id) {
    return this.columns.has(id);
  }

  get activeColumn() {
    return this.columns.get(this.active);
  }

  /** Opens a chat beside the others, or goes to it; `focus` puts the caret into its input. */
  open(id, { focus = true } = {}) {
    if (!this.columns.has(id)) {
      const column = new Column(id, { onClose: () => this.close(id) });
      this.columns.set(id, column);
      this.element.append(column.element);
    }
    this.activate(id);
    const column = this.columns.get(id);
    column.element.scrollIntoView({ inline: "nearest", block: "nearest" });
    if (focus && !matchMedia("(pointer: coarse)").matches) column.focus();
    return column;
  }

  close(id) {
    this.columns.get(id)?.close();
    this.columns.delete(id);
    if (this.active === id) this.activate([...this.columns.keys()].at(-1) ?? null);
    else this.changed();
  }

  activate(id) {
    this.active = id;
    for (const [other, column] of this.columns) column.element.classList.toggle("active", other === id);
    this.element.dataset.count = this.columns.size;
    this.readShown();
    this.changed();
  }

  focused(target) {
    const id = Number(target.closest?.(".column")?.dataset.chat);
    if (id && id !== this.active && this.columns.has(id)) this.activate(id);
  }

  /** Messages that one sees are read. */
  readShown() {
    if (document.hidden) return;
    for (const [id, column] of this.columns) if (column.element.offsetParent) store.markRead(id);
  }

  /** Another bot, or the first one to come: the same chats with it. */
  peopleChanged() {
    if (this.bot !== store.bot) {
      this.bot = store.bot;
      const { active } = this;
      const ids = [...this.columns.keys()];
      for (const id of ids) this.columns.get(id).close();
      this.columns.clear();
      for (const id of ids) this.open(id, { focus: false });
      this.activate(active);
    }
    this.drawNobody();
  }

  drawNobody() {
    this.nobody?.remove();
    this.nobody = null;
    if (this.columns.size) return;
    this.nobody = h("div", { class: "nobody" });
    const words = store.users.size
      ? [h("h2", {}, "No chat is open"), h("p", {}, "Choose a person or a group above.")]
      : [h("h2", {}, "Nobody is here yet"), h("p", {}, "Add the first person and chat with the bot."),
        h("button", { type: "button", class: "button primary", on: { click: () => this.addFirst() } }, icon("plus"), "Add a person")];
    replaceChildren(this.nobody, words);
    this.element.append(this.nobody);
  }

  async addFirst() {
    const id = await askPerson();
    if (id === undefined) return;
    await store.refresh();
    this.open(id);
  }
}
