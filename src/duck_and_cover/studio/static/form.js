// The record's form: what is typed, as a query, and back; faults beside their fields.

import { ask } from "./asking.js";

const form = document.querySelector("[data-record]");
const FIELDS = ["artist", "title", "year", "tracks", "catalogue", "rights", "engine"];
const PRINTED = ["catalogue", "rights"];  // on no front: taken over once they are typed, not letter by letter
const slider = form.querySelector("[data-year-slider]");
const box = form.querySelector("[data-genres]");
const chips = form.querySelector("[data-chips]");
const typed = form.querySelector("#genre");
const list = form.querySelector("#genre-list");

/** Names and values of the record as typed. */
export function record() {
  const out = new URLSearchParams();
  for (const name of FIELDS) if (form.elements[name].value.trim()) out.append(name, form.elements[name].value);
  for (const each of chips.querySelectorAll("input")) out.append("genre", each.value);
  if (typed.value.trim()) out.append("genre", typed.value.trim());
  return out;
}

/** Put a query's record into the form. */
export function fill(query) {
  const from = new URLSearchParams(query);
  for (const name of FIELDS) form.elements[name].value = from.get(name) ?? "";
  chips.replaceChildren();
  typed.value = "";
  from.getAll("genre").forEach((each) => chip(each, false));
  follow();
  faults({});
}

export function faults(told) {
  for (const field of form.querySelectorAll(".field")) {
    const place = field.querySelector(".fault");
    const fault = told[place.id.replace("-fault", "")] ?? "";
    place.textContent = fault;
    field.classList.toggle("wrong", fault !== "");
    field.querySelectorAll("[id]:not(.fault)").forEach((one) => one.matches("input, textarea") && one.setAttribute("aria-invalid", fault !== ""));
    if (fault) field.closest("details")?.setAttribute("open", "");
  }
  form.querySelector("[data-fault]").textContent = told[""] ?? "";
}

const changed = () => form.dispatchEvent(new CustomEvent("recorded", { bubbles: true }));

// ------------------------------------------------------------------------------------------------------------- year

function follow() {
  const year = Number(form.elements.year.value);
  slider.classList.toggle("unset", !year);
  if (year) slider.value = year;
  const lines = form.elements.tracks.value.split("\n").filter((line) => line.trim()).length;
  form.querySelector("[data-track-count]").textContent = lines || "";
}
slider.addEventListener("input", () => {
  form.elements.year.value = slider.value;
  follow();
  changed();
});
form.addEventListener("input", (event) => {
  if (event.target === slider || event.target === typed) return;
  follow();
  if (event.target.name && !PRINTED.includes(event.target.name)) changed();
});
form.addEventListener("change", (event) => { if (PRINTED.includes(event.target.name)) changed(); });

// ----------------------------------------------------------------------------------------------------------- genres

let options = [];
let at = -1;
let asked = 0;

export function chip(name, tell = true) {
  const known = [...chips.querySelectorAll("input")].some((each) => each.value.toLowerCase() === name.toLowerCase());
  if (known || !name.trim()) return;
  const item = document.createElement("li");
  const input = Object.assign(document.createElement("input"), { type: "hidden", name: "genre", value: name.trim() });
  const label = Object.assign(document.createElement("span"), { textContent: name.trim() });
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  button.setAttribute("aria-label", `Remove ${name.trim()}`);
  item.append(input, label, button);
  chips.append(item);
  typed.placeholder = "another";
  if (tell) changed();
}

function close() {
  asked += 1;  // what is still on its way comes too late
  list.hidden = true;
  at = -1;
  typed.setAttribute("aria-expanded", "false");
  typed.removeAttribute("aria-activedescendant");
}

function take(name) {
  typed.value = "";
  close();
  chip(name);
}

function mark(next) {
  at = (next + options.length) % options.length;
  [...list.children].forEach((each, i) => each.setAttribute("aria-selected", i === at));
  list.children[at].scrollIntoView({ block: "nearest" });
  typed.setAttribute("aria-activedescendant", list.children[at].id);
}

async function propose() {
  const turn = ++asked;
  const text = typed.value.trim();
  const found = await (await ask("/genres", new URLSearchParams({ q: text }).toString())).json();
  if (turn !== asked || document.activeElement !== typed) return;
  options = found.filter((each) => each.toLowerCase() !== text.toLowerCase());
  if (text) options.unshift(text);
  list.replaceChildren(...options.map((name, i) => {
    const item = Object.assign(document.createElement("li"), { id: `genre-${i}`, textContent: name });
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    if (i === 0 && text && !found.some((each) => each.toLowerCase() === text.toLowerCase())) {
      item.append(Object.assign(document.createElement("small"), { textContent: "  as you say it" }));
    }
    return item;
  }));
  list.hidden = options.length === 0;
  typed.setAttribute("aria-expanded", String(!list.hidden));
  at = -1;
  if (text && options.length) mark(0);
}

typed.addEventListener("input", () => {
  if (typed.value.includes(",")) {
    typed.value.split(",").slice(0, -1).forEach((each) => chip(each));
    typed.value = typed.value.split(",").at(-1).trimStart();
  }
  if (typed.value.trim()) propose().catch(() => close());
  else close();  // the list comes with words or with the arrow key, and never stands in the way
});
typed.addEventListener("blur", () => setTimeout(() => { if (typed.value.trim()) take(typed.value); close(); }, 120));
typed.addEventListener("keydown", (event) => {
  const open = !list.hidden;
  if (event.key === "ArrowDown" && open) mark(at + 1);
  else if (event.key === "ArrowDown") propose();
  else if (event.key === "ArrowUp" && open) mark(at < 0 ? options.length - 1 : at - 1);
  else if (event.key === "Enter" && (at >= 0 || typed.value.trim())) take(at >= 0 && open ? options[at] : typed.value);
  else if (event.key === "Escape" && open) close();
  else if (event.key === "Backspace" && !typed.value && chips.lastElementChild) { chips.lastElementChild.remove(); changed(); }
  else return;
  event.preventDefault();
});
list.addEventListener("mousedown", (event) => {
  event.preventDefault();
  const item = event.target.closest("[role=option]");
  if (item) take(options[[...list.children].indexOf(item)]);
});
chips.addEventListener("click", (event) => {
  if (!event.target.closest("button")) return;
  event.target.closest("li").remove();
  if (!chips.children.length) typed.placeholder = "thrash metal, or your own words";
  typed.focus();
  changed();
});
box.addEventListener("click", (event) => { if (event.target === box || event.target === chips) typed.focus(); });

follow();
