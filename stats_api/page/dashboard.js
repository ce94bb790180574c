// The dashboard: asks the sidecar what there is every two seconds while somebody looks, and draws the hour behind it.

const EVERY = 2_000; // ms between two questions
const PATIENCE = 5_000; // ms that an answer may take
const STALE = 3 * EVERY; // ms after which what is shown is called old
const HOUR = 3_600_000;
const SVG = "http://www.w3.org/2000/svg";
const KEY = "perpdesk-token";
const NONE = "–";

const by = (id) => document.getElementById(id);
const at = (overview, path) => path.split(".").reduce((found, name) => found?.[name], overview);
const known = (value) => value !== null && value !== undefined;

// --- how figures are written ---------------------------------------------------------------------------------

const digits = (value, most = 3) => value.toLocaleString("en", { maximumSignificantDigits: most });
const count = (value) => Math.round(value).toLocaleString("en");
const SIZES = [[2 ** 30, "GB"], [2 ** 20, "MB"], [2 ** 10, "KB"]];

function bytes(value) {
  const [size, unit] = SIZES.find(([each]) => value >= each) ?? [1, "B"];
  return `${digits(value / size)} ${unit}`;
}

function time(seconds) {
  if (seconds < 1) return `${digits(seconds * 1000, 2)} ms`;
  if (seconds < 60) return `${digits(seconds, 2)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min${seconds < 600 ? ` ${Math.floor(seconds % 60)} s` : ""}`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const whole = (seconds) => time(Math.max(1, Math.round(seconds)));
const clock = (date) => `${new Date(date).toISOString().slice(11, 19)} UTC`;
const since = (date, age) => (age > 20 * 3_600 ? `${date.slice(0, 10)} ${clock(date)}` : clock(date));
const part = (value) => `${digits(value * 100 < 1 ? Math.round(value * 1000) / 10 : Math.round(value * 100))} %`;

const WRITERS = {
  count,
  bytes,
  time,
  part,
  rate: (value) => (value > 0 && value < 0.1 ? `${digits(value * 60, 2)} /min` : `${digits(value, value < 1 ? 2 : 3)} /s`),
  ago: (value) => (value < 1 ? "just now" : `${whole(value)} ago`),
  ban: (value) => (value > 0 ? `for ${whole(value)} more` : "none"),
  yes: (value) => (value > 0 ? "yes" : "no"),
  skew: (value) => `${value < 0 ? "−" : "+"}${time(Math.abs(value))}`,
  moment: (value) => `${value.slice(0, 10)} ${clock(value)}`,
};

// --- elements ------------------------------------------------------------------------------------------------

function node(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** Puts children in place of those that are there, unless nothing changed: a selection or a reader is not disturbed. */
function fill(element, ...children) {
  const next = node("div", {}, ...children);
  if (next.textContent !== element.textContent || element.childElementCount !== next.childElementCount) {
    element.replaceChildren(...next.childNodes);
  }
}

function write(element, overview) {
  const writer = WRITERS[element.dataset.as ?? "count"];
  const values = element.dataset.at.split(" ").map((path) => at(overview, path));
  const words = values.map((value) => (known(value) ? writer(value) : NONE));
  const isBad = element.dataset.most !== undefined && values[0] > Number(element.dataset.most);
  const text = words.every((each) => each === NONE) ? (element.dataset.none ?? NONE) : words.join(" / ");
  const [path, word] = element.dataset.with?.split(":") ?? [];
  const more = path && at(overview, path) > 0 ? [node("small", {}, ` ${word} ${whole(at(overview, path))}`)] : [];
  const mark = isBad ? [node("span", { ariaHidden: "true" }, "▲ "), node("span", { className: "unseen" }, "Look: ")] : [];
  fill(element, ...mark, text, ...more);
  element.classList.toggle("bad", isBad);
  element.classList.toggle("soft", !values.some(known));
}

function drawBar(svg, value, most) {
  const share = most > 0 ? Math.min(1, value / most) : 0;
  svg.classList.add("bar");
  svg.classList.toggle("full", share > 0.9);
  svg.setAttribute("aria-hidden", "true"); // its text stands beside it
  const width = `${Math.max(share > 0 ? 1 : 0, share * 100).toFixed(1)}%`;
  if (svg.firstChild?.getAttribute("width") !== width) svg.replaceChildren(shape("rect", { width, height: "100%" }));
  return svg;
}

// --- lines ---------------------------------------------------------------------------------------------------

/** The runs of a column without a gap, as points [x, y] of 0 … 100 by 0 … 100; the hour ends with its newest sample. */
function runs(history, column, most) {
  const end = history.at.at(-1);
  const found = [];
  let last = -Infinity;
  column.forEach((value, place) => {
    const moment = history.at[place];
    if (!known(value)) return void (last = -Infinity);
    if (moment - last > history.every_seconds * 3_500) found.push([]);
    last = moment;
    found.at(-1).push([100 - ((end - moment) / HOUR) * 100, 100 - (value / most) * 100]);
  });
  return found;
}

function drawLine(svg, history, column, { most, band, label, area }) {
  svg.setAttribute("viewBox", "0 -6 101 112");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  const parts = [];
  if (band) {
    parts.push(shape("rect", { class: "band", x: 0, width: 101, y: 100 - band[1] * 100, height: (band[1] - band[0]) * 100 }));
  }
  const found = runs(history, column, most);
  const path = (run) => run.map(([x, y], place) => `${place ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`).join("");
  for (const run of found) {
    const [first, last] = [run[0], run.at(-1)];
    if (area && run.length > 1) parts.push(shape("path", { class: "area", d: `${path(run)}L${last[0].toFixed(2)} 106L${first[0].toFixed(2)} 106Z` }));
    parts.push(shape("path", { class: "trace", d: run.length > 1 ? path(run) : `${path(run)}h0` }));
  }
  if (known(column.at(-1))) parts.push(shape("path", { class: "dot", d: `${path([found.at(-1).at(-1)])}h0` }));
  svg.replaceChildren(...parts);
}

function drawHistory(history) {
  if (!history.at.length) return;
  const full = history.at[0] + HOUR;
  by("span").textContent = full > history.at.at(-1) + 60_000 ? `since ${clock(history.at[0]).slice(0, 5)}, whole at ${clock(full).slice(0, 5)} UTC` : "";
  for (const svg of document.querySelectorAll("[data-line]")) {
    const column = history.lines[svg.dataset.line];
    const most = Math.max(...column.map((value) => value ?? 0));
    const writer = WRITERS[svg.dataset.as ?? "count"];
    const caption = svg.parentElement.querySelector("figcaption");
    const peak = `peak ${writer(most)}`;
    fill(caption.querySelector("small"), peak);
    const label = `${caption.firstChild.textContent.trim()} within the last hour: ${peak}`;
    drawLine(svg, history, column, { most: most || 1, area: true, label });
  }
  for (const svg of document.querySelectorAll("[data-rate]")) {
    const name = svg.dataset.rate;
    const band = svg.dataset.band?.split(" ").map(Number);
    drawLine(svg, history, history.hit_rate[name] ?? [], { most: 1, band, label: `Hit rate of ${name} within the last hour` });
  }
}

// --- panels --------------------------------------------------------------------------------------------------

/** Regions with a target come first, in the order in which the sidecar names them. */
function regions(overview) {
  const all = Object.entries(overview.cache);
  return [...all.filter(([, region]) => region.target), ...all.filter(([, region]) => !region.target)];
}

function aim({ hit_rate: rate, target }) {
  if (!target) return known(rate) ? "no aim is named" : "no reads yet";
  const band = `${Math.round(target[0] * 100)}–${Math.round(target[1] * 100)} %`;
  if (!known(rate)) return `no reads yet; aim ${band}`;
  return rate < target[0] ? `▽ below ${band}` : rate > target[1] ? `△ above ${band}` : `✓ within ${band}`;
}

function showRates(overview) {
  const list = by("rates");
  for (const [name, region] of regions(overview)) {
    let item = list.querySelector(`[data-name="${name}"]`);
    if (!item) {
      const line = shape("svg", { "data-rate": name, ...(region.target && { "data-band": region.target.join(" ") }) });
      item = node("li", {}, node("span", {}, name), node("b"), line, node("span", { className: "aim" }));
      item.dataset.name = name;
      list.append(item);
    }
    fill(item.children[1], known(region.hit_rate) ? part(region.hit_rate) : NONE);
    fill(item.children[3], aim(region));
  }
}

function showSizes(overview) {
  const body = by("sizes");
  for (const [name, region] of regions(overview)) {
    let row = body.querySelector(`[data-name="${name}"]`);
    if (!row) {
      const cells = [0, 1].map(() => node("td", {}, node("div", {}, shape("svg", {}), node("span"))));
      row = node("tr", {}, node("th", { scope: "row" }, name), ...cells);
      row.dataset.name = name;
      body.append(row);
    }
    const pairs = [[region.size, region.capacity, count], [region.bytes, region.max_bytes, bytes]];
    pairs.forEach(([value, most, writer], place) => {
      const [svg, text] = row.children[place + 1].firstChild.children;
      drawBar(svg, value, most);
      fill(text, `${writer(value)} / ${writer(most)}`);
    });
  }
}

function showJobs(overview) {
  const items = Object.entries(overview.jobs).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, job]) => {
    const state = job.failed > 0 ? "failed" : known(job.age_seconds) ? "" : "never";
    const last = known(job.age_seconds) ? WRITERS.ago(job.age_seconds) : "not yet";
    const failed = job.failed > 0 ? [node("em", {}, ` ${count(job.failed)} failed,`)] : [];
    return node("li", { className: state }, node("span", { className: "mark" }, { failed: "▲", never: "○" }[state] ?? "●"),
      node("span", {}, name), node("span", {}, ...failed, ` ${last}`));
  });
  fill(by("jobs"), ...items);
}

