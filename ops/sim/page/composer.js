// The foot of a chat: the input with its command menu, reply and edit, files, reply keyboard, and START.

import { askFile, watchFiles } from "./attach.js";
import { CommandMenu } from "./command_menu.js";
import { h, icon, iconButton, replaceChildren } from "./dom.js";
import { fullName, summary } from "./format.js";
import { replyKeyboard } from "./reply_keyboard.js";
import { toast } from "./toasts.js";

const TEXT_LENGTH = 4096;
const TALLEST_INPUT = 160;

export class Composer {
  /** `send(fields)` posts a message of this person and rejects when the stand-in refuses it. */
  constructor(context, column, send) {
    this.context = context;
    this.post = send;
    this.replyTo = null;
    this.forced = null; // the message a bot wants answered
    this.editing = null;
    this.startPayload = null;
    this.keyboardHidden = false;
    this.input = h("textarea", { rows: "1", maxlength: TEXT_LENGTH, placeholder: "Message", "aria-label": "Message",
      autocomplete: "off", enterkeyhint: "send" });
    this.menuButton = iconButton("menu", "Commands of the bot", () => this.menu.toggle(), { hidden: true });
    this.menuButton.addEventListener("pointerdown", (event) => event.preventDefault()); // the caret stays where it is
    this.menu = new CommandMenu(context, this.input, this.menuButton, (text, now) => this.pickCommand(text, now));
    this.build(column);
    this.listen();
  }

  build(column) {
    const picker = h("input", { type: "file", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" });
    picker.addEventListener("change", () => {
      if (picker.files[0]) this.sendFile(picker.files[0]);
      picker.value = "";
    });
    this.keyboardButton = iconButton("keyboard", "Show or hide the quick answers", () => this.toggleKeyboard(),
      { hidden: true });
    this.sendButton = h("button", { type: "submit", class: "send-button", "aria-label": "Send", title: "Send", disabled: true },
      icon("send"));
    this.about = h("div", { class: "about", hidden: true });
    this.keyboard = h("div", {});
    this.form = h("form", { class: "composer-row" }, this.menuButton,
      h("div", { class: "input-box" }, this.input, this.keyboardButton,
        iconButton("attach", "Send a photo or a file", () => picker.click()), picker),
      this.sendButton);
    this.startButton = h("button", { type: "button", class: "button primary start", hidden: true,
      on: { click: () => this.start() } }, "START");
    this.element = h("div", { class: "composer" }, this.menu.list, this.about, this.form, this.startButton, this.keyboard);
    watchFiles(column, this.input, (file) => this.sendFile(file));
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("blur", () => this.menu.hide());
    this.input.addEventListener("keydown", (event) => {
      if (event.isComposing || this.menu.key(event)) return;
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        this.submit();
      } else if (event.key === "Escape" && !this.about.hidden) this.leaveAbout();
      else if (event.key === "ArrowUp" && !this.input.value) this.context.editLast();
    });
  }

  changed() {
    this.menu.filter();
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, TALLEST_INPUT)}px`;
    this.sendButton.disabled = !this.input.value.trim();
  }

  setText(text) {
    this.input.value = text;
    this.changed();
  }

  /** Puts `text` into the input for the person to look at and send. */
  type(text) {
    this.setText(text);
    this.menu.hide();
    this.input.focus();
  }

  pickCommand(text, now) {
    if (now) {
      this.setText("");
      this.menu.hide();
      this.sendText(text);
    } else this.type(text);
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    this.menu.hide();
    this.setText("");
    if (!await this.sendText(text)) this.setText(text);
  }

  /** Sends text as it is; false when it was refused, which is said on the page. */
  sendText(text) {
    const fields = { text };
    if (this.editing) fields.edit = this.editing.message_id;
    return this.deliver(fields);
  }

  async sendFile(file) {
    const fields = await askFile(file).catch((error) => toast(error.message) && undefined);
    if (fields) await this.deliver(fields);
  }

  async deliver(fields) {
    const { replyTo, editing } = this;
    if (replyTo) fields.reply_to = replyTo.message_id;
    if (replyTo && replyTo === this.forced) this.placeholder = null;
    this.leaveAbout(); // at once: the bot's answer may ask for a reply of its own before this one is confirmed
    try {
      await this.post(fields);
      return true;
    } catch (error) {
      toast(error.message);
      if (editing) this.edit(editing);
      else if (replyTo) this.reply(replyTo);
      return false;
    }
  }

  reply(message) {
    this.leaveAbout();
    this.replyTo = message;
    this.showAbout("reply", `Reply to ${fullName(message.from)}`, summary(message));
  }

  edit(message) {
    this.editing = message;
    this.replyTo = null;
    this.showAbout("edit", "Edit message", summary(message));
    this.setText(message.text ?? message.caption ?? "");
  }

  showAbout(kind, title, words) {
    replaceChildren(this.about, icon(kind),
      h("div", { class: "about-words" }, h("strong", {}, title), h("span", {}, words)),
      iconButton("close", "Cancel", () => this.leaveAbout()));
    this.about.hidden = false;
    this.input.focus();
  }

  leaveAbout() {
    if (this.editing) this.setText("");
    this.editing = null;
    this.replyTo = null;
    this.about.hidden = true;
    this.input.placeholder = this.placeholder || "Message";
  }

  /** What a bot asked to be shown instead of the letters: {message_id, markup} or null. */
  showMarkup(asked, messageOf) {
    const markup = asked?.markup;
    this.markup = markup?.keyboard ? markup : null;
    this.forced = markup?.force_reply ? messageOf(asked.message_id) : null;
    this.placeholder = this.markup || this.forced ? markup.input_field_placeholder : null;
    this.input.placeholder = this.placeholder || "Message";
    this.keyboardHidden = false;
    this.drawKeyboard();
    if (this.forced) this.reply(this.forced);
  }

  toggleKeyboard() {
    this.keyboardHidden = !this.keyboardHidden;
    this.drawKeyboard();
  }

  drawKeyboard() {
    this.keyboardButton.hidden = !this.markup;
    const hide = () => {
      this.keyboardHidden = true;
      this.drawKeyboard();
    };
    if (this.markup && !this.keyboardHidden) {
      replaceChildren(this.keyboard, replyKeyboard(this.markup, (text) => this.sendText(text), hide));
    } else this.keyboard.replaceChildren();
    this.context.grew();
  }

  /** START stands in place of the input in an empty chat, and when a link with a payload was opened. */
  showStart(shown, payload = this.startPayload) {
    this.startPayload = payload;
    this.startButton.hidden = !shown;
    this.form.hidden = shown;
  }

  async start() {
    const payload = this.startPayload;
    this.showStart(false, null);
    if (!await this.sendText(payload ? `/start ${payload}` : "/start")) this.showStart(true, payload);
  }
}
