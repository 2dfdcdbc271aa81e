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

// A clock runs on while its page is open.
for (const clock of document.querySelectorAll("[data-due]")) {
  const tick = () => {
    const left = new Date(clock.dataset.due) - Date.now();
    const minutes = Math.floor(Math.abs(left) / 60000);
    const words = left < 0 ? clock.dataset.over : clock.dataset.left;
    clock.textContent = words.replace("{h}", Math.floor(minutes / 60)).replace("{m}", minutes % 60);
    clock.classList.toggle("stop", left < 0);
  };
  tick();
  setInterval(tick, 10000);
}
