// The page's beginning: parts are wired together here.

import { say } from "./asking.js";
import { later } from "./desk.js";
import "./form.js";
import "./drafts.js";
import "./drop.js";
import "./away.js";

document.querySelector("[data-nojs]")?.remove();  // without scripts, the form itself makes a cover

document.addEventListener("recorded", later);

document.querySelector("[data-copy]").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    say("Copied. The link is the recipe: it makes the same cover anywhere.");
  } catch {
    say("Copy the address above: it is the recipe.");
  }
});

// on a phone the record is folded away beneath its cover
const fold = document.querySelector("[data-fold]");
fold.addEventListener("click", () => {
  const open = fold.closest("form").classList.toggle("open");
  fold.setAttribute("aria-expanded", open);
  fold.textContent = open ? "Fold away" : "Change";
});
document.documentElement.dataset.ready = "";
