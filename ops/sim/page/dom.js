// Building the page from elements and text nodes: no string is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An element. `on` holds listeners, `data` the data-* attributes; false, null and undefined are left out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") {
      for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    } else if (name === "data") {
      Object.assign(element.dataset, value);
    } else if (value === true) {
      element.setAttribute(name, "");
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value);
    }
  }
  append(element, children);
  return element;
}

/** Adds nodes and strings; skips null and false, flattens lists. */
export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
}

export function replaceChildren(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

const PATHS = {
  attach: "M20 11.5l-8.2 8.2a5 5 0 0 1-7.100-7.100l8.600-8.600a3.300 3.300 0 0 1 4.700 4.700l-8.300 8.300a1.700 1.700 0 0 1-2.400-2.400l7.400-7.400",
  back: "M15 5l-7 7 7 7",
  check: "M5 12.500l4.500 4.500L19 7.500",
  checks: "M2 12.500l4.500 4.500L15 8.500M11.500 16l1 1L22 7.500",
  chevron: "M6 9l6 6 6-6",
  clock: "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0",
  close: "M6 6l12 12M18 6L6 18",
  copy: "M9 9V5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-4M5 9h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1",
  download: "M12 4v11m0 0l-4.500-4.500M12 15l4.500-4.500M5 20h14",
  edit: "M4 20l1-4L16.500 4.500a2 2 0 0 1 3 3L8 19z",
  file: "M14 3H7a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V7zM14 3v4h4",
  flask: "M9.500 3h5M10.500 3v6L5 18.500A1.700 1.700 0 0 0 6.500 21h11a1.700 1.700 0 0 0 1.500-2.500L13.500 9V3M8 15h8",
  forward: "M13 6l6 6-6 6M19 12H9a5 5 0 0 0-5 5v1",
  group: "M9 11a3.300 3.300 0 1 0 0-6.600 3.300 3.300 0 0 0 0 6.600M2.500 19.500c0-3.600 3-5.500 6.500-5.500s6.500 1.900 6.500 5.500M16 4.800a3.300 3.300 0 0 1 0 5.900M18 14.500c2.200.8 3.500 2.500 3.500 5",
  key: "M14.500 3.500a6 6 0 1 1-4.700 9.700L4 19v2h4v-3h3v-3M16.500 8h.01",
  keyboard: "M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M7 14h10",
  link: "M8 16L16.500 7.500M9 7h8v8",
  menu: "M5 7h14M5 12h14M5 17h14",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  pause: "M9 6v12M15 6v12",
  person: "M12 11.500a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 20.500c0-4 3.600-6 8-6s8 2 8 6",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v5",
  plus: "M12 5v14M5 12h14",
  reply: "M10 6l-6 6 6 6M4 12h10a6 6 0 0 1 6 6",
  send: "M4 12l16-8-5 16-3.500-6.500z",
  star: "M12 3.400l2.650 5.650 6.150.800-4.500 4.250 1.150 6.100L12 17.200l-5.450 3 1.150-6.100-4.500-4.250 6.150-.800z",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13",
};

/** A line icon drawn in the color of its text; decoration only, the button beside it carries the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function iconButton(name, label, onClick, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, ...props,
    on: { click: onClick } }, icon(name));
}

/** The round picture of a person, bot or group: initials on a color of their id. */
export function avatar(id, name) {
  const initials = [...String(name || "?").trim()][0] || "?";
  return h("span", { class: "avatar", "aria-hidden": "true", data: { hue: Math.abs(Number(id)) % 7 } },
    initials.toUpperCase());
}
