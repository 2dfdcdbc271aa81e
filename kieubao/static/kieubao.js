// What a script adds to pages that work without one.

document.querySelector(".summary")?.focus();

// A form that was changed asks before it is left.
let changed = false;
for (const form of document.querySelectorAll("form[data-guard]")) {
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
}
addEventListener("beforeunload", (leaving) => { if (changed) leaving.preventDefault(); });

// Another language keeps what is typed: it is sent with the page's own form.
const typed = document.querySelector("form[data-keeps]");
document.querySelector("form[data-language]")?.addEventListener("submit", (event) => {
  if (!typed || !event.submitter) return;
  event.preventDefault();
  changed = false;
  const wanted = Object.assign(document.createElement("input"), { type: "hidden", name: "language" });
  wanted.value = event.submitter.value;
  typed.append(wanted);
  typed.submit();
});
