// What payments leave in a chat: the invoice, the receipt, and the line of a refund.

import { h, iconButton } from "./dom.js";
import { exactTime } from "./format.js";
import { star, stars } from "./stars.js";
import { copy } from "./toasts.js";

/** The body of an invoice message; its Pay button is the first of its keyboard. */
export function invoicePart({ invoice }) {
  if (!invoice) return null;
  return h("div", { class: "invoice" }, h("strong", { class: "invoice-title", dir: "auto" }, invoice.title),
    h("p", { class: "invoice-words", dir: "auto" }, invoice.description),
    h("p", { class: "invoice-price" }, stars(invoice.total_amount)));
}

function card(words, payment, className, ...more) {
  const id = payment.telegram_payment_charge_id;
  return h("div", { class: `receipt ${className}` }, h("span", { class: "receipt-mark" }, star()),
    h("div", { class: "receipt-words" }, h("p", {}, words), more,
      h("p", { class: "receipt-id", title: id }, "Receipt ", h("code", {}, `${id.slice(0, 9)}…${id.slice(-4)}`))),
    iconButton("copy", "Copy the receipt number", () => copy(id, "Receipt number copied")));
}

export function paidCard({ successful_payment: payment }) {
  const until = payment.subscription_expiration_date;
  return card([payment.is_recurring && !payment.is_first_recurring ? "You paid again: " : "You paid ",
    stars(payment.total_amount)], payment, "paid", until && h("p", {}, `Renews by itself on ${exactTime(until)}`));
}

export function returnedCard({ from, refunded_payment: payment }) {
  return card([`${from.first_name} gave back `, stars(payment.total_amount)], payment, "returned");
}
