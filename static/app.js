// What the pages need beside htmx: dialogs, messages, a banner when the server is gone, selections.
const LOST_AFTER_MS = 5_000;
const TOAST_MS = 6_000;

const dialog = document.getElementById("dialog");

/** The response is in the event's context; its names are htmx 4's. */
function contextOf(event) {
  return event.detail?.ctx ?? {};
}

// A hidden tab does not look.
document.addEventListener("htmx:config:request", (event) => {
  const source = contextOf(event).sourceEvent?.type;
  if (document.hidden && source === "every") event.preventDefault();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});

/** All that is live looks at once. */
export function refresh() {
  document.dispatchEvent(new CustomEvent("lido:refresh"));
}

// Dialogs ------------------------------------------------------------------

// Only by what came for it: one that is being closed has its content until that is told.
document.addEventListener("htmx:after:swap", (event) => {
  if (contextOf(event).target !== dialog) return;
  if (dialog.childElementCount > 0 && !dialog.open) dialog.showModal();
});
document.addEventListener("lido:close", () => dialog.close());
dialog.addEventListener("close", () => dialog.replaceChildren());
document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-close]");
  const open = closer?.closest("dialog[open]");
  if (open) {
    event.preventDefault();
    open.close();
  }
  if (event.target instanceof HTMLDialogElement) event.target.close(); // the backdrop
});

// What was wrong -----------------------------------------------------------

// A form that was refused tells it where somebody looks, and the first field can be mended at once.
document.addEventListener("htmx:after:swap", (event) => {
  const { request, response, target } = contextOf(event);
  if (request?.method !== "POST" || response?.status !== 422) return;
  const form = document.getElementById(target.id);
  const field = form?.querySelector('[aria-invalid="true"]');
  for (let fold = field?.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open = true;
  }
  (field ?? form?.querySelector(".form-faults"))?.scrollIntoView({ block: "center" });
  field?.focus({ preventScroll: true });
});

// Messages -----------------------------------------------------------------

const toasts = document.getElementById("toasts");

/** Shows a message, above whatever is open. */
export function showToast(level, text) {
  const toast = document.createElement("p");
  toast.className = `app-toast ${level}`;
  toast.textContent = text;
  toasts.append(toast);
  // The last that is shown so is above all others, and above a dialog.
  toasts.popover = "manual";
  toasts.hidePopover();
  toasts.showPopover();
  fade(toast);
}

function fade(toast) {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn-close";
  close.ariaLabel = toasts.dataset.close;
  close.addEventListener("click", () => toast.remove());
  toast.append(close);
  if (!toast.classList.contains("error")) setTimeout(() => toast.remove(), TOAST_MS);
}

for (const toast of toasts.children) fade(toast);
document.addEventListener("lido:toast", ({ detail }) => showToast(detail.level, detail.text));

// The server is gone -------------------------------------------------------

const lost = document.getElementById("lost");
const lostAge = document.getElementById("lost-age");
const seconds = new Intl.NumberFormat(document.documentElement.lang, {
  style: "unit",
  unit: "second",
  unitDisplay: "narrow",
});
let lastSeenMs = Date.now();
let isLost = false;

function showLost() {
  const age = seconds.format(Math.round((Date.now() - lastSeenMs) / 1_000));
  lostAge.textContent = lostAge.dataset.text.replace("{age}", age);
  lost.hidden = !isLost || Date.now() - lastSeenMs < LOST_AFTER_MS;
}

document.addEventListener("htmx:error", (event) => {
  isLost = true;
  showLost();
  if (contextOf(event).request?.method === "POST") showToast("error", lost.dataset.unsent);
});
document.addEventListener("htmx:after:request", (event) => {
  const { response } = contextOf(event);
  if (!response) return;
  lastSeenMs = Date.now();
  isLost = false;
  showLost();
});
setInterval(() => {
  if (isLost) showLost();
}, 1_000);

// Forms that need no button ------------------------------------------------

for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.classList.add("automatic");
}
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-submit-on-change]");
  if (form && event.target.matches("select")) form.requestSubmit();
});

// Numbers that are rather slid ---------------------------------------------

for (const field of document.querySelectorAll("input[data-slider]")) {
  field.type = "range";
  field.className = "form-range";
  field.form.classList.add("automatic");
}

// Selections ---------------------------------------------------------------

const bulk = document.getElementById("bulk");

function boxes() {
  return [...document.querySelectorAll('input[form="bulk"][name="id"]')];
}

function countSelected() {
  if (!bulk) return;
  const all = bulk.elements.namedItem("all").checked;
  const count = boxes().filter(({ checked }) => checked).length;
  const label = bulk.querySelector(".bulk-count");
  label.textContent = label.dataset.text.replace("{count}", String(count));
  bulk.classList.toggle("shown", all || count > 0);
  for (const row of document.querySelectorAll("tr:has(input[form='bulk'])")) {
    row.classList.toggle("selected", row.querySelector("input[form='bulk']").checked);
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  }
  countSelected();
});
document.addEventListener("htmx:after:swap", countSelected);
document.addEventListener("lido:close", countSelected);
countSelected();

// Logs ---------------------------------------------------------------------

let isAtNewest = true;

function followLogs() {
  const logs = document.querySelector("[data-follow]");
  if (logs && isAtNewest) logs.scrollTop = logs.scrollHeight;
}

// Who scrolled up reads there, until he is at the newest line again.
document.addEventListener("scroll", ({ target }) => {
  if (!(target instanceof Element) || !target.matches("[data-follow]")) return;
  isAtNewest = target.scrollTop + target.clientHeight > target.scrollHeight - 24;
}, true);
document.addEventListener("htmx:after:swap", followLogs);
followLogs();

// Copies -------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  showToast("success", button.dataset.done);
});
