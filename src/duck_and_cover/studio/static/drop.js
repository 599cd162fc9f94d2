// What is dropped: music fills the form from its tags, a text fills the tracks, a picture becomes the art.

import { ask, say } from "./asking.js";
import { set, show, shown, wanted } from "./desk.js";
import { chip } from "./form.js";

const form = document.querySelector("[data-record]");
const zone = form.querySelector("[data-drop]");
const told = form.querySelector("[data-dropped]");
const HEAD = 2_000_000;  // tags stand at the beginning of nearly every kind of file
const MOST_FILES = 80;
const MUSIC = /\.(aiff?|aifc|flac|m4[ab]|mp[23]|og[ag]|opus|spx|wav|wma)$/i;
const PICTURE = /\.(jpe?g|png|webp|gif|bmp|tiff?)$/i;

async function tags(file) {
  const options = (body) => ({ method: "POST", body, headers: { "x-name": encodeURIComponent(file.name) } });
  try {
    const found = await (await ask("/uploads/tags", "", options(file.slice(0, HEAD)))).json();
    if (found.title || found.track || file.size <= HEAD) return found;
  } catch (error) {
    if (file.size <= HEAD || file.size > 80_000_000) throw error;
  }
  return (await ask("/uploads/tags", "", options(file))).json();
}

const often = (values) => {
  const count = new Map();
  for (const each of values) if (each !== null && each !== undefined) count.set(each, (count.get(each) ?? 0) + 1);
  return [...count].sort((a, b) => b[1] - a[1])[0]?.[0];
};

async function music(files) {
  const found = [];
  let wrong = "";
  for (const [i, file] of files.slice(0, MOST_FILES).entries()) {
    told.textContent = `Reading tags, ${i + 1} of ${files.length}…`;
    try { found.push(await tags(file)); } catch (error) { wrong = error.message; }
  }
  if (!found.length) { told.textContent = wrong || "No tags in these files."; return; }
  const artist = often(found.map((each) => each.artist));
  const title = often(found.map((each) => each.title));
  const year = often(found.map((each) => each.year));
  if (artist) form.elements.artist.value = artist;
  if (title) form.elements.title.value = title;
  if (year) form.elements.year.value = year;
  for (const genre of new Set(found.flatMap((each) => each.genres))) chip(genre, false);
  const tracks = found.filter((each) => each.track)
    .sort((a, b) => (a.disc ?? 1) - (b.disc ?? 1) || (a.number ?? 999) - (b.number ?? 999));
  if (tracks.length) {
    form.elements.tracks.value = tracks.map((each) => each.track).join("\n");
    form.elements.tracks.closest("details").open = true;
  }
  told.textContent = `${found.length} file${found.length > 1 ? "s" : ""} read${wrong ? `; ${wrong}` : ""}.`;
  form.elements.artist.dispatchEvent(new Event("input", { bubbles: true }));
}

async function picture(file) {
  told.textContent = "Looking at the picture…";
  try {
    const { art } = await (await ask("/uploads/art", "", { method: "POST", body: file })).json();
    told.textContent = `${file.name} is the art now.`;
    if (shown) await set({ art, toward: null, along: null });
    else { const query = wanted(); query.set("art", art); await show(query); }
  } catch (error) { told.textContent = error.message; }
}

async function taken(files) {
  const all = files.filter((file) => !file.name.startsWith("."));
  const songs = all.filter((file) => MUSIC.test(file.name) || file.type.startsWith("audio/"));
  const pictures = all.filter((file) => PICTURE.test(file.name) || file.type.startsWith("image/"));
  const texts = all.filter((file) => /\.txt$/i.test(file.name) && file.size < 100_000);
  if (songs.length) await music(songs);
  if (texts.length && !songs.length) {
    form.elements.tracks.value = await texts[0].text();
    form.elements.tracks.closest("details").open = true;
    form.elements.tracks.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (pictures.length && !songs.length) await picture(pictures[0]);
  if (!songs.length && !pictures.length && !texts.length && all.length) await picture(all[0]);  // says what is wrong with it
}

async function within(entry) {
  if (entry.isFile) return [await new Promise((done, fail) => entry.file(done, fail))];
  const reader = entry.createReader();
  const out = [];
  for (let some; (some = await new Promise((done, fail) => reader.readEntries(done, fail))).length && out.length < MOST_FILES * 2;) {
    for (const each of some) out.push(...(await within(each)));
  }
  return out.sort((a, b) => a.name.localeCompare(b.name));
}

for (const input of form.querySelectorAll("[data-files], [data-folder]")) {
  input.addEventListener("change", () => { taken([...input.files]); input.value = ""; });
  input.parentElement.addEventListener("keydown", (event) => { if (["Enter", " "].includes(event.key)) { event.preventDefault(); input.click(); } });
}
addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) { event.preventDefault(); zone.classList.add("over"); } });
addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
addEventListener("drop", async (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  zone.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = entries.length ? (await Promise.all(entries.map(within))).flat() : [...event.dataTransfer.files];
  taken(files).catch((error) => say(error.message, 6));
});
