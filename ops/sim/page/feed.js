// The live feed: Server-Sent Events over all chats. The browser reconnects by itself.

const RETRY_MS = 2000;

/**
 * Follows the feed for the life of the page. `onOpen` is called at each connection, when everything shown must be
 * read anew: what happened before it is not repeated. `onEvent` gets each event, `onStatus` whether it is connected.
 */
export function follow({ onOpen, onEvent, onStatus }) {
  const source = new EventSource("/page/api/feed");
  source.addEventListener("hello", () => {
    onStatus(true);
    onOpen();
  });
  source.addEventListener("message", (message) => onEvent(JSON.parse(message.data)));
  source.addEventListener("error", () => {
    onStatus(false);
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => follow({ onOpen, onEvent, onStatus }), RETRY_MS);
    }
  });
}
