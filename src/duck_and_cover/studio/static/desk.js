// The desk: the cover that is shown, its history, and every change of it.

import { ask, say } from "./asking.js";
import { faults, fill, record } from "./form.js";

const desk = document.querySelector("[data-desk]");
const RECORD = ["artist", "title", "genre", "year", "tracks", "catalogue", "rights", "engine"];
const undo = document.querySelector("[data-undo]");
const redo = document.querySelector("[data-redo]");

let step = history.state?.step ?? 0;
let last = history.state ? Number(sessionStorage.getItem("last") ?? step) : step;
let asking = null;
let soon = null;
let latest = Promise.resolve();
const lists = new Map();
const scrolled = new Map();

/** The shown cover's recipe, a query; "" while there is none. */
export let shown = document.querySelector("[data-front]")?.dataset.front ?? "";

/** The shown recipe with the record as it is typed now. */
export function wanted() {
  const query = new URLSearchParams(shown);
  for (const name of RECORD) query.delete(name);
  return new URLSearchParams([...record(), ...query]);
}

function marks() {
  undo.disabled = step === 0;
  redo.disabled = step >= last;
  sessionStorage.setItem("last", last);
  for (const each of document.querySelectorAll("[data-pick]")) {
    const seed = (query) => new URLSearchParams(query).get("seed");
    each.parentElement.classList.toggle("picked", shown !== "" && seed(each.dataset.pick) === seed(shown));
  }
}

/** Take a new recipe as shown, as a step that can be undone. */
function enter(query, push) {
  shown = query;
  const url = `/?${query}`;
  if (push && url !== location.pathname + location.search) {
    step += 1;
    last = step;
    history.pushState({ step, query }, "", url);
  } else history.replaceState({ step, query }, "", url);
  const named = new URLSearchParams(query);
  document.title = `${named.get("title") ?? named.get("artist") ?? "New sleeve"} · Duck and Cover`;
  marks();
}

/** What has the focus, so that it can have it again when the desk is new. */
function place() {
  const one = document.activeElement;
  if (!desk.contains(one)) return null;
  for (const name of ["reroll", "hold", "move", "ink", "axis"]) {
    if (one.dataset[name] !== undefined) return `[data-${name}="${one.dataset[name]}"]`;
  }
  if (one.dataset.set && one.dataset.value) return `[data-set="${one.dataset.set}"][data-value="${CSS.escape(one.dataset.value)}"]`;
  if (one.matches("summary")) return `details[data-axis="${one.parentElement.dataset.axis}"] > summary`;
  return one.id ? `#${one.id}` : null;
}

function replace(html) {
  const open = [...desk.querySelectorAll("details[open][data-axis]")].map((each) => each.dataset.axis);
  const focus = place();
  const before = desk.querySelector("[data-hero]")?.src;
  const made = document.createElement("template");
  made.innerHTML = html;
  const hero = made.content.querySelector("[data-hero]");
  const put = () => {
    desk.replaceChildren(made.content);
    for (const axis of open) {
      const each = desk.querySelector(`details[data-axis="${axis}"]`);
      if (each) { each.open = true; opened(each); }
    }
    if (focus) desk.querySelector(focus)?.focus({ preventScroll: true });
  };
  if (!hero || !before) return put();
  const ready = new Image();  // the new picture is decoded before the old one goes
  ready.src = hero.getAttribute("src");
  return ready.decode().catch(() => {}).then(put);
}

/** Ask for a desk and show it; what was asked before is given up, here and there. */
async function change(path, query, push = true) {
  asking?.abort();
  const own = (asking = new AbortController());
  document.body.classList.add("working");
  try {
    const answer = await ask(path, query.toString(), { signal: own.signal });
    const html = await answer.text();
    if (own !== asking) return;
    faults({});
    await replace(html);
    if (own !== asking) return;
    enter(answer.headers.get("x-query"), push);
    document.querySelector("[data-heard]").textContent = desk.querySelector(".imprint").textContent;  // for who does not see it
  } catch (error) {
    if (error.name === "AbortError" || own !== asking) return;
    if (Object.keys(error.faults ?? {}).length) faults(error.faults);
    else say(error.message, 6);
  } finally {
    if (own === asking) document.body.classList.remove("working");
  }
}

