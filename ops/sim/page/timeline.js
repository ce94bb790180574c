// The messages of one conversation, kept in step with it; new ones are read out and scrolled to.

import { messageElement, tick } from "./bubble.js";
import { h, iconButton } from "./dom.js";
import { dayKey, dayName } from "./format.js";
import { toast } from "./toasts.js";

const NEAR_END_PX = 120;
const GROUP_SECONDS = 300;
const MOST_SHOWN = 400;
const MOST_PAGES = 20;
const SHOWN_AGAIN = 300;

export class Timeline {
  constructor(conversation, context, signal) {
    this.conversation = conversation;
    this.context = context;
    this.elements = new Map();
    this.days = new Map();
    this.earlier = h("button", { type: "button", class: "button earlier", hidden: true,
      on: { click: () => this.showEarlier() } }, "Show earlier messages");
    this.list = h("div", { class: "messages", role: "log", "aria-live": "off", "aria-label": "Messages" });
    this.scroller = h("div", { class: "timeline", tabindex: "0", role: "group", "aria-label": "Chat history" }, this.earlier, this.list);
    this.jumpButton = iconButton("chevron", "To the newest message", () => this.toEnd("smooth"),
      { class: "icon-button to-end", hidden: true });
    this.element = h("div", { class: "timeline-box" }, this.scroller, this.jumpButton);
    this.stuck = true;
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.resizes = new ResizeObserver(() => this.grew());
    this.resizes.observe(this.scroller);
    signal.addEventListener("abort", () => this.resizes.disconnect());
    const on = (type, act) => conversation.addEventListener(type, ({ detail }) => act(detail), { signal });
    on("loaded", () => this.rebuild());
    on("earlier", () => this.rebuild({ toEnd: false }));
    on("sent", ({ message }) => this.put(message, true));
    on("edited", ({ message }) => this.put(message, false));
    on("deleted", ({ message_id: id }) => this.drop(id));
    on("delivered", ({ message_id: id }) => this.markDelivered(id));
  }

  rebuild({ toEnd = true } = {}) {
    this.list.setAttribute("aria-live", "off");
    this.elements.clear();
    this.days.clear();
    this.list.replaceChildren();
    for (const message of this.conversation.sorted) this.add(message);
    this.arrange();
    this.earlier.hidden = !this.conversation.hasEarlier;
    if (toEnd) this.toEnd();
    requestAnimationFrame(() => this.list.setAttribute("aria-live", "polite"));
  }

  add(message) {
    const element = messageElement(message, this.context);
    this.elements.set(message.message_id, element);
    let before = this.list.lastElementChild;
    while (before && !(Number(before.dataset.id) < message.message_id)) before = before.previousElementSibling;
    if (before) before.after(element);
    else this.list.prepend(element);
    return element;
  }

  put(message, isNew) {
    const old = this.elements.get(message.message_id);
    if (!old && !isNew) return; // an edit of a message further up
    if (old) this.replace(old, message);
    else this.add(message).classList.add("arriving");
    if (this.stuck && this.conversation.messages.size > MOST_SHOWN) this.letGo();
    this.arrange();
    if (isNew && message.from?.id === this.context.userId()) this.toEnd("smooth");
    else this.grew();
  }

  /** An edit in place; the keyboard focus stays on the button of the same place. */
  replace(old, message) {
    const focused = document.activeElement;
    const place = old.contains(focused) ? [...old.querySelectorAll("button, a, [tabindex]")].indexOf(focused) : -1;
    const element = messageElement(message, this.context);
    old.replaceWith(element);
    this.elements.set(message.message_id, element);
    if (place < 0) return;
    const candidates = element.querySelectorAll("button, a, [tabindex]");
    (candidates[place] || candidates[candidates.length - 1])?.focus({ preventScroll: true });
  }

  drop(id) {
    const element = this.elements.get(id);
    if (!element) return;
    this.elements.delete(id);
    element.classList.add("leaving");
    element.setAttribute("aria-hidden", "true");
    setTimeout(() => {
      element.remove();
      this.arrange();
    }, matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200);
  }

  /** Takes the oldest messages off the page while nobody looks at them, so that a long chat stays quick. */
  letGo() {
    for (const id of this.conversation.forgetBeyond(SHOWN_AGAIN)) {
      this.elements.get(id)?.remove();
      this.elements.delete(id);
    }
    this.earlier.hidden = false;
  }

  markDelivered(id) {
    this.elements.get(id)?.querySelector(".tick")?.replaceWith(tick(true));
  }

  /** Day lines, and which bubbles stand together as one speaker's. */
  arrange() {
    let before = null;
    const daysShown = new Set();
    for (const message of this.conversation.sorted) {
      const element = this.elements.get(message.message_id);
      if (!element) continue;
      const newDay = !before || dayKey(before.date) !== dayKey(message.date);
      if (newDay) daysShown.add(this.putDay(element, message.date));
      const joined = !newDay && before.from?.id === message.from?.id && message.date - before.date < GROUP_SECONDS
        && !this.elements.get(before.message_id)?.classList.contains("is-service");
      element.classList.toggle("joined", joined);
      before = message;
    }
    for (const [key, line] of this.days) {
      if (daysShown.has(key)) continue;
      line.remove();
      this.days.delete(key);
    }
  }

  /** The line of a day stands before its first message; one that is in place is left alone, as it is read out. */
  putDay(first, date) {
    const key = dayKey(date);
    if (!this.days.has(key)) this.days.set(key, h("p", { class: "day" }, dayName(date)));
    const line = this.days.get(key);
    if (line.nextElementSibling !== first) first.before(line);
    return key;
  }

  async showEarlier() {
    const height = this.scroller.scrollHeight;
    this.stuck = false;
    this.earlier.disabled = true;
    try {
      await this.conversation.loadEarlier();
      this.scroller.scrollTop += this.scroller.scrollHeight - height;
    } catch (error) {
      toast(error.message);
    } finally {
      this.earlier.disabled = false;
    }
  }

  scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.stuck = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    this.jumpButton.hidden = this.stuck;
  }

  grew() {
    if (this.stuck) this.toEnd();
  }

  toEnd(behavior = "instant") {
    this.stuck = true;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior });
  }

  /** Goes to a message, reading earlier ones until it is found. */
  async jumpTo(id) {
    for (let pages = 0; pages < MOST_PAGES && !this.elements.has(id) && this.conversation.hasEarlier; pages += 1) {
      await this.showEarlier();
    }
    const element = this.elements.get(id);
    if (!element) {
      toast("That message is no longer here");
      return;
    }
    element.scrollIntoView({ block: "center", behavior: "smooth" });
    element.classList.add("flash");
    setTimeout(() => element.classList.remove("flash"), 1500);
  }
}
