/* A picture as a file: in the inks of the day, on white, with its title and the line that says where its numbers come from. */
(function () {
  "use strict";
  const WIDTH = 6, LINE = 15, SCALE = 2; // of a letter of the stamp (twice that for Chinese), of a line; dots a pixel of a PNG

  function byDay(value, inks) {
    if (Array.isArray(value)) return value.map((each) => byDay(each, inks));
    if (ArrayBuffer.isView(value)) return value;
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, byDay(each, inks)]));
    }
    if (typeof value !== "string") return value;
    return inks[value] || value.replace(/color:(#[0-9a-f]{6})/g, (all, ink) => "color:" + (inks[ink] || ink));
  }

  function lines(text, width) {
    const made = [""];
    let room = width;
    for (const word of text.match(/[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/g) || []) {
      const long = [...word].reduce((sum, each) => sum + (each > "\u2e7f" ? 2 : 1) * WIDTH, 0);
      const closes = /^[\u3001\u3002\u3009\u300b\uff09\uff0c\uff1a\uff1b\uff01\uff1f]/.test(word); // never begins a line
      if (long > room && made.at(-1) && !closes) { made.push(""); room = width; }
      made[made.length - 1] += word;
      room -= long;
    }
    return made.map((each) => each.trim().replace(/&/g, "&amp;").replace(/</g, "&lt;"));
  }

  function title(plot) {
    const card = plot.closest(".card");
    const named = card && (card.querySelector(".only-print:not(:empty)") || card.querySelector("h2, h3"));
    return named ? named.textContent : "";
  }

  function stamped(plot) {
    const dark = document.documentElement.dataset.mantineColorScheme === "dark";
    const place = document.getElementById("inks"), inks = dark && place ? JSON.parse(place.dataset.inks) : {};
    const layout = byDay(JSON.parse(JSON.stringify(plot.layout)), inks), data = byDay(plot.data, inks);
    const width = plot.clientWidth, height = plot.clientHeight, said = document.querySelector(".provenance");
    const brand = document.getElementById("brand");
    const whole = [title(plot), brand && brand.innerText, said && said.textContent].filter(Boolean).join(" · ");
    const foot = lines(whole.replace(/\s+/g, " "), width - 24);
    const size = plot._fullLayout._size, more = LINE * foot.length + 12;
    layout.margin = {l: size.l, r: size.r, t: size.t, b: size.b + more, autoexpand: false};
    layout.annotations = (layout.annotations || []).concat({
      xref: "paper", yref: "paper", x: 0, y: 0, xanchor: "left", yanchor: "top", xshift: 12 - size.l, yshift: -size.b,
      showarrow: false, align: "left", text: foot.join("<br>"), font: {size: 11, color: "#55616e"},
    });
    return {spec: {data, layout: Object.assign(layout, {paper_bgcolor: "#ffffff", width, height: height + more})},
      width, height: height + more};
  }

  document.addEventListener("click", async function (event) {
    const button = event.target.closest && event.target.closest("button[data-picture]");
    const figure = button && button.closest("figure"), plot = figure && figure.querySelector(".js-plotly-plot");
    if (!plot || !window.Plotly) return;
    button.disabled = true;
    try {
      const {spec, width, height} = stamped(plot), format = button.dataset.picture;
      const link = document.createElement("a");
      link.href = await window.Plotly.toImage(spec, {format, width, height, scale: format === "png" ? SCALE : 1});
      link.download = button.dataset.file + "." + format;
      link.click();
    } finally {
      button.disabled = false;
    }
  });
})();