/** Show a recipe. */
export const show = (query, push = true) => (latest = change("/desk", query, push));

/** Draw an axis anew. */
export const reroll = (axis) => shown && (latest = change(`/reroll/${axis}`, wanted()));

/** Show what is typed, once nothing has been typed for a moment. */
export function later() {
  clearTimeout(soon);
  if (shown) soon = setTimeout(() => { soon = null; show(wanted()); }, 450);
}

/** Resolves when the desk is that of what is typed. */
export async function calm() {
  if (soon) {
    clearTimeout(soon);
    soon = null;
    show(wanted());
  }
  await latest;
}

/** Show the shown recipe with some fields changed; null takes one away. */
export function set(fields) {
  const query = wanted();
  for (const [name, value] of Object.entries(fields)) value === null ? query.delete(name) : query.set(name, value);
  return show(query);
}

function hold(axis) {
  const query = new URLSearchParams(shown);
  const held = query.getAll("hold");
  query.delete("hold");
  for (const each of held.includes(axis) ? held.filter((one) => one !== axis) : [...held, axis]) query.append("hold", each);
  const focus = place();
  return show(query).then(() => focus && desk.querySelector(focus)?.focus({ preventScroll: true }));
}

// ------------------------------------------------------------------------------------------------------ moved words

function moved(part, dx, dy) {
  const [plain, ...moves] = (new URLSearchParams(shown).get("layout") ?? "").split("@");
  const by = { lead: [0, 0], second: [0, 0] };
  for (const each of moves) {
    const found = /^(lead|second)([+-]\d?\.\d+)([+-]\d?\.\d+)$/.exec(each);
    if (found) by[found[1]] = [Number(found[2]), Number(found[3])];
  }
  by[part] = [by[part][0] + dx, by[part][1] + dy];
  const told = (value) => (value < 0 ? "-" : "+") + Math.min(Math.abs(value), 0.99).toFixed(3);
  const names = Object.entries(by).filter(([, [x, y]]) => Math.abs(x) >= 0.001 || Math.abs(y) >= 0.001);
  return set({ layout: plain + names.map(([name, [x, y]]) => `@${name}${told(x)}${told(y)}`).join("") });
}

// words show where they can be held while keys move about, and under the pointer; not after a drag
addEventListener("pointerdown", () => (document.body.dataset.by = "pointer"), true);
addEventListener("keydown", () => delete document.body.dataset.by, true);

let dragged = null;
desk.addEventListener("pointerdown", (event) => {
  const hand = event.target.closest("[data-move]");
  if (!hand || event.button) return;
  event.preventDefault();
  hand.setPointerCapture(event.pointerId);
  hand.focus({ preventScroll: true });
  hand.classList.add("held");
  dragged = { hand, x: event.clientX, y: event.clientY, side: hand.ownerSVGElement.getBoundingClientRect().width };
});
desk.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  dragged.dx = (event.clientX - dragged.x) / dragged.side;
  dragged.dy = (event.clientY - dragged.y) / dragged.side;
  dragged.hand.setAttribute("transform", `translate(${dragged.dx * 1000} ${dragged.dy * 1000})`);
});
const dropped = (event) => {
  if (!dragged) return;
  const { hand, dx = 0, dy = 0 } = dragged;
  dragged = null;
  hand.classList.remove("held");
  if (event.type === "pointerup" && Math.hypot(dx, dy) > 0.004) moved(hand.dataset.move, dx, dy);
  else hand.removeAttribute("transform");
};
desk.addEventListener("pointerup", dropped);
desk.addEventListener("pointercancel", dropped);

let nudge = null;
desk.addEventListener("keydown", (event) => {
  const hand = event.target.closest?.("[data-move]");
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (!hand || !way) return;
  event.preventDefault();
  const size = event.shiftKey ? 0.05 : 0.01;
  nudge = { hand, dx: (nudge?.dx ?? 0) + way[0] * size, dy: (nudge?.dy ?? 0) + way[1] * size, timer: clearTimeout(nudge?.timer) };
  hand.setAttribute("transform", `translate(${nudge.dx * 1000} ${nudge.dy * 1000})`);
  nudge.timer = setTimeout(() => { const { dx, dy } = nudge; nudge = null; moved(hand.dataset.move, dx, dy); }, 350);
});

