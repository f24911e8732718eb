/** What tests run in the page; types of the document are not known on the server's side. */

/**
 * How a screen stands, once it has followed the window's size: charts do so with the next frame.
 * @returns {Promise<{language: string, heads: number, surplusPx: number, emptyIcons: number}>}
 */
export async function lookAtScreen() {
  await new Promise((resolve) => requestAnimationFrame(resolve));
  const root = document.documentElement;
  const icons = [...document.querySelectorAll("svg use")];
  return {
    language: root.lang,
    heads: document.querySelectorAll("h1").length,
    surplusPx: root.scrollWidth - root.clientWidth,
    emptyIcons: icons.filter((use) => use.checkVisibility() && use.getBBox().width === 0).length,
  };
}

/**
 * All that the page says or would say in its language: texts, also folded ones, and names and hints of
 * things; not code, nor what is marked as somebody's words (`bdi`) or as of another language.
 * @returns {string[]}
 */
export function listTexts() {
  const root = document.documentElement;
  const others = "script, style, code, pre, kbd, bdi, textarea, .mono, [lang]:not(:root)";
  const names = ["aria-label", "title", "placeholder", "data-text", "data-none", "data-done"];
  const texts = [document.title];
  for (const element of root.querySelectorAll("body, body *")) {
    if (element.closest(others)) continue;
    texts.push(...names.map((name) => element.getAttribute(name) ?? ""));
    for (const node of element.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) texts.push(node.data);
    }
  }
  return [...new Set(texts.map((text) => text.trim()).filter((text) => text !== ""))];
}

/**
 * What axe, which must be in the page, finds against WCAG 2.2 AA.
 * @param {string} theme
 * @returns {Promise<string[]>}
 */
export async function findBarriers(theme) {
  document.documentElement.dataset.bsTheme = theme;
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  // In the dark nothing but the colours differs.
  const runOnly = theme === "light"
    ? { type: "tag", values: tags }
    : { type: "rule", values: ["color-contrast", "link-in-text-block"] };
  const { violations } = await globalThis.axe.run(document, {
    runOnly,
    resultTypes: ["violations"],
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any, all }) =>
      `${id}: ${html.slice(0, 200)} ${[...any, ...all].map(({ message }) => message).join("; ")}`
    )
  );
}

/** Has all that is live look again and again, and counts what was swapped into the page's part. */
export function refreshEvery(ms) {
  globalThis.swaps = 0;
  document.addEventListener("htmx:after:swap", ({ detail }) => {
    if (detail.ctx.target.id === "page") globalThis.swaps++;
  });
  setInterval(() => document.dispatchEvent(new CustomEvent("lido:refresh")), ms);
}

/** Whether so many swaps were seen. */
export function hasSwapped(count) {
  return globalThis.swaps >= count;
}

/** What somebody may have begun on the page, and would not like to lose. */
export function lookAtHands() {
  const { activeElement } = document;
  return {
    focus: activeElement.id || activeElement.name || activeElement.textContent,
    text: activeElement.value ?? null,
    cursor: [activeElement.selectionStart ?? null, activeElement.selectionEnd ?? null],
    selected: String(getSelection()),
    scrollY: Math.round(scrollY),
    tableX: Math.round(document.querySelector(".table-responsive")?.scrollLeft ?? 0),
    open: [...document.querySelectorAll("details")].map((one) => one.open),
    dialog: document.querySelector("dialog[open]")?.id ?? null,
    checked: [...document.querySelectorAll('input[name="id"]:checked')].map((box) => box.value),
  };
}

/** Nodes of the document itself, to tell them from those that are only held in memory. */
export function countNodes() {
  const walker = document.createTreeWalker(document, NodeFilter.SHOW_ALL);
  let count = 1;
  while (walker.nextNode()) count++;
  return count;
}

/** Swaps the newest number of a chart's series, as a fragment with new numbers would. */
export function swapNewest({ chart, value }) {
  const source = document.getElementById(`${chart}-data`);
  const model = JSON.parse(source.textContent);
  model.series[0].values[model.times.length - 1] = value;
  source.textContent = JSON.stringify(model);
  document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: {} }));
}

/** Whether the first field that is marked as wrong has the focus, and is seen. */
export function isFirstFaultAtHand() {
  const field = document.querySelector('[aria-invalid="true"]');
  if (field === null || field !== document.activeElement) return false;
  const { top, bottom } = field.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}

/** Draws a chart of these series, a value a minute; what others drew before is gone. */
export function drawSeries({ chart, kind, series }) {
  const source = document.getElementById(`${chart}-data`);
  const model = JSON.parse(source.textContent);
  const times = series[0].values.map((_, at) => at * 60);
  source.textContent = JSON.stringify({
    ...model,
    kind,
    series,
    times,
    markers: [],
    isLastOpen: false,
  });
  document.dispatchEvent(new CustomEvent("htmx:after:swap", { detail: {} }));
}

/** How many dots of a chart have this colour, about, and so much of it: 1 is all. */
export function countDots({ chart, rgb, alpha }) {
  const canvas = document.querySelector(`#${chart} canvas`);
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    const isOf = rgb.every((part, index) => Math.abs(part - data[at + index]) < 6);
    if (isOf && Math.abs(alpha * 255 - data[at + 3]) < 3) count++;
  }
  return count;
}

/** Whether a list shows its last line. */
export function isAtEnd(list) {
  return list.scrollHeight > list.clientHeight &&
    list.scrollTop + list.clientHeight > list.scrollHeight - 2;
}

/** Whether a task's log is shown up to this line, or beyond it. */
export function hasLine(number) {
  const ids = [...document.querySelectorAll(".logs li")].map(({ id }) => id);
  return ids.some((id) => id.startsWith("line-") && Number(id.slice(5)) >= number);
}

/** The times of a chart's points in UTC, as `17:05`. */
export function listTimes(chart) {
  const { times } = JSON.parse(document.getElementById(`${chart}-data`).textContent);
  return times.map((at) => new Date(at * 1_000).toISOString().slice(11, 16));
}