function showOutcomes(overview) {
  const rates = Object.entries(overview.bybit.outcomes_per_second).filter(([, rate]) => rate > 0).sort(([, a], [, b]) => b - a);
  fill(by("outcomes"), rates.map(([name, rate]) => `${name.replaceAll("_", " ")} ${WRITERS.rate(rate)}`).join(", ") || NONE);
}

// --- the verdict ---------------------------------------------------------------------------------------------

const WORDS = { well: "All is well", watch: "Watch", alarm: "Alarm", starting: "Starting", stopping: "Stopping" };

function tell(state, headline, age = "") {
  document.body.dataset.state = state;
  document.title = `${{ well: "✓", waiting: "…" }[state] ?? "▲"} ${headline} · Perpdesk`;
  if (by("headline").textContent !== headline) by("headline").textContent = headline;
  by("age").textContent = age;
}

function passed(trouble) {
  const held = trouble.is_lasting ? "" : "; it may pass by itself";
  return `since ${since(trouble.since, trouble.age_seconds)}, ${whole(trouble.age_seconds)}${held}`;
}

function showVerdict({ state, troubles, version, python, uptime_seconds: uptime, started }) {
  const [worst, ...others] = troubles;
  const pointer = (trouble) => (/^[A-Z]/.test(trouble.name) ? ` Runbook: ${trouble.name}.` : "");
  if (worst) tell(state, `${WORDS[state]}: ${worst.text}`, `${passed(worst)}.${pointer(worst)}`);
  else tell(state, WORDS[state], `Up for ${whole(uptime)}, since ${since(started, uptime)}.`);
  fill(by("others"), ...others.map((each) => node("li", {}, node("b", {}, `${each.severity === "page" && each.is_lasting ? WORDS.alarm : WORDS.watch}: ${each.text}`), ` ${passed(each)}.${pointer(each)}`)));
  by("process").textContent = `version ${version}, Python ${python}`;
}

