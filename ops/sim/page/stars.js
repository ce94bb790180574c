// Amounts of Telegram Stars, with the golden star in front of them.

import { h, icon } from "./dom.js";

const amounts = new Intl.NumberFormat();
const STAR = /⭐\uFE0F?|XTR/gu; // what Telegram replaces by its icon in the label of a Pay button

/** The star itself; the words beside it say what it stands for. */
export function star() {
  const drawn = icon("star");
  drawn.classList.add("star");
  return drawn;
}

export const starCount = (amount) => `${amounts.format(amount)} ${Math.abs(amount) === 1 ? "Star" : "Stars"}`;

/** An amount as it is shown: the star and the number; read out as “1,200 Stars”. */
export function stars(amount) {
  return h("span", { class: "stars" }, star(), h("span", { "aria-hidden": "true" }, amounts.format(amount)),
    h("span", { class: "visually-hidden" }, starCount(amount)));
}

/** The label of a Pay button with its stars drawn. */
export function starLabel(text) {
  const words = text.split(STAR);
  return words.flatMap((part, index) => (index === 0 ? [part] : [star(), part])).filter(Boolean);
}
