// The page's beginning: parts are wired together here.

import { say } from "./asking.js";
import { show, shown, wanted } from "./desk.js";
import "./form.js";
import "./drafts.js";
import "./drop.js";
import "./away.js";

document.querySelector("[data-nojs]")?.remove();  // without scripts, the form itself makes a cover

let soon;
document.addEventListener("recorded", () => {
  clearTimeout(soon);
  if (shown) soon = setTimeout(() => show(wanted()), 450);
});

document.querySelector("[data-copy]").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    say("Copied. The link is the recipe: it makes the same cover anywhere.");
  } catch {
    say("Copy the address above: it is the recipe.");
  }
});
document.documentElement.dataset.ready = "";