// --- asking --------------------------------------------------------------------------------------------------

let heard = 0; // by performance.now(), when the last overview came; 0: none yet
let lostSince = null;
let sampled = 0; // when the history was last asked for
let timer = 0;
let asking = false;

class Refused extends Error {}

async function ask(path) {
  const token = sessionStorage.getItem(KEY);
  const answer = await fetch(path, {
    headers: token === null ? {} : { Authorization: `Bearer ${token}` },
    cache: "no-store",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (answer.status === 401) throw new Refused();
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).error ?? `the sidecar answers ${answer.status}`);
  return answer.json();
}

function demandToken() {
  const wasWrong = sessionStorage.getItem(KEY) !== null;
  sessionStorage.removeItem(KEY);
  tell("waiting", wasWrong ? "That token was refused" : "A token is needed");
  document.querySelector("main").hidden = by("forget").hidden = true;
  by("others").replaceChildren();
  by("fresh").textContent = by("process").textContent = "";
  by("entry").hidden = false;
  by("token").focus();
}

function show(overview) {
  document.querySelector("main").hidden = false;
  by("entry").hidden = true;
  by("forget").hidden = sessionStorage.getItem(KEY) === null;
  showVerdict(overview.verdict);
  for (const element of document.querySelectorAll("[data-at]")) write(element, overview);
  for (const svg of document.querySelectorAll("[data-bar]")) {
    drawBar(svg, ...svg.dataset.bar.split(" ").map((path) => at(overview, path)));
  }
  showRates(overview);
  showSizes(overview);
  showJobs(overview);
  showOutcomes(overview);
}

