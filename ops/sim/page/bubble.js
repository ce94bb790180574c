// One message. What it may hold is the list PARTS: each part is a function (message, context) -> node or null.

import { h, icon, iconButton } from "./dom.js";
import { renderText } from "./entities.js";
import { OTHER_KINDS, authorName, exactTime, fullName, summary, timeOfDay } from "./format.js";
import { inlineKeyboard } from "./inline_keyboard.js";
import { invoicePart } from "./invoice.js";
import { documentPart, photoPart } from "./media.js";
import { serviceLine } from "./service.js";

const PARTS = [authorPart, forwardPart, replyPart, photoPart, documentPart, otherPart, invoicePart, textPart];

/** The element of a message as it stands now; build it anew after an edit. */
export function messageElement(message, context) {
  const line = serviceLine(message);
  const own = message.from?.id === context.userId();
  const element = h("article", {
    class: `message ${line ? "is-service" : own ? "own" : "theirs"}`,
    "aria-label": line ? null : `${authorName(message)}, ${timeOfDay(message.date)}`,
    data: { id: message.message_id, from: message.from?.id ?? message.chat.id },
  });
  if (line) {
    element.append(line);
    return element;
  }
  const parts = PARTS.map((part) => part(message, context)).filter(Boolean);
  const last = parts.at(-1);
  const mark = meta(message, own, context);
  if (last?.classList.contains("text")) last.append(mark); // the time stands on the last line when it fits there
  else parts.push(mark);
  const body = h("div", { class: "bubble" }, parts,
    iconButton("more", "Message menu", (event) => context.openMenu(message, event.currentTarget),
      { class: "icon-button more", "aria-haspopup": "menu" }));
  body.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a") || !getSelection().isCollapsed) return;
    event.preventDefault();
    context.openMenu(message, body, event);
  });
  element.append(body);
  const keyboard = inlineKeyboard(message, context);
  if (keyboard) element.append(keyboard);
  return element;
}

function authorPart(message, context) {
  if (!context.isGroup || message.from?.id === context.userId()) return null;
  return h("div", { class: "author", data: { hue: Math.abs(message.sender_chat?.id ?? message.from?.id ?? 0) % 7 } },
    authorName(message));
}

function forwardPart(message) {
  const origin = message.forward_origin;
  if (!origin) return null;
  const from = origin.sender_user ? fullName(origin.sender_user)
    : origin.sender_user_name || (origin.chat || origin.sender_chat)?.title || "someone";
  return h("div", { class: "forwarded" }, icon("forward"), `Forwarded from ${from}`);
}

function replyPart(message, context) {
  const original = message.reply_to_message;
  if (!original) return null;
  return h("button", { type: "button", class: "quoted", on: { click: () => context.jumpTo(original.message_id) } },
    h("span", { class: "quoted-author" }, authorName(original)),
    h("span", { class: "quoted-words" }, message.quote?.text ?? summary(original)));
}

function otherPart(message) {
  const kind = Object.keys(OTHER_KINDS).find((field) => message[field]);
  return kind ? h("div", { class: "other" }, OTHER_KINDS[kind](message[kind])) : null;
}

function textPart(message, context) {
  const text = message.text ?? message.caption;
  if (!text) return null;
  return h("div", { class: "text", dir: "auto" },
    renderText(text, message.entities ?? message.caption_entities, context));
}

function meta(message, own, context) {
  const mark = h("span", { class: "meta" });
  if (message.edit_date) mark.append(h("span", { class: "edited", title: `Edited ${exactTime(message.edit_date)}` }, "edited"));
  mark.append(h("time", { datetime: new Date(message.date * 1000).toISOString(), title: exactTime(message.date) },
    timeOfDay(message.date)));
  if (own && !context.isGroup) mark.append(tick(context.conversation.delivered.has(message.message_id)));
  return mark;
}

export function tick(delivered) {
  const words = delivered ? "Delivered: the bot has taken it" : "Sent: the bot has not taken it yet";
  return h("span", { class: "tick", role: "img", "aria-label": words, title: words, data: { delivered: String(delivered) } },
    icon(delivered ? "checks" : "check"));
}
