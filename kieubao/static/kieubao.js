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

// A job says how far it is until it has ended: soon at first, then every few seconds.
const job = document.querySelector("[data-goes-on]");
if (job) {
  const SOON = 700, SELDOM = 5000;
  const look = async (pause) => {
    const answer = await fetch(location.href, { headers: { "X-Looks-Alone": "1" } });
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("here");
    if (answer.ok && found) job.replaceChildren(...found.childNodes);
    if (!answer.ok || found?.hasAttribute("data-goes-on")) setTimeout(look, pause, Math.min(pause * 1.3, SELDOM));
  };
  setTimeout(look, SOON, SOON);
}

// People appear while a name is typed: after a pause, and never in the middle of a letter that is still being composed.
const looking = document.querySelector("form[data-looks]");
if (looking) {
  const PAUSE = 400, ENOUGH = 2;
  const text = looking.querySelector("[name=text]");
  let waiting, last = 0;
  const look = async () => {
    const mine = ++last;
    const answer = await fetch(looking.action, { method: "POST", body: new URLSearchParams(new FormData(looking)) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.getElementById("here");
    if (mine === last && answer.ok && found) document.getElementById("here").replaceChildren(...found.childNodes);
  };
  const wait = (event) => {
    clearTimeout(waiting);
    if (!event.isComposing && text.value.trim().length >= ENOUGH) waiting = setTimeout(look, PAUSE);
  };
  text.addEventListener("input", wait);
  text.addEventListener("compositionend", wait);
  looking.addEventListener("submit", () => clearTimeout(waiting));
}
