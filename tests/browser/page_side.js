/** What tests run in the page; types of the document are not known on the server's side. */

/** How a screen stands. @returns {{language: string, heads: number, surplusPx: number, emptyIcons: number}} */
export function lookAtScreen() {
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
