// Inline keyboards: one entry in KINDS per kind of button.

import * as api from "./api.js";
import { h, icon } from "./dom.js";
import { payMessage } from "./pay.js";
import { starLabel } from "./stars.js";
import { store } from "./store.js";
import { alertBox, copy, toast } from "./toasts.js";

const ANSWER_WAIT_MS = 30_000;

/** The rows of buttons under a message, or null. */
export function inlineKeyboard(message, context) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows?.length) return null;
  return h("div", { class: "inline-keyboard", role: "group", "aria-label": "Buttons of the message" },
    rows.map((row) => h("div", { class: "button-row" }, row.map((button) => one(button, message, context)))));
}

function one(button, message, context) {
  const kind = KINDS.find(({ field }) => button[field] !== undefined) || UNKNOWN;
  const element = h("button", { type: "button", class: "inline-button", data: { style: button.style || "plain" } },
    h("span", { class: "label" }, kind.label ? kind.label(button.text) : button.text), kind.icon && icon(kind.icon), h("span", { class: "spinner" }));
  if (kind.label) element.setAttribute("aria-label", button.text);
  element.addEventListener("click", () => kind.act({ button, element, message, context }));
  return element;
}

async function pressCallback({ button, element, message, context }) {
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  try {
    const { callback_query_id: query } = await api.press(context.bot, context.userId(), {
      message_id: message.message_id, chat_id: context.chatId, callback_data: button.callback_data,
    });
    const answer = await store.answerTo(query, ANSWER_WAIT_MS);
    if (!answer) toast("The bot did not answer this button within 30 seconds");
    else if (answer.url) context.openLink(answer.url) || window.open(answer.url, "_blank", "noopener");
    else if (answer.text && answer.show_alert) alertBox(context.botName(), answer.text);
    else if (answer.text) context.toast(answer.text);
  } catch (error) {
    toast(error.message);
  } finally {
    element.removeAttribute("aria-busy");
  }
}

function openUrl({ button, context }) {
  const url = button.url ?? button.web_app?.url ?? button.login_url?.url;
  if (context.openLink(url)) return;
  if (/^https?:/i.test(url)) window.open(url, "_blank", "noopener");
  else toast(`This link opens only in Telegram: ${url}`);
}

const inlineQuery = (field) => ({ button, context }) => context.type(`@${context.botUsername()} ${button[field]}`);

const KINDS = [
  { field: "callback_data", act: pressCallback },
  { field: "pay", label: starLabel, act: ({ message, context }) => payMessage(context, message) },
  { field: "url", icon: "link", act: openUrl },
  { field: "copy_text", icon: "copy", act: ({ button }) => copy(button.copy_text.text) },
  { field: "web_app", icon: "link", act: openUrl },
  { field: "login_url", icon: "link", act: openUrl },
  { field: "switch_inline_query_current_chat", act: inlineQuery("switch_inline_query_current_chat") },
  { field: "switch_inline_query", act: inlineQuery("switch_inline_query") },
];

const UNKNOWN = { act: ({ button }) => toast(`The stand-in does not know what “${button.text}” does`) };
