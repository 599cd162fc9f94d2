// Eight drafts, shown as they come; one is picked.

import { events, say } from "./asking.js";
import { show, shown, marks, set, wanted } from "./desk.js";
import { faults } from "./form.js";

const section = document.querySelector("[data-drafts]");
const strip = section.querySelector("[data-strip]");
const told = section.querySelector("[data-progress]");
const COUNT = 8;
let drawing = null;

export async function draw() {
  drawing?.abort();
  const own = (drawing = new AbortController());
  const first = shown === "";
  const started = performance.now();
  let ready = 0;
  const begin = () => {
    faults({});
    section.hidden = false;
    if (matchMedia("(max-width: 760px)").matches) scrollTo(0, 0);  // the form is longer than the screen
    told.textContent = "";
    strip.replaceChildren(...Array.from({ length: COUNT }, () => Object.assign(document.createElement("li"), { className: "waiting" })));
  };
  const wait = setTimeout(begin, 150);  // a fault of the form comes sooner, and leaves the drafts alone
  try {
    const stream = events("/draw", wanted().toString(), own.signal);
    for (;;) {
      const { done, value } = await stream.next();
      if (done) break;
      const [name, draft] = value;
      if (name === "fault") throw new Error(draft.fault);
      if (name !== "draft") continue;
      ready += 1;
      const place = strip.children[draft.number];
      place.className = "";
      place.innerHTML = draft.html;
      told.textContent = ready < COUNT ? `${ready} of ${COUNT}` : `${COUNT} in ${((performance.now() - started) / 1000).toFixed(1)} s`;
      if (first && ready === 1 && shown === "") show(draft.query);
      marks();
    }
  } catch (error) {
    if (error.name === "AbortError" || own !== drawing) return;
    if (Object.keys(error.faults ?? {}).length) faults(error.faults);
    else say(error.message, 6);
    clearTimeout(wait);
    strip.querySelectorAll(".waiting").forEach((each) => each.remove());
  }
}

if (shown) section.hidden = false;
document.querySelector("[data-record]").addEventListener("submit", (event) => {
  event.preventDefault();
  draw();
});
section.querySelector("[data-again]").addEventListener("click", draw);
strip.addEventListener("click", (event) => {
  const picked = event.target.closest("[data-pick]");
  const toward = event.target.closest("[data-toward]");
  if (toward) {
    if (shown) set({ toward: toward.dataset.toward, along: "0.5" });
  } else if (picked && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const query = new URLSearchParams(picked.dataset.pick);
    query.delete("hold");
    new URLSearchParams(shown).getAll("hold").forEach((axis) => query.append("hold", axis));
    show(query);
  }
});
strip.addEventListener("keydown", (event) => {
  const links = [...strip.querySelectorAll("[data-pick]")];
  const at = links.indexOf(document.activeElement);
  const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (at < 0 || !way) return;
  event.preventDefault();
  links[(at + way + links.length) % links.length].focus();
});
