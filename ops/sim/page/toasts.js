// Short notices: toasts for the whole page, dialogs for alerts.

import { h, iconButton } from "./dom.js";

const TOAST_MS = 4500;

/** A line at the foot of the page (or of `where`) that goes away by itself and is read out. */
export function toast(text, where = document.getElementById("toasts")) {
  const note = h("div", { class: "toast" }, text);
  where.append(note);
  if (where.popover) raise(where);
  setTimeout(() => note.classList.add("leaving"), TOAST_MS);
  setTimeout(() => note.remove(), TOAST_MS + 300);
  return note;
}

/** Puts the toasts above a dialog that was opened after them. */
function raise(toasts) {
  if (toasts.matches(":popover-open")) toasts.hidePopover();
  toasts.showPopover();
}

/** A modal dialog with a title and its own close button; resolves with what `close(value)` is given. */
export function dialog(title, build, { className = "" } = {}) {
  return new Promise((resolve) => {
    const heading = h("h2", { id: `dialog-${crypto.randomUUID()}` }, title);
    const box = h("dialog", { class: `dialog ${className}`, "aria-labelledby": heading.id });
    let result;
    const close = (value) => {
      result = value;
      box.close();
    };
    const head = h("div", { class: "dialog-head" }, heading, iconButton("close", "Close", () => close()));
    box.append(head, build(close, box));
    box.addEventListener("close", () => {
      box.remove();
      resolve(result);
    });
    box.addEventListener("click", (event) => event.target === box && close());
    document.body.append(box);
    box.showModal();
  });
}

/** What a bot says with show_alert. */
export function alertBox(from, text) {
  return dialog(from, (close) => h("div", { class: "dialog-body" },
    h("p", { class: "alert-text" }, text),
    h("div", { class: "dialog-actions" },
      h("button", { type: "button", class: "button primary", autofocus: true, on: { click: () => close() } }, "OK"))),
  { className: "alert" });
}

export function confirmBox(title, text, action) {
  return dialog(title, (close) => h("div", { class: "dialog-body" },
    h("p", {}, text),
    h("div", { class: "dialog-actions" },
      h("button", { type: "button", class: "button", on: { click: () => close(false) } }, "Cancel"),
      h("button", { type: "button", class: "button danger", autofocus: true, on: { click: () => close(true) } },
        action))));
}

/** Copies and says so; where the clipboard is closed to the page, says that instead. */
export async function copy(text, what = "Copied") {
  try {
    await navigator.clipboard.writeText(text);
    toast(what);
  } catch {
    toast("The browser did not let the page copy");
  }
}
