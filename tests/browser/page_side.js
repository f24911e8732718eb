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
  const { violations } = await globalThis.axe.run(document, {
    runOnly: { type: "tag", values: tags },
    resultTypes: ["violations"],
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, any, all }) =>
      `${id}: ${html.slice(0, 200)} ${[...any, ...all].map(({ message }) => message).join("; ")}`
    )
  );
}
