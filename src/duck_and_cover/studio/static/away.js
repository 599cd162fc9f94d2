// Taking it away: the kit as it is made, what stores say, how it prints.

import { ask, events } from "./asking.js";
import { calm, shown } from "./desk.js";

const desk = document.querySelector("[data-desk]");
let making = null;

async function kit() {
  making?.abort();
  await calm();
  const own = (making = new AbortController());
  const place = desk.querySelector("[data-kit-told]");
  const query = new URLSearchParams(shown);
  for (const part of desk.querySelectorAll("[data-part]")) if (!part.checked) query.append("without", part.dataset.part);
  const bar = Object.assign(document.createElement("progress"), { max: 12 + (desk.querySelector("[data-part=print]").checked ? 20 : 0) + 1, value: 0 });
  const line = Object.assign(document.createElement("p"), { className: "told", textContent: "Printing…" });
  const stop = Object.assign(document.createElement("button"), { type: "button", className: "plain link", textContent: "Stop" });
  stop.addEventListener("click", () => { own.abort(); place.replaceChildren(); });
  place.replaceChildren(bar, line, stop);
  let files = 0;
  try {
    for await (const [name, value] of events("/kit", query.toString(), own.signal)) {
      if (name === "waits" && value.ahead) line.textContent = `Waiting for ${value.ahead} before this one…`;
      if (name === "file") { files += 1; bar.value = files; line.textContent = `${value.name}, ${value.purpose}`; }
      if (name === "fault") { place.textContent = value.fault; place.className = "kit fault"; }
      if (name === "done") place.innerHTML = await (await ask(value.files)).text();
    }
  } catch (error) {
    if (error.name !== "AbortError") place.textContent = error.message;
  }
}

async function lazily(details) {
  const into = details.querySelector("[data-into]");
  const piece = details.querySelector("[data-piece]");
  const query = new URLSearchParams(shown);
  if (piece) query.set("piece", piece.value);
  const key = query.toString();
  if (into.dataset.key === key) return;
  into.dataset.key = key;
  into.innerHTML = '<p class="told">Printing it at full size and looking…</p>';
  try {
    const html = await (await ask(details.dataset.lazy, key)).text();
    if (into.dataset.key === key) into.innerHTML = html;
  } catch (error) {
    if (into.dataset.key === key) { into.textContent = error.message; delete into.dataset.key; }
  }
}

desk.addEventListener("click", (event) => { if (event.target.closest("[data-kit]")) kit(); });
desk.addEventListener("toggle", (event) => { if (event.target.matches?.("details[open][data-lazy]")) lazily(event.target); }, true);
desk.addEventListener("change", (event) => { if (event.target.matches("[data-piece]")) lazily(event.target.closest("details")); });
