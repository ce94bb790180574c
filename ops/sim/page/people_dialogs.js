// Dialogs about people and groups: a new person, a group and its members, everybody, where to forward to.

import * as api from "./api.js";
import { avatar, h } from "./dom.js";
import { chatName, fullName } from "./format.js";
import { store } from "./store.js";
import { dialog, toast } from "./toasts.js";

const FIRST_PERSON = 1001;
const FIRST_GROUP = -2001;
const NAME_LENGTH = 64;
const LANGUAGES = [["en", "English"], ["ru", "Русский (Russian)"], ["uk", "Українська (Ukrainian)"]];

/** A form in a dialog; `read` makes its result, which is saved by `save` before the dialog closes. */
function ask(title, action, fields, read, save) {
  return dialog(title, (close) => {
    const submit = h("button", { type: "submit", class: "button primary" }, action);
    return h("form", { class: "dialog-body", on: { submit: async (event) => {
      event.preventDefault();
      submit.disabled = true;
      try {
        const result = read();
        await save(result);
        close(result);
      } catch (error) {
        toast(error.message);
        submit.disabled = false;
      }
    } } }, fields, h("div", { class: "dialog-actions" }, submit));
  });
}

const field = (label, control) => h("label", { class: "field" }, h("span", {}, label), control);

/** Asks for a new person; resolves with their id, or undefined. */
export async function askPerson() {
  const name = h("input", { type: "text", required: true, maxlength: NAME_LENGTH, autofocus: true, placeholder: "Maria" });
  const language = h("select", {}, LANGUAGES.map(([code, words]) => h("option", { value: code }, words)));
  const id = Math.max(FIRST_PERSON - 1, ...store.users.keys()) + 1;
  const person = await ask("New person", "Add", [field("First name", name), field("Language of their Telegram", language)],
    () => ({ first_name: name.value.trim(), language_code: language.value }), (user) => api.putUser(id, user));
  return person && id;
}

function freeTitle() {
  const taken = new Set([...store.groups.values()].map((group) => group.title));
  let title = "Traders";
  for (let number = 2; taken.has(title); number += 1) title = `Traders ${number}`;
  return title;
}

/** Asks for a group, new or known; resolves with its id, or undefined. */
export async function askGroup(group) {
  const title = h("input", { type: "text", required: true, maxlength: 128, value: group?.title ?? freeTitle() });
  const boxes = [...store.users.values()].map((user) => [user.id, h("input", { type: "checkbox",
    checked: !group || group.members.includes(user.id) }), fullName(user)]);
  const bot = h("input", { type: "checkbox", checked: !group || group.bots.includes(store.bot) });
  const id = group?.id ?? Math.min(FIRST_GROUP + 1, ...store.groups.keys()) - 1;
  const fields = [field("Name of the group", title), h("fieldset", { class: "field" }, h("legend", {}, "Members"),
    h("div", { class: "member-list" }, boxes.map(([, box, name]) => h("label", { class: "check" }, box, name)),
      h("label", { class: "check" }, bot, "The bot")))];
  const read = () => {
    const members = boxes.filter(([, box]) => box.checked).map(([person]) => person);
    if (!members.length) throw new Error("A group needs at least one person");
    return { type: group?.type ?? "group", title: title.value.trim(), members, bot: bot.checked ? "member" : "left" };
  };
  const saved = await ask(group ? "Members of the group" : "New group", group ? "Save" : "Make the group", fields, read,
    (chat) => api.putChat(store.bot, id, chat));
  return saved && id;
}

/** A list of chats to choose one of, with a search field when it is long; resolves with its id, or undefined. */
function choose(title, chats) {
  return dialog(title, (close) => {
    const search = h("input", { type: "search", placeholder: "Search by name or id", "aria-label": "Search", autofocus: true });
    const rows = chats.map((chat) => h("button", { type: "button", class: "choice", on: { click: () => close(chat.id) } },
      avatar(chat.id, chatName(chat)), h("span", {}, chatName(chat)), h("span", { class: "choice-id" }, String(chat.id))));
    search.addEventListener("input", () => {
      const wanted = search.value.trim().toLowerCase();
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
    return h("div", { class: "dialog-body" }, chats.length > 8 && search, h("div", { class: "choices" }, rows));
  });
}

export const askEverybody = () => choose("Everybody", [...store.users.values(), ...store.groups.values()]);

/** Where this person may forward to: their private chat with the bot and their groups. */
export function askForward(person) {
  const groups = [...store.groups.values()].filter((group) => group.members.includes(person));
  return choose("Forward to", [store.users.get(person), ...groups].filter(Boolean));
}
