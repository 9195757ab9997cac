/** Shows nothing of the page until it is known what to hide: rules come from elsewhere, and take a moment. */

/** To be called first thing at the start of the document. @returns what shows the page. */
export function coverPage(): () => void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(':root { opacity: 0 !important; transition: none !important; }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  return () => {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((s) => s !== sheet);
  };
}
