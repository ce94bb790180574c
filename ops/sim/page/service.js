// Service messages: the grey lines between bubbles. One line in LINES per kind.

import { h } from "./dom.js";
import { fullName, summary } from "./format.js";
import { paidCard, returnedCard } from "./invoice.js";

const names = (users) => users.map(fullName).join(", ");

const LINES = {
  new_chat_members: (message) => {
    const itself = message.new_chat_members.length === 1 && message.new_chat_members[0].id === message.from?.id;
    return itself ? `${fullName(message.from)} joined` : `${fullName(message.from)} added ${names(message.new_chat_members)}`;
  },
  left_chat_member: (message) => `${fullName(message.left_chat_member)} left`,
  new_chat_title: (message) => `The chat is now called “${message.new_chat_title}”`,
  group_chat_created: () => "The group was created",
  supergroup_chat_created: () => "The group was created",
  channel_chat_created: () => "The channel was created",
  migrate_to_chat_id: () => "The group became a supergroup",
  migrate_from_chat_id: () => "The group became a supergroup",
  forum_topic_created: (message) => `The topic “${message.forum_topic_created.name}” was created`,
  forum_topic_edited: (message) => `The topic is now called “${message.forum_topic_edited.name}”`,
  forum_topic_closed: () => "The topic was closed",
  forum_topic_reopened: () => "The topic was opened again",
  pinned_message: (message) => `${fullName(message.from)} pinned “${summary(message.pinned_message).slice(0, 40)}”`,
};

/** Service messages that are more than a line. */
const CARDS = { successful_payment: paidCard, refunded_payment: returnedCard };

/** The line of a service message, or null when the message is an ordinary one. */
export function serviceLine(message) {
  const rich = Object.keys(CARDS).find((field) => message[field] !== undefined);
  if (rich) return CARDS[rich](message);
  const kind = Object.keys(LINES).find((field) => message[field] !== undefined);
  return kind ? h("p", { class: "service" }, LINES[kind](message)) : null;
}
