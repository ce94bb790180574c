// Reply keyboards: buttons under the input that type their own label.

import { h } from "./dom.js";
import { toast } from "./toasts.js";

const KEYBOARD_ASKS = ["request_contact", "request_location", "request_poll", "request_users", "request_chat", "web_app"];

/** The keyboard of `markup`; a press sends the label. `once` is called when a one-time keyboard was used. */
export function replyKeyboard(markup, send, once) {
  const press = (button) => {
    const ask = KEYBOARD_ASKS.find((field) => button[field]);
    if (ask) {
      toast(`The stand-in has no ${ask.replace("request_", "").replace("_", " ")} to give`);
      return;
    }
    send(button.text);
    if (markup.one_time_keyboard) once();
  };
  return h("div", { class: "reply-keyboard", role: "group", "aria-label": "Quick answers" },
    markup.keyboard.map((row) => h("div", { class: "button-row" }, row.map((label) => {
      const button = typeof label === "string" ? { text: label } : label;
      return h("button", { type: "button", class: "reply-button", data: { style: button.style || "plain" },
        on: { click: () => press(button) } }, button.text);
    }))));
}
