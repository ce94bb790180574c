// The panel beside the chat: a Bybit demo key, by a public key or by key and secret, half a minute without Bybit, and where to look at the bot's numbers.

import * as api from "./api.js";
import { h, icon, iconButton, replaceChildren } from "./dom.js";
import { store } from "./store.js";
import { copy, toast } from "./toasts.js";

const LINKS = [
  ["http://127.0.0.1:8765/api/stats/cache", "Cache statistics", "hit rates of the ten regions"],
  ["http://127.0.0.1:8765/metrics", "Metrics", "what Prometheus scrapes"],
];
const STOPPED_MS = 30_000;

export class Panel {
  /** `columns` says which chat [Send it] goes to; `onSent` is called after it went. */
  constructor(element, columns, onSent) {
    this.columns = columns;
    this.onSent = onSent;
    this.keyButton = h("button", { type: "button", class: "button primary wide", on: { click: () => this.giveKey() } },
      icon("key"), "Give me a Bybit demo key");
    this.key = h("div", { class: "key", "aria-live": "polite" });
    this.publicKey = h("textarea", { rows: 3, spellcheck: false, placeholder: "-----BEGIN PUBLIC KEY----- …",
      "aria-label": "The bot’s public key" });
    this.pairButton = h("button", { type: "button", class: "button wide", on: { click: () => this.giveKeyForPublic() } },
      icon("key"), "Register the public key");
    this.pair = h("div", { class: "key", "aria-live": "polite" });
    this.stopButton = h("button", { type: "button", class: "button wide", on: { click: () => this.stop() } },
      icon("pause"), "Stop Bybit for 30 s");
    this.outage = h("div", { class: "outage", hidden: true });
    this.none = h("p", { class: "none", hidden: true }, "This stand-in runs without a Bybit beside it, so both buttons rest.");
    replaceChildren(element,
      h("section", {}, h("h2", {}, "Connect an account"),
        h("p", {}, "A demo account with 25,000 USDT, two open positions, a waiting order and ten trades."),
        h("p", {}, "The recommended way: /keys in the chat, a site, Bybit Demo; then paste here the public key that the bot shows."),
        this.publicKey, this.pairButton, this.pair,
        h("p", {}, "Or with a key and a secret:"),
        this.keyButton, this.key, this.none),
      h("section", {}, h("h2", {}, "Pull the plug"),
        h("p", {}, "Every request to Bybit fails for half a minute. Ask for your balance meanwhile and see what the bot says."),
        this.stopButton, this.outage),
      h("section", {}, h("h2", {}, "Look inside"),
        h("ul", { class: "links" }, LINKS.map(([url, name, words]) => h("li", {},
          h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, name, icon("link")), h("span", {}, words))))),
      h("p", { class: "about-page" }, "Telegram and Bybit are stand-ins on this machine: no account, no money and no network behind "
        + "them. Each column is one person’s Telegram; open several to see them side by side."));
    store.on("bybit", () => this.drawBybit());
    columns.on("changed", () => this.nameReceiver());
    this.drawBybit();
  }

  /** The chat [Send it] types into: the active private chat, else any open one. */
  receiver() {
    const open = [this.columns.activeColumn, ...this.columns.columns.values()];
    return open.find((column) => column && !column.isGroup);
  }

  nameReceiver() {
    if (!this.sendButton) return;
    const receiver = this.receiver();
    const person = receiver && store.users.get(receiver.chatId);
    this.sendButton.disabled = !person;
    this.sendButton.lastChild.textContent = person ? `Send it as ${person.first_name}` : "Open a private chat first";
  }

  async giveKey() {
    this.keyButton.disabled = true;
    try {
      this.drawKey(await api.demoKey());
    } catch (error) {
      toast(error.message);
    } finally {
      this.drawBybit();
    }
  }

  /** What Bybit’s own page does with a public key: answers with the key’s id, which the bot waits for. */
  async giveKeyForPublic() {
    this.pairButton.disabled = true;
    try {
      const { api_key: key } = await api.demoKey(this.publicKey.value);
      this.drawRows(this.pair, [["API key", key]], key);
    } catch (error) {
      toast(error.message);
    } finally {
      this.drawBybit();
    }
  }

  drawKey({ api_key: key, api_secret: secret }) {
    const line = `/keys add demo ${key} ${secret}`;
    this.drawRows(this.key, [["Key", key], ["Secret", secret], ["Command", line]], line);
  }

  /** Values to copy, and a button that sends `line` into the chat. */
  drawRows(element, rows, line) {
    const row = (name, value) => h("div", { class: "key-row" }, h("span", { class: "key-name" }, name),
      h("code", {}, value), iconButton("copy", `Copy the ${name.toLowerCase()}`, () => copy(value, `${name} copied`)));
    this.sendButton = h("button", { type: "button", class: "button primary wide", on: { click: () => this.send(line) } },
      icon("send"), "Send it");
    replaceChildren(this.key);
    replaceChildren(this.pair);
    replaceChildren(element, ...rows.map(([name, value]) => row(name, value)), this.sendButton);
    this.nameReceiver();
  }

  async send(line) {
    const receiver = this.receiver();
    if (!receiver || !await receiver.composer.sendText(line)) return;
    this.columns.open(receiver.chatId);
    this.onSent();
  }

  async stop() {
    this.stopButton.disabled = true;
    try {
      store.bybit = await api.stopBybit();
    } catch (error) {
      toast(error.message);
    } finally {
      this.drawBybit();
    }
  }

  drawBybit() {
    const { available, stopped_ms: left } = store.bybit;
    clearInterval(this.counting);
    this.none.hidden = available;
    this.keyButton.disabled = !available;
    this.pairButton.disabled = !available;
    this.stopButton.disabled = !available || left > 0;
    this.outage.hidden = !(left > 0);
    if (left > 0) this.count(performance.now() + left);
  }

  count(end) {
    const words = h("p", { role: "timer" });
    const bar = h("progress", { max: STOPPED_MS, "aria-label": "Time until Bybit is back" });
    replaceChildren(this.outage, words, bar);
    const draw = () => {
      const left = end - performance.now();
      if (left <= 0) {
        store.bybit = { ...store.bybit, stopped_ms: 0 };
        this.drawBybit();
        return;
      }
      words.textContent = `Bybit is stopped, back in ${Math.ceil(left / 1000)} s`;
      bar.value = left;
    };
    draw();
    this.counting = setInterval(draw, 250);
  }
}
