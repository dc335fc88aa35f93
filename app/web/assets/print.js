/* What paper needs: the stamp on every sheet, pictures as wide as the sheet and in the inks of the day, folds open. */
(function () {
  "use strict";
  const undo = [];

  function put(element, name, value) {
    const old = element.getAttribute(name);
    undo.push(() => (old === null ? element.removeAttribute(name) : element.setAttribute(name, old)));
    element.setAttribute(name, value);
  }

  function style(element, text) {
    const old = element.style.cssText;
    undo.push(() => { element.style.cssText = old; });
    element.style.cssText = text;
  }

  function inks() {
    const place = document.getElementById("inks");
    return place ? JSON.parse(place.dataset.inks) : {};
  }

  // Chromium writes a colour of a style as rgb(...).
  function rgb(hex) {
    return "rgb(" + [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)).join(", ") + ")";
  }

  function byDay() {
    const pairs = Object.entries(inks()).map(([night, day]) => [rgb(night), rgb(day)]);
    document.querySelectorAll(".js-plotly-plot [style*='rgb(']").forEach(function (each) {
      let text = each.style.cssText;
      pairs.forEach(([night, day]) => { text = text.split(night).join(day); });
      if (text !== each.style.cssText) style(each, text);
    });
    document.querySelectorAll(".js-plotly-plot svg :is([fill], [stroke])").forEach(function (each) {
      for (const name of ["fill", "stroke"]) {
        const ink = each.getAttribute(name), pair = pairs.find(([night]) => ink && ink.replace(/,\s*/g, ", ") === night);
        if (pair) put(each, name, pair[1]);
        else if (inks()[ink]) put(each, name, inks()[ink]);
      }
    });
    put(document.documentElement, "data-mantine-color-scheme", "light");
    put(document.body, "data-ag-theme-mode", "light");
  }

  function pictures() {
    document.querySelectorAll(".js-plotly-plot .svg-container").forEach(function (each) {
      const width = each.clientWidth, height = each.clientHeight;
      if (!width || !height) return;
      each.querySelectorAll(".main-svg").forEach((svg) => put(svg, "viewBox", "0 0 " + width + " " + height));
      style(each, each.style.cssText + ";aspect-ratio:" + width + "/" + height + ";max-width:" + 1.25 * width + "px");
    });
  }

  function stamp() {
    const line = document.querySelector(".provenance"), brand = document.getElementById("brand");
    const text = [brand && brand.innerText, line && line.textContent].filter(Boolean).join(" · ");
    const said = JSON.stringify(text.replace(/\s+/g, " "));
    const sheet = new CSSStyleSheet();
    const font = "font: 7.5pt sans-serif; color: #444; vertical-align: top; padding-top: 3mm;";
    sheet.replaceSync("@page { margin: 13mm 12mm 20mm; @bottom-left { content: " + said + "; width: 88%; text-align: left; " +
      font + " } @bottom-right { content: counter(page) \" / \" counter(pages); " + font + " } }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    undo.push(() => { document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet); });
  }

  window.addEventListener("beforeprint", function () {
    if (undo.length) return;
    stamp();
    pictures();
    if (document.documentElement.dataset.mantineColorScheme === "dark") byDay();
    document.querySelectorAll("details:not([open])").forEach((each) => put(each, "open", ""));
  });
  window.addEventListener("afterprint", function () {
    while (undo.length) undo.pop()();
  });
})();
