// Every request of the page: the stand-in's control calls, and the page's own calls for what those lack.

export class ApiError extends Error {}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError("The stand-in does not answer. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(answer.error || `The stand-in answered ${response.status}`);
  return answer;
}

const of = (bot, query = {}) => {
  const wanted = Object.entries({ bot, ...query }).filter(([, value]) => value !== undefined && value !== null);
  return wanted.length ? `?${new URLSearchParams(wanted)}` : "";
};

export const state = () => call("GET", "/page/api/state");
export const history = (bot, chat, before) => call("GET", `/page/api/chats/${chat}${of(bot, { before })}`);
export const commands = (bot, chat, user) => call("GET", `/page/api/chats/${chat}/commands${of(bot, { user })}`);
export const putUser = (id, user) => call("PUT", `/sim/users/${id}`, user);
export const putChat = (bot, id, chat) => call("PUT", `/sim/chats/${id}${of(bot)}`, chat);
export const send = (bot, user, message) => call("POST", `/sim/users/${user}/messages${of(bot)}`, message);
export const press = (bot, user, button) => call("POST", `/sim/users/${user}/press${of(bot)}`, button);
export const checkout = (bot, chat, user, target) => call("GET", `/page/api/chats/${chat}/checkout${of(bot, { user, ...target })}`);
export const pay = (bot, user, target) => call("POST", `/sim/users/${user}/pay${of(bot)}`, target);
export const post = (bot, channel, { text }) => call("POST", `/sim/chats/${channel}/posts${of(bot)}`, { text });
export const remove = (bot, chat, message, user) =>
  call("DELETE", `/page/api/chats/${chat}/messages/${message}${of(bot, { user })}`);
export const forward = (bot, chat, message, user, to) =>
  call("POST", `/page/api/chats/${chat}/messages/${message}/forward${of(bot, { user, to })}`, {});
export const fileUrl = (bot, fileId) => `/page/api/files/${encodeURIComponent(fileId)}${of(bot)}`;
export const demoKey = (publicKey) =>
  call("POST", "/page/api/bybit/demo-key", publicKey === undefined ? {} : { public_key: publicKey });
export const stopBybit = () => call("POST", "/page/api/bybit/stop", {});
