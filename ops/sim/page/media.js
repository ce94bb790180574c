// Photos and documents inside a message.

import { fileUrl } from "./api.js";
import { h, icon } from "./dom.js";
import { fileSize } from "./format.js";
import { dialog } from "./toasts.js";

/** The picture of a message, largest size; a tap opens it over the page. */
export function photoPart(message, context) {
  const size = message.photo?.at(-1);
  if (!size) return null;
  const url = fileUrl(context.bot, size.file_id);
  const label = message.caption ? `Photo: ${message.caption}` : "Photo";
  const image = h("img", { src: url, alt: label, width: size.width, height: size.height, loading: "lazy" });
  image.addEventListener("load", () => context.grew());
  return h("button", { type: "button", class: "photo", "aria-label": `Open ${label.toLowerCase()}`,
    on: { click: () => openPhoto(url, label) } }, image);
}

function openPhoto(url, label) {
  dialog("Photo", () => h("div", { class: "dialog-body" },
    h("img", { src: url, alt: label, class: "photo-full" }),
    h("a", { class: "button", href: `${url}&download=1`, download: "" }, icon("download"), "Download")),
  { className: "wide" });
}

/** A file to download, with its name and size. */
export function documentPart(message, context) {
  const file = message.document;
  if (!file) return null;
  const name = file.file_name || "file";
  return h("a", { class: "document", href: fileUrl(context.bot, file.file_id), download: name },
    h("span", { class: "document-icon" }, icon("file")),
    h("span", { class: "document-words" },
      h("span", { class: "document-name" }, name),
      h("span", { class: "document-size" }, [fileSize(file.file_size), "download"].filter(Boolean).join(" · "))));
}
