// Text with Telegram's message entities, as elements. Offsets count UTF-16 units, as JavaScript strings do.

import { h, icon } from "./dom.js";
import { copy } from "./toasts.js";

const SAFE_LINK = /^(https?|tg|mailto|tel):/i;
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

/**
 * The nodes of `text`. `actions` says what a tap does: command(text), openLink(url) -> true if handled.
 * Entities nest; one that crosses its neighbour's end is cut there.
 */
export function renderText(text, entities = [], actions = {}) {
  const sorted = [...entities].sort((one, other) => one.offset - other.offset || other.length - one.length);
  return renderRange(text, sorted, 0, text.length, actions);
}

function renderRange(text, entities, start, end, actions) {
  const nodes = [];
  let at = start;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const from = Math.max(entity.offset, at);
    const to = Math.min(entity.offset + entity.length, end);
    index += 1;
    if (to <= from) continue;
    if (from > at) nodes.push(text.slice(at, from));
    const inner = [];
    while (index < entities.length && entities[index].offset < to) inner.push(entities[index++]);
    const children = renderRange(text, inner, from, to, actions);
    nodes.push(element(entity, text.slice(from, to), children, actions));
    at = to;
    if (BLOCKS.has(entity.type) && text[at] === "\n") at += 1; // the block ends its line by itself
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function element(entity, plain, children, actions) {
  const build = BUILDERS[entity.type];
  return build ? build(children, plain, entity, actions) : h("span", {}, children);
}

const wrap = (tag) => (children) => h(tag, {}, children);

function link(children, url, actions) {
  if (!SAFE_LINK.test(url)) return h("span", {}, children);
  const anchor = h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children);
  anchor.addEventListener("click", (event) => {
    if (actions.openLink?.(url)) event.preventDefault();
  });
  return anchor;
}

function spoiler(children) {
  const cover = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": "Hidden text, press to show" },
    h("span", { "aria-hidden": "true" }, children));
  const reveal = (event) => {
    if (event.type === "keydown" && event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    cover.classList.add("shown");
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
    cover.firstChild.removeAttribute("aria-hidden");
    cover.removeEventListener("click", reveal);
    cover.removeEventListener("keydown", reveal);
  };
  cover.addEventListener("click", reveal);
  cover.addEventListener("keydown", reveal);
  return cover;
}

/** A tap copies, unless it ends a selection of text. */
function copyOnTap(box, plain) {
  box.classList.add("copyable");
  box.title = "Tap to copy";
  box.addEventListener("click", () => getSelection().isCollapsed && copy(plain));
  return box;
}

/** A block is a button to the keyboard too; a word of code is not, as a message may hold dozens. */
function pre(children, plain, entity) {
  const box = h("pre", { tabindex: "0", role: "button", "aria-label": `Code block, press to copy: ${plain}` },
    entity.language && h("span", { class: "language" }, entity.language), h("code", {}, children));
  box.addEventListener("keydown", (event) => event.key === "Enter" && copy(plain));
  return copyOnTap(box, plain);
}

function expandable(children) {
  const quote = h("blockquote", { class: "expandable collapsed" });
  const words = h("div", { class: "quote-words" }, children);
  const toggle = h("button", { type: "button", class: "quote-toggle", "aria-expanded": "false" },
    h("span", {}, "Show more"), icon("chevron"));
  toggle.addEventListener("click", () => {
    const collapsed = quote.classList.toggle("collapsed");
    toggle.setAttribute("aria-expanded", String(!collapsed));
    toggle.firstChild.textContent = collapsed ? "Show more" : "Show less";
  });
  quote.append(words, toggle);
  new ResizeObserver((_, observer) => {
    if (!quote.isConnected) return observer.disconnect();
    if (quote.classList.contains("collapsed")) toggle.hidden = words.scrollHeight <= words.clientHeight + 1;
  }).observe(words);
  return quote;
}

function command(children, plain, _, actions) {
  return h("button", { type: "button", class: "as-link", on: { click: () => actions.command?.(plain) } }, children);
}

const BUILDERS = {
  bold: wrap("strong"),
  italic: wrap("em"),
  underline: wrap("u"),
  strikethrough: wrap("s"),
  blockquote: wrap("blockquote"),
  expandable_blockquote: expandable,
  spoiler,
  code: (children, plain) => copyOnTap(h("code", {}, children), plain),
  pre,
  text_link: (children, _, entity, actions) => link(children, entity.url || "", actions),
  url: (children, plain, _, actions) => link(children, /^[a-z]+:/i.test(plain) ? plain : `https://${plain}`, actions),
  email: (children, plain) => link(children, `mailto:${plain}`, {}),
  phone_number: (children, plain) => link(children, `tel:${plain.replace(/[^+\d]/g, "")}`, {}),
  bot_command: command,
};
