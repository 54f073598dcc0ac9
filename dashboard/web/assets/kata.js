// Says in the person's language what Streamlit's client says of its own accord; see client_words.py.
(() => {
  const words = JSON.parse(document.currentScript.dataset.words);
  const PLACES = [
    "stFileUploaderDropzone", "InputInstructions", "stElementToolbar", "stTooltipContent", "stDataFrameColumnMenu",
    "stDataFrameColumnVisibilityMenu", "stDataFrameStatisticsMenu", "stTimeInputError", "stNumberInputError",
  ].map((place) => `[data-testid="${place}"]`).concat(["[data-empty]", ".gdg-search-bar"]).join(", ");
  const NAMED = "button, svg, nav, ul, [role=listbox], [role=dialog]"; // what a client names itself; fields are ours
  const TYPED = "textarea, input, [contenteditable=true]";
  const plain = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const patterns = Object.entries(words)
    .filter(([source]) => source.includes("{"))
    .map(([source, said]) => [
      new RegExp("^" + source.split(/\{\w+\}/).map(plain).join("(.+)") + "$"),
      said.replace(/\{\w+\}/, "$1"),
    ]);

  const ENGLISH_NOW = ".st-key-spoken-en"; // chosen after this page was loaded
  const inOurWords = (text) => {
    const known = text && text.trim();
    if (!known || known.length > 60 || document.querySelector(ENGLISH_NOW)) return text;
    if (Object.hasOwn(words, known)) return text.replace(known, () => words[known]);
    for (const [pattern, said] of patterns) if (pattern.test(known)) return known.replace(pattern, said);
    return text;
  };
  const sayText = (node) => {
    const said = inOurWords(node.nodeValue);
    const parent = node.parentElement;
    if (said !== node.nodeValue && parent && parent.closest(PLACES) && !parent.closest(TYPED)) node.nodeValue = said;
  };
  const sayName = (element) => {
    if (!element.matches(NAMED)) return;
    const value = element.getAttribute("aria-label");
    const said = inOurWords(value);
    if (said !== value) element.setAttribute("aria-label", said);
  };
  const say = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return sayText(node);
    if (node.nodeType !== Node.ELEMENT_NODE) return undefined;
    sayName(node);
    for (const one of node.querySelectorAll("[aria-label]")) sayName(one);
    if (!node.closest(PLACES) && !node.querySelector(PLACES)) return undefined;
    const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) sayText(texts.currentNode);
    return undefined;
  };
  new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") sayName(change.target);
      else if (change.type === "characterData") sayText(change.target);
      else change.addedNodes.forEach(say);
    }
  }).observe(document.body, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["aria-label"],
  });
  say(document.body);
})();
