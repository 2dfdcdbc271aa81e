// What a script adds to pages that work without one.

document.querySelector(".summary")?.focus();
// Where the menu is wider than a telephone, what is looked at is in sight.
const place = document.querySelector(".rooms [aria-current]");
if (place) place.closest("ul").scrollLeft = place.offsetLeft - innerWidth / 2 + place.offsetWidth / 2;

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

// A box in the head of a list chooses the whole page.
addEventListener("change", (event) => {
  if (!event.target.closest("[data-picks]")) return;
  for (const box of event.target.closest("table").querySelectorAll("tbody [type=checkbox]")) box.checked = event.target.checked;
});

// What counts very many people comes once its page stands.
const count = async (later) => {
  const answer = await fetch(later.href);
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-counted]")) part.replaceWith(page.getElementById(part.id) ?? "");
};
document.querySelectorAll("[data-later]").forEach(count);

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

// What is typed is read as it will be recorded, and who may be meant is looked for: once a field is left, and while the
// name is typed after a pause, never in the middle of a letter that is still being composed.
const entry = document.querySelector("form[data-reads]");
if (entry) {
  const PAUSE = 700;
  let waiting, last = 0, known = "";
  const read = async () => {
    clearTimeout(waiting);
    const mine = ++last, typed = new URLSearchParams(new FormData(entry));
    if (typed.toString() === known) return;
    const answer = await fetch(entry.dataset.reads, { method: "POST", body: typed });
    if (mine !== last || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const here = document.getElementById("alike"), found = page.getElementById("alike");
    if (!found) return;
    known = typed.toString();
    for (const said of entry.querySelectorAll(".read")) said.textContent = page.getElementById(said.id)?.textContent ?? "";
    if (here && here.dataset.found !== found.textContent) {
      here.dataset.found = found.textContent;
      here.replaceChildren(...found.childNodes);
    }
  };
  entry.addEventListener("change", (event) => { if (event.target.matches("[type=text], select, textarea")) read(); });
  const wait = (event) => {
    clearTimeout(waiting);
    if (event.target.name === "name" && !event.isComposing) waiting = setTimeout(read, PAUSE);
  };
  entry.addEventListener("input", wait);
  entry.addEventListener("compositionend", wait);
  entry.addEventListener("submit", () => { clearTimeout(waiting); last++; });
}

// A field of a record is changed where it stands: its form comes into the place of what is known.
for (const edits of document.querySelectorAll("[data-edits]")) {
  edits.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const answer = await fetch(edits.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), form = page.querySelector("form.one");
    if (!answer.ok || !form) { location.assign(edits.href); return; }
    const place = edits.closest("dd, span[id]"), known = [...place.childNodes];
    const leave = () => { place.replaceChildren(...known); edits.focus(); };
    form.querySelector("[data-leaves]").addEventListener("click", (left) => { left.preventDefault(); leave(); });
    form.addEventListener("keydown", (key) => { if (key.key === "Escape" && !key.isComposing) leave(); });
    place.replaceChildren(form, ...page.querySelectorAll("main > datalist"));
    form.querySelector("input:not([type=hidden]), select, textarea").focus();
  });
}

// Whoever speaks to their computer, or presses keys by mistake, can do without the single ones.
const off = () => document.documentElement.dataset.keys === "off";

// Keys, none of them a letter while something is typed or composed.
const typing = (event) => event.isComposing || event.keyCode === 229 || event.target.matches?.("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
const begun = (part) => [...part.querySelectorAll("input, select, textarea")].find((one) => one.type !== "hidden" && one.checkVisibility());
const nextPart = (step) => {
  const parts = [...document.querySelectorAll("form .part")].filter((part) => begun(part));
  const at = parts.findIndex((part) => part.contains(document.activeElement));
  begun(parts[Math.max(0, Math.min(at + step, parts.length - 1))] ?? document.body)?.focus();
};
const rows = () => [...document.querySelectorAll("main tbody th[scope=row] a, main .waits a")];
const toRow = (step) => {
  const every = rows(), at = every.indexOf(document.activeElement);
  every[Math.max(0, Math.min(at + step, every.length - 1))]?.focus();
};
const press = (selector) => {
  const button = document.querySelector(selector);
  button?.form.requestSubmit(button);
  return button;
};
addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.altKey) return;
  const held = event.ctrlKey || event.metaKey, key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const act = held
    ? { s: () => press("form[data-guard] .bar [type=submit]"), Enter: () => press("[name=onwards]") ?? press("form[data-guard] .bar [type=submit]"), ArrowDown: () => nextPart(1), ArrowUp: () => nextPart(-1) }[key]
    : !typing(event) && !off() && { "/": () => document.querySelector("#f-text")?.focus(), j: () => toRow(1), k: () => toRow(-1), "?": () => document.getElementById("keys")?.showModal() }[key];
  if (!act || (held && !document.querySelector("form[data-guard]"))) return;
  event.preventDefault();
  if (!(held && event.repeat)) act();
});
for (const opener of document.querySelectorAll("[data-opens]")) {
  opener.hidden = false;
  document.querySelector("[data-closes]").addEventListener("click", () => document.getElementById(opener.dataset.opens).close());
  opener.addEventListener("click", () => document.getElementById(opener.dataset.opens).showModal());
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