/** Asks, shows, and asks again later; in a hidden tab it ends, and begins anew when the tab is seen. */
async function look() {
  if (asking || document.hidden) return;
  asking = true;
  clearTimeout(timer);
  try {
    show(await ask("/api/stats/overview"));
    heard = performance.now();
    lostSince = null;
    if (!sampled || heard - sampled >= 5 * EVERY) {
      drawHistory(await ask("/api/stats/history"));
      sampled = heard;
    }
  } catch (error) {
    if (error instanceof Refused) {
      asking = false;
      return demandToken();
    }
    lostSince ??= Date.now();
    tell("lost", error instanceof TypeError || error.name === "TimeoutError" ? "The sidecar does not answer" : `The sidecar is in trouble: ${error.message}`);
  }
  asking = false;
  tick();
  timer = setTimeout(look, EVERY);
}

/** How old it is what stands there: said every second, in words that no screen reader is interrupted with. */
function tick() {
  if (!by("entry").hidden) return;
  const old = performance.now() - heard;
  const age = heard ? `what stands here is ${whole(old / 1000)} old` : "nothing was shown yet";
  if (lostSince !== null) by("age").textContent = `since ${clock(lostSince)}; ${age}. It is asked again every 2 s.`;
  by("fresh").textContent = lostSince !== null ? "not live" : !heard ? "" : old > STALE ? age : "● live";
}

by("entry").addEventListener("submit", (event) => {
  event.preventDefault();
  const token = by("token").value.trim();
  by("token").value = "";
  if (!/^[\x21-\x7e]+$/.test(token)) return tell("waiting", "A token is of letters, digits and signs");
  sessionStorage.setItem(KEY, token);
  look();
});
by("forget").addEventListener("click", () => {
  clearTimeout(timer);
  sessionStorage.removeItem(KEY);
  heard = sampled = 0;
  demandToken();
});
document.addEventListener("visibilitychange", look);
setInterval(tick, 1_000);
look();
