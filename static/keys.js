// Keys and the palette. No key does anything while somebody types, or while a dialog is open.
const keys = document.getElementById("keys");
const palette = document.getElementById("palette");
const places = new Map(
  [...document.querySelectorAll("nav.places a")].map((link) => [link.dataset.key, link.href]),
);
let isGoing = false;
/** The id of the row that keys are at: its place changes when others come before it. */
let rowId = "";

function isTyping(target) {
  return target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;
}

function rows() {
  return [...document.querySelectorAll("table.rows tbody tr")];
}

function rowAt() {
  return rows().find(({ id }) => id === rowId);
}

function markRow() {
  for (const one of rows()) one.classList.toggle("at", one.id === rowId);
}

function choose(step) {
  const all = rows();
  if (all.length === 0) return;
  const at = all.findIndex(({ id }) => id === rowId);
  const row = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  rowId = row.id;
  markRow();
  row.querySelector("td.name a")?.focus();
  row.scrollIntoView({ block: "nearest" });
}

document.addEventListener("htmx:after:swap", markRow);

/** What the key does to the row that keys are at, or else to the page. */
function press(hotkey) {
  const key = CSS.escape(hotkey);
  const found = rowAt()?.querySelector(`[data-row-hotkey="${key}"]`) ??
    document.querySelector(`[data-hotkey="${key}"]`);
  found?.click();
  return found !== null;
}

function toggleRefresh() {
  const select = document.getElementById("refresh");
  select.value = select.value === "0" ? "2" : "0";
  select.form.requestSubmit();
}

function toggleTheme() {
  const select = document.querySelector('select[name="theme"]');
  select.value = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
  select.form.requestSubmit();
}

function goToFilter() {
  const filter = document.querySelector("[data-filter]");
  if (filter) filter.focus();
  else openPalette();
}

/** Arrows scroll what is too wide, before they leaf. */
function isScrolling({ key, target }) {
  return key.startsWith("Arrow") && target.matches("[tabindex='0']") &&
    target.scrollWidth > target.clientWidth;
}

const ACTIONS = {
  "?": () => keys.showModal(),
  "/": goToFilter,
  "r": () => document.dispatchEvent(new CustomEvent("lido:refresh")),
  ".": toggleRefresh,
  "t": toggleTheme,
  "j": () => choose(1),
  "k": () => choose(-1),
  "x": () => rowAt()?.querySelector("input[type=checkbox]")?.click(),
  "Enter": () => rowAt()?.querySelector("td.name a")?.click(),
};

document.addEventListener("keydown", (event) => {
  const wasGoing = isGoing;
  isGoing = false; // whatever else is pressed, or typed, ends it
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    if (!document.querySelector("dialog[open]")) openPalette();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
  if (wasGoing) {
    const href = places.get(event.key);
    if (href) location.assign(href);
    return;
  }
  if (event.key === "g") {
    isGoing = true;
    return;
  }
  // A key that is held down chooses row after row, and does nothing else again and again.
  if (event.repeat && !["j", "k"].includes(event.key)) return;
  if (isScrolling(event)) return;
  // Enter on a link or a button is its own.
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  const hotkey = event.shiftKey
    ? `Shift+${event.key.length === 1 ? event.key.toUpperCase() : event.key}`
    : event.key;
  if (press(hotkey)) return event.preventDefault();
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

// The palette ---------------------------------------------------------------

const input = palette.querySelector("input");
const hits = palette.querySelector("ul");
let entries = [];
let chosen = 0;

async function openPalette() {
  palette.showModal();
  input.value = "";
  show();
  try {
    const response = await fetch("/palette", { headers: { accept: "application/json" } });
    if (response.ok) entries = await response.json();
  } catch {
    return; // the server is gone, which the page tells: what was known before is shown
  }
  show();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-palette]")) openPalette();
});

function matching() {
  const text = input.value.trim().toLowerCase();
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text)) {
    const pool = entries.find(({ href }) => href === `/pools/${text}`);
    return [pool ?? { text: palette.dataset.task.replace("{id}", text), href: `/tasks/${text}` }];
  }
  const words = text.split(/\s+/);
  return entries.filter((entry) => words.every((word) => entry.text.toLowerCase().includes(word)))
    .slice(0, 12);
}

function show() {
  const found = matching();
  chosen = Math.min(chosen, Math.max(0, found.length - 1));
  hits.replaceChildren(...found.map(({ text, href }, index) => {
    const item = document.createElement("li");
    item.role = "none";
    // The link is the option: one thing to choose is not within another.
    const link = document.createElement("a");
    link.role = "option";
    link.id = `hit-${index}`;
    link.ariaSelected = String(index === chosen);
    link.href = href;
    link.textContent = text;
    link.tabIndex = -1;
    item.append(link);
    return item;
  }));
  if (found.length === 0) {
    const none = document.createElement("li");
    none.role = "option";
    none.ariaDisabled = "true";
    none.textContent = hits.dataset.none;
    hits.append(none);
  }
  input.setAttribute("aria-activedescendant", found.length === 0 ? "" : `hit-${chosen}`);
}

input.addEventListener("input", () => {
  chosen = 0;
  show();
});
input.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    chosen += event.key === "ArrowDown" ? 1 : -1;
    chosen = Math.max(0, Math.min(chosen, hits.childElementCount - 1));
    show();
  } else if (event.key === "Enter" && !event.isComposing) { // else it ends a word of an input method
    const link = hits.querySelector(`#hit-${chosen}`);
    if (link) location.assign(link.href);
  }
});
