// Sending a photo or a document: by the paper clip, by dropping it on the chat, by pasting a picture.

import { h, icon } from "./dom.js";
import { fileSize } from "./format.js";
import { dialog, toast } from "./toasts.js";

const PHOTO_TYPES = new Set(["image/png", "image/jpeg", "image/webp", "image/gif"]);
const LARGEST_FILE = 20_000_000; // what a bot may download of Telegram: getFile
const CAPTION_LENGTH = 1024;

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(new Error(`${file.name} could not be read`)));
    reader.readAsDataURL(file);
  });
}

/** Asks how to send `file`; resolves with the fields of the message, or undefined when given up. */
export async function askFile(file) {
  if (file.size > LARGEST_FILE) {
    toast(`${file.name} is ${fileSize(file.size)}; a bot can read at most 20 MB`);
    return undefined;
  }
  const canBePhoto = PHOTO_TYPES.has(file.type);
  const preview = canBePhoto ? URL.createObjectURL(file) : null;
  const choice = await dialog("Send a file", (close) => {
    const caption = h("input", { type: "text", maxlength: CAPTION_LENGTH, autofocus: true, placeholder: "Add a caption" });
    const asFile = h("input", { type: "checkbox" });
    return h("form", { class: "dialog-body", on: { submit: (event) => {
      event.preventDefault();
      close({ caption: caption.value.trim(), photo: canBePhoto && !asFile.checked });
    } } },
    preview ? h("img", { src: preview, alt: `Preview of ${file.name}`, class: "preview" })
      : h("p", { class: "file-line" }, icon("file"), `${file.name}, ${fileSize(file.size)}`),
    h("label", { class: "field" }, h("span", {}, "Caption"), caption),
    canBePhoto && h("label", { class: "check" }, asFile, "Send as a file, without compression"),
    h("div", { class: "dialog-actions" }, h("button", { type: "submit", class: "button primary" }, icon("send"), "Send")));
  });
  if (preview) URL.revokeObjectURL(preview);
  if (!choice) return undefined;
  const content = await base64(file);
  return { [choice.photo ? "photo" : "document"]: content, file_name: file.name, caption: choice.caption || undefined };
}

/** Lets files be dropped on `area` and pictures be pasted into `input`. */
export function watchFiles(area, input, take) {
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  area.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    area.classList.add("dropping");
  });
  area.addEventListener("dragleave", (event) => area.contains(event.relatedTarget) || area.classList.remove("dropping"));
  area.addEventListener("drop", (event) => {
    area.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
  });
  input.addEventListener("paste", (event) => {
    const file = [...event.clipboardData.files][0];
    if (!file) return;
    event.preventDefault();
    take(file);
  });
}
