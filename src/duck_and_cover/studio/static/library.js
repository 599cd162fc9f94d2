// The library: deleting without leaving the page.
document.querySelector(".shelf").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const item = form.closest("li");
  const answer = await fetch(form.action, { method: "POST", redirect: "manual" });
  if (answer.type === "opaqueredirect" || answer.ok) {
    (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("a")?.focus();
    item.remove();
  }
});
