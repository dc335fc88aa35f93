// Unpacks the library and the figures that stand in this page, draws each where it belongs, and fits it to the
// screen or the paper. Nothing is fetched.
"use strict";
(async () => {
  const NARROW = window.matchMedia("(max-width: 860px)"); // as in report.css
  const WIDTH = 1080; // that the wide pictures' texts are laid out for
  const PAPER = { width: 1032, height: 560 }; // what a page of A4 across leaves a picture, in px of 1/96 inch

  const unpack = async (id) => {
    const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (c) => c.charCodeAt(0));
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  };
  const plots = [...document.querySelectorAll(".plot")];
  let packed;

  // A figure is drawn at the width that its texts need, and shrunk as a whole where there is less room.
  const draw = (plot, screen) => {
    const frame = plot.parentElement;
    const narrow = screen ? screen.narrow : NARROW.matches;
    const room = screen ? screen.width : frame.clientWidth;
    const spec = packed.pictures[plot.dataset.picture][narrow ? "narrow" : "wide"];
    const height = spec.layout.height || 450;
    const width = narrow ? room : Math.max(room, WIDTH);
    const scale = Math.min(1, room / width, screen ? screen.height / height : 1);
    plot.style.width = `${width}px`;
    plot.style.height = `${height}px`;
    plot.style.transform = scale < 1 ? `scale(${scale})` : "";
    plot.style.marginLeft = scale < 1 ? `${Math.max(0, Math.floor((room - width * scale) / 2))}px` : "";
    frame.style.height = scale < 1 || screen ? `${Math.ceil(height * scale)}px` : "";
    plot.dataset.shown = `${narrow} ${room}`;
    const copy = structuredClone(spec);
    copy.layout = { ...copy.layout, width, height, autosize: false };
    return Plotly.react(plot, { ...copy, config: packed.config }).then(() => reachable(plot));
  };
  // Plotly's slider knows the pointer alone: here it is reached with Tab and moved with the arrow keys, Home and End.
  const reachable = (plot) => {
    const group = plot.querySelector(".slider-group"), slider = plot.layout.sliders?.[0];
    if (!group || !slider) return;
    const last = slider.steps.length - 1, at = () => plot.layout.sliders[0].active ?? 0;
    const tell = () => {
      const say = { role: "slider", tabindex: 0, "aria-label": plot.getAttribute("aria-label"), "aria-valuemin": 0 };
      Object.assign(say, { "aria-valuemax": last, "aria-valuenow": at(), "aria-valuetext": slider.steps[at()].label });
      for (const [name, value] of Object.entries(say)) group.setAttribute(name, value);
    };
    tell();
    if (plot.dataset.reachable) return;
    plot.dataset.reachable = "1";
    plot.on("plotly_sliderchange", () => setTimeout(tell));
    plot.addEventListener("keydown", async (event) => {
      if (!event.target.closest?.(".slider-group")) return;
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -last, End: last }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      const next = Math.min(last, Math.max(0, at() + step)), chosen = plot.layout.sliders[0].steps[next];
      await Plotly.relayout(plot, { "sliders[0].active": next });
      await Plotly.animate(plot, ...chosen.args);
      reachable(plot);
      plot.querySelector(".slider-group").focus();
    });
  };
  const fit = () => {
    for (const plot of plots) {
      if (plot.dataset.shown !== `${NARROW.matches} ${plot.parentElement.clientWidth}`) draw(plot);
    }
  };

  try {
    const [library, pictures] = await Promise.all([unpack("library"), unpack("pictures")]);
    const script = document.createElement("script");
    script.textContent = library;
    document.head.append(script);
    packed = JSON.parse(pictures);
    for (const plot of plots) {
      await draw(plot);
      await new Promise((next) => setTimeout(next)); // the page stays alive between two pictures
    }
  } catch (error) {
    document.getElementById("trouble").hidden = false;
    throw error;
  }
  let waiting;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = setTimeout(fit, 150);
  });
  window.addEventListener("beforeprint", () => plots.forEach((plot) => draw(plot, { narrow: false, ...PAPER })));
  window.addEventListener("afterprint", () => plots.forEach((plot) => draw(plot)));
  document.documentElement.dataset.drawn = plots.length;
})();
