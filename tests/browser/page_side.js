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
