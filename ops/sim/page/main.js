// Where the page begins: the strip of people, the chats, the panel, and the live feed under them.

import * as api from "./api.js";
import { Columns } from "./columns.js";
import { h, icon, replaceChildren } from "./dom.js";
import { follow } from "./feed.js";
import { Panel } from "./panel.js";
import { People } from "./people.js";
import { store } from "./store.js";
import { toast } from "./toasts.js";

const FIRST_SEEN = 1001; // the demo's first ordinary person
const START_PAYLOAD = /^[A-Za-z0-9_-]{1,64}$/;
const NARROW = matchMedia("(max-width: 860px)");

const byId = (id) => document.getElementById(id);

class Page {
  constructor() {
    this.columns = new Columns(byId("columns"));
    this.people = new People(byId("people"), this.columns);
    this.panelElement = byId("panel");
    this.panel = new Panel(this.panelElement, this.columns, () => NARROW.matches && this.showPanel(false));
    this.offline = h("span", { class: "offline", role: "status", hidden: true }, "Reconnecting…");
    this.panelButton = h("button", { type: "button", class: "button panel-button", "aria-controls": "panel",
      on: { click: () => this.showPanel(this.panelElement.hidden) } }, icon("flask"), h("span", {}, "Bybit tools"));
    replaceChildren(byId("bar-tools"), this.offline, this.panelButton);
    this.shade = h("div", { class: "shade", hidden: true, on: { click: () => this.showPanel(false) } });
    byId("panel").before(this.shade);
    NARROW.addEventListener("change", () => this.showPanel(!NARROW.matches));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && NARROW.matches && !this.panelElement.hidden) this.showPanel(false);
    });
    this.showPanel(!NARROW.matches);
  }

  showPanel(shown) {
    this.panelElement.hidden = !shown;
    this.shade.hidden = !shown || !NARROW.matches;
    this.panelButton.setAttribute("aria-expanded", String(shown));
    this.columns.readShown();
  }

  run() {
    let began = false;
    follow({
      onOpen: async () => {
        try {
          await store.reload();
          if (!began) await this.begin();
          began = true;
        } catch (error) {
          toast(error.message);
        }
      },
      onEvent: (event) => store.take(event),
      onStatus: (connected) => { this.offline.hidden = connected; },
    });
  }

  /** Opens the chats of the last visit, and the person and deep link of the address: /?user=1001&start=p_CODE. */
  async begin() {
    const asked = new URLSearchParams(location.search);
    const person = /^[1-9]\d{0,14}$/.test(asked.get("user") ?? "") ? Number(asked.get("user")) : null;
    const payload = asked.get("start");
    for (const id of Columns.remembered()) this.columns.open(id, { focus: false });
    if (person !== null) await this.openPerson(person, payload);
    else if (!this.columns.active) this.openFirst(payload);
    else this.offerStart(payload);
  }

  async openPerson(id, payload) {
    if (!store.users.has(id)) {
      await api.putUser(id, { first_name: `User ${id}` });
      await store.refresh();
    }
    this.columns.open(id);
    this.offerStart(payload);
  }

  openFirst(payload) {
    const first = store.users.has(FIRST_SEEN) ? FIRST_SEEN : store.users.keys().next().value;
    if (first === undefined) return;
    this.columns.open(first);
    this.offerStart(payload);
  }

  /** Puts the payload of a deep link behind the START button of the active chat. */
  offerStart(payload) {
    if (payload === null || !START_PAYLOAD.test(payload)) return;
    if (!this.columns.activeColumn.isGroup) this.columns.activeColumn.composer.showStart(true, payload);
  }
}

new Page().run();