// ------------------------------------------------------------------------------------------------------------ choices

const LISTS = ":is(.names, .faces, .swatches)";

/** Put the list of an axis into its opened part; it is asked for once. */
async function opened(details) {
  const place = details.querySelector("[data-choices]");
  if (!place) return;
  const { choices: axis, text = "", current } = place.dataset;
  const key = `${axis} ${text}`;
  try {
    if (!lists.has(key)) lists.set(key, await (await ask(`/choices/${axis}`, new URLSearchParams(text ? { text } : {}).toString())).text());
    if (!place.isConnected) return;
    place.innerHTML = lists.get(key);
  } catch (error) {
    if (error.message) place.textContent = error.message;
    return;
  }
  const chosen = place.querySelector(`[data-value="${CSS.escape(current)}"]`);
  chosen?.setAttribute("aria-current", "true");
  const list = place.querySelector(LISTS);
  if (scrolled.has(axis)) list.scrollTop = scrolled.get(axis);
  else if (chosen) list.scrollTop = chosen.parentElement.offsetTop - list.offsetTop - 60;
}
desk.addEventListener("scroll", (event) => {
  const axis = event.target.closest?.("[data-choices]")?.dataset.choices;
  if (axis) scrolled.set(axis, event.target.scrollTop);
}, true);
desk.addEventListener("toggle", (event) => {
  if (event.target.matches?.("details[open][data-axis]")) opened(event.target);
}, true);

desk.addEventListener("click", (event) => {
  const on = (name) => event.target.closest(`[data-${name}]`);
  const query = () => new URLSearchParams(shown);
  let found;
  if ((found = on("reroll"))) reroll(found.dataset.reroll);
  else if ((found = on("hold"))) hold(found.dataset.hold);
  else if ((found = on("set")) && found.matches("button")) set({ [found.dataset.set]: found.dataset.value });
  else if (on("unmove")) set({ layout: query().get("layout").split("@")[0] });
  else if (on("no-art")) set({ art: null });
  else if (on("elsewhere")) set({ toward: Math.floor(Math.random() * 2 ** 31), along: "0.35" });
  else if (on("back")) set({ toward: null, along: null });
  else if (on("file")) say("Printed at 3000 px; it comes in a moment.", 4);
});
desk.addEventListener("change", (event) => {
  const on = event.target;
  if (on.matches("select[data-set]")) set({ [on.dataset.set]: on.value });
  else if (on.matches("[data-ink]")) {
    const inks = [...desk.querySelectorAll("[data-ink]")].map((each) => each.value.slice(1));
    set({ palette: `own ${inks.join(" ")}` });
  } else if (on.matches("[data-along]")) {
    const toward = on.dataset.along || String(Math.floor(Math.random() * 2 ** 31));
    set({ toward, along: String(on.value / 100) });
  }
});

// ------------------------------------------------------------------------------------------------------------ history

undo.addEventListener("click", () => history.back());
redo.addEventListener("click", () => history.forward());
addEventListener("popstate", (event) => {
  step = event.state?.step ?? 0;
  const query = event.state?.query ?? location.search.slice(1);
  if (!query) return location.reload();
  fill(query);
  show(query, false);
});
addEventListener("keydown", (event) => {
  const typing = event.target.matches?.("input:not([type=range], [type=checkbox], [type=color]), textarea, select");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) {
    event.preventDefault();
    const button = event.shiftKey ? redo : undo;
    if (!button.disabled) button.click();
  } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && /^[1-5]$/.test(event.key)) {
    reroll(["art", "finish", "palette", "type", "layout"][event.key - 1]);
  }
});

if (shown) enter(shown, false);  // what was left open is decided now, and the address says so
else if (!history.state) history.replaceState({ step: 0, query: "" }, "");
marks();
export { marks };
