// A small menu beside a button or under the pointer: arrow keys walk it, Escape closes it.

import { h, icon } from "./dom.js";

let closeOpen = () => {};

/** Opens a menu of `items` ({label, icon, danger?, act}); focus returns to `anchor` when it closes. */
export function openMenu(anchor, items, pointer) {
  closeOpen();
  const back = document.activeElement;
  const buttons = items.map((item) => h("button", { type: "button", role: "menuitem", tabindex: "-1",
    class: item.danger ? "menu-item danger" : "menu-item",
    on: { click: () => { close(); item.act(); } } }, icon(item.icon), item.label));
  const box = h("div", { class: "menu", role: "menu" }, buttons);
  const leave = new AbortController();

  const close = () => {
    leave.abort();
    box.remove();
    closeOpen = () => {};
    if (back?.isConnected) back.focus({ preventScroll: true });
  };
  const step = (by) => {
    const now = buttons.indexOf(document.activeElement);
    buttons[(now + by + buttons.length) % buttons.length].focus();
  };
  const keys = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Home: () => buttons[0].focus(),
    End: () => buttons.at(-1).focus(), Escape: close, Tab: close };
  box.addEventListener("keydown", (event) => {
    if (!keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  const { signal } = leave;
  document.addEventListener("pointerdown", (event) => box.contains(event.target) || close(), { signal, capture: true });
  addEventListener("resize", close, { signal });
  for (const type of ["wheel", "touchmove"]) document.addEventListener(type, close, { signal, passive: true });

  document.body.append(box);
  place(box, anchor.getBoundingClientRect(), pointer);
  buttons[0].focus({ preventScroll: true });
  closeOpen = close;
}

function place(box, anchor, pointer) {
  const { width, height } = box.getBoundingClientRect();
  const at = pointer?.clientX ? { left: pointer.clientX, top: pointer.clientY, bottom: pointer.clientY } : anchor;
  const fitsBelow = at.bottom + 4 + height < innerHeight - 8;
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, fitsBelow ? at.bottom + 4 : at.top - height - 4)}px`;
}
