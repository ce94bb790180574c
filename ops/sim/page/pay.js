// Paying with Stars: the sheet that asks for confirmation, waits for the bot, and says how it ended.

import * as api from "./api.js";
import { h, icon, replaceChildren } from "./dom.js";
import { starCount, stars, star } from "./stars.js";
import { store } from "./store.js";
import { dialog, toast } from "./toasts.js";

const SETTLE_WAIT_MS = 20_000; // the stand-in ends a checkout after ten seconds
const GIFT = 10_000;
const DAY_SECONDS = 86_400;

/** Pays an invoice message. */
export const payMessage = (context, message) => openSheet(context, { message_id: message.message_id, chat_id: context.chatId });

/** Pays an invoice by its link. */
export const payLink = (context, link) => openSheet(context, { invoice_link: link });

export const isInvoiceLink = (url) => /^(?:https?:\/\/)?t\.me\/\$[\w-]+$/i.test(url);

async function openSheet(context, target) {
  try {
    await new Sheet(context, target, await readOffer(context, target)).show();
  } catch (error) {
    toast(error.message);
  }
}

const readOffer = (context, { message_id: message, invoice_link: link }) =>
  api.checkout(context.bot, context.chatId, context.userId(), { message, link });

class Sheet {
  constructor(context, target, offer) {
    this.context = context;
    this.target = target;
    this.payer = context.userId();
    this.offer = offer;
    this.isOpen = true;
    this.body = h("div", { class: "dialog-body pay" });
  }

  async show() {
    await dialog(this.offer.title, (close) => {
      this.close = close;
      this.ask();
      return this.body;
    }, { className: "sheet" });
    this.isOpen = false;
  }

  draw(mark, kind, words, ...rest) {
    replaceChildren(this.body, h("div", { class: "pay-mark", data: { kind } }, mark),
      h("div", { class: "pay-words", role: "status" }, words), rest);
  }

  /** What is bought, for how much, and from what balance. */
  ask() {
    const { description, total_amount: price, payee, stars: balance, subscription_period: period } = this.offer;
    const missing = price - balance;
    this.draw(star(), "star", [h("p", { class: "pay-price" }, stars(price), period > 0 && h("span", {}, ` every ${period / DAY_SECONDS} days`)),
      h("p", { class: "pay-about", dir: "auto" }, description)],
      h("dl", { class: "pay-facts" }, h("dt", {}, "To"), h("dd", {}, payee),
        h("dt", {}, "Your balance"), h("dd", {}, stars(balance))),
      missing > 0 ? this.gift(missing) : this.confirm());
  }

  confirm() {
    this.button = h("button", { type: "button", class: "button primary wide pay-button", autofocus: true,
      on: { click: () => this.pay() } }, h("span", { class: "label" }, "Confirm and pay ", stars(this.offer.total_amount)),
      h("span", { class: "spinner" }));
    return this.button;
  }

  gift(missing) {
    const amount = Math.ceil(missing / GIFT) * GIFT;
    return [h("p", { class: "pay-missing" }, `You need ${starCount(missing)} more. Here they cost nothing.`),
      h("button", { type: "button", class: "button primary wide", autofocus: true,
        on: { click: () => this.fill(amount) } }, "Get ", stars(amount))];
  }

  async fill(amount) {
    try {
      await api.putUser(this.payer, { stars: this.offer.stars + amount });
      await this.again();
    } catch (error) {
      toast(error.message);
    }
  }

  async again() {
    this.offer = await readOffer(this.context, this.target);
    this.ask();
    this.body.querySelector(".primary").focus();
  }

  async pay() {
    this.button.setAttribute("aria-busy", "true");
    this.button.disabled = true;
    this.button.after(h("p", { class: "pay-waiting", role: "status" }, `${this.offer.payee} checks the order…`));
    try {
      const { pre_checkout_query_id: query } = await api.pay(this.context.bot, this.payer, this.target);
      this.end(await store.answerTo(query, SETTLE_WAIT_MS));
    } catch (error) {
      this.fail(error.message);
    }
  }

  end(settled) {
    const { payee, total_amount: price, stars: balance } = this.offer;
    const nothingTaken = "No Stars were taken.";
    if (settled?.text === "paid") this.succeed(balance - price);
    else if (settled?.text === "refused") this.fail(settled.error_message, nothingTaken, `${payee} did not take the payment`);
    else if (settled?.text === "expired") this.fail(`${payee} did not answer within 10 seconds.`, nothingTaken);
    else if (settled?.text === "short") this.fail("Your Stars went elsewhere meanwhile.", nothingTaken);
    else this.fail("The stand-in did not tell how the payment ended.", "A receipt in your chat would say it went through.");
  }

  succeed(balance) {
    if (!this.isOpen) {
      toast(`Paid ${starCount(this.offer.total_amount)}`);
      return;
    }
    this.draw(icon("check"), "paid", [h("p", { class: "pay-result" }, "Paid ", stars(this.offer.total_amount)),
      h("p", { class: "pay-about" }, "The receipt is in your chat. You have ", stars(balance), " left.")],
      h("button", { type: "button", class: "button primary wide", on: { click: () => this.close() } }, "Done"));
    this.body.querySelector(".primary").focus();
  }

  fail(reason, comfort = null, title = "Not paid") {
    if (!this.isOpen) {
      toast(`${title}: ${reason}`);
      return;
    }
    this.draw(icon("close"), "failed", [h("p", { class: "pay-result" }, title),
      h("p", { class: "pay-about", dir: "auto" }, reason), comfort && h("p", { class: "pay-about" }, comfort)],
      h("div", { class: "dialog-actions" },
        h("button", { type: "button", class: "button", on: { click: () => this.close() } }, "Close"),
        h("button", { type: "button", class: "button primary", on: { click: () => this.again().catch((error) => toast(error.message)) } },
          "Try again")));
    this.body.querySelector(".primary").focus();
  }
}
