// The API's description: sends what is filled in, and shows what comes back as it came.
const SHOWN_CHARS = 20_000;

document.addEventListener("submit", async (event) => {
  const form = event.target.closest(".api-try");
  if (!form) return;
  event.preventDefault();
  const shown = form.querySelector(".api-answer");
  shown.hidden = false;
  shown.textContent = "…";
  try {
    const response = await fetch(addressOf(form), requestOf(form));
    const text = await response.text();
    const cut = text.length > SHOWN_CHARS ? "\n…" : "";
    shown.textContent = `${response.status} ${response.statusText}\n\n` +
      indented(text).slice(0, SHOWN_CHARS) + cut;
  } catch (error) {
    shown.textContent = String(error);
  }
});

function fieldsOf(form, place) {
  return [...form.querySelectorAll(`[data-place="${place}"]`)]
    .filter(({ value }) => value !== "")
    .map(({ name, value }) => [name, value]);
}

function addressOf(form) {
  const path = fieldsOf(form, "path").reduce(
    (whole, [name, value]) => whole.replace(`{${name}}`, encodeURIComponent(value)),
    form.dataset.path,
  );
  const query = new URLSearchParams(fieldsOf(form, "query"));
  return query.size === 0 ? path : `${path}?${query}`;
}

function requestOf(form) {
  const body = form.querySelector("[data-body]")?.value.trim();
  return {
    method: form.dataset.method.toUpperCase(),
    headers: {
      accept: "application/json",
      ...Object.fromEntries(fieldsOf(form, "header")),
      ...body && { "content-type": "application/json" },
    },
    ...body && { body },
  };
}

/** Numbers that a double cannot hold keep their digits: such an answer is shown as it is. */
function indented(text) {
  if (/[^\d"][-]?\d{16,}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** An address can name an operation or a schema: it is shown then. */
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
globalThis.addEventListener("hashchange", openTarget);
openTarget();
