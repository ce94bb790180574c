// How times, names and sizes read on the page.

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });
const day = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** Bot API dates are seconds since the epoch. */
export const timeOfDay = (seconds) => clock.format(new Date(seconds * 1000));
export const exactTime = (seconds) => exact.format(new Date(seconds * 1000));
export const dayKey = (seconds) => new Date(seconds * 1000).toDateString();

export function dayName(seconds) {
  const then = new Date(seconds * 1000);
  const today = new Date();
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (then.toDateString() === today.toDateString()) return "Today";
  if (then.toDateString() === yesterday.toDateString()) return "Yesterday";
  return day.format(then);
}

export function fullName(user) {
  return user ? [user.first_name, user.last_name].filter(Boolean).join(" ") : "Someone";
}

/** Who a message stands under: the chat in whose name it was sent, or its author. */
export const authorName = (message) => message.sender_chat?.title ?? fullName(message.from);

export function chatName(chat) {
  return chat.title || fullName(chat);
}

export function fileSize(bytes) {
  if (!Number.isFinite(bytes)) return "";
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** What stands for a message of a kind that the page does not draw. */
export const OTHER_KINDS = {
  sticker: (sticker) => ["Sticker", sticker.emoji].filter(Boolean).join(" "),
  voice: (voice) => `Voice message, ${voice.duration} s`,
  video: (video) => `Video, ${video.duration} s`,
  location: (place) => `Location ${place.latitude}, ${place.longitude}`,
  contact: (contact) => `Contact ${[fullName(contact), contact.phone_number].join(", ")}`,
};

/** One line that stands for a message in a quote, a pin or a list. */
export function summary(message) {
  if (!message) return "Deleted message";
  const words = message.text || message.caption;
  if (words) return words.replace(/\s+/g, " ").slice(0, 160);
  if (message.photo) return "Photo";
  if (message.document) return message.document.file_name || "Document";
  if (message.invoice) return message.invoice.title;
  const kind = Object.keys(OTHER_KINDS).find((field) => message[field]);
  if (kind) return OTHER_KINDS[kind](message[kind]);
  return "Message";
}
