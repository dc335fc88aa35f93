// The texts of all pictures that stand out too little from what lies under them: WCAG 2.2, 4.5 to 1, large ones 3 to 1.
() => {
  const rgb = (text) => { const m = (text || "").match(/rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)/); return m ? [+m[1], +m[2], +m[3], m[4] === undefined ? 1 : +m[4]] : null; };
  const lum = (c) => { const f = c.slice(0, 3).map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; };
  const ratio = (a, b) => { const [l, h] = [lum(a), lum(b)].sort((x, y) => x - y); return (h + .05) / (l + .05); };
  const over = (top, under) => { const a = top[3]; return [0, 1, 2].map((i) => top[i] * a + under[i] * (1 - a)).concat(1); };
  const ground = (node) => { for (let n = node; n; n = n.parentElement) { const c = rgb(getComputedStyle(n).backgroundColor); if (c && c[3] > 0) return c; } return [255, 255, 255, 1]; };
  const found = [];
  document.querySelectorAll(".js-plotly-plot").forEach((plot) => {
    const page = ground(plot);
    const marks = [...plot.querySelectorAll("path, rect, circle")].filter((m) => !m.closest("defs, .draglayer, .hoverlayer, clipPath, .bglayer, .dragcover") ).map((m) => {
      const s = getComputedStyle(m); let fill = s.fill;
      const url = fill.match(/url\("?#([^")]+)"?\)/);
      if (url) { const p = document.getElementById(url[1]); const r = p && p.querySelector("rect"); fill = r ? getComputedStyle(r).fill : "none"; }
      const c = rgb(fill); if (!c) return null;
      const a = c[3] * (+s.fillOpacity) * (+s.opacity); if (a < .15) return null;
      return {m, c: [c[0], c[1], c[2], a], box: m.getBoundingClientRect()};
    }).filter(Boolean);
    plot.querySelectorAll("text").forEach((text) => {
      if (text.closest(".hoverlayer, defs")) return;
      const spans = text.querySelectorAll("tspan"); 
      (spans.length ? [...spans].filter((s) => !s.querySelector("tspan")) : [text]).forEach((t) => {
        const said = t.textContent.trim(); if (said.length < 2) return; // a mark of the key shows a fill
        const s = getComputedStyle(t), ink = rgb(s.fill), box = t.getBoundingClientRect();
        if (!ink || !box.width || s.visibility === "hidden" || +s.opacity < .1) return;
        const x = box.left + box.width / 2, y = box.top + box.height / 2;
        let under = page;
        for (const k of marks) {
          if (k.box.left > x || k.box.right < x || k.box.top > y || k.box.bottom < y) continue;
          if (!(t.compareDocumentPosition(k.m) & Node.DOCUMENT_POSITION_PRECEDING)) continue;
          const pt = k.m.ownerSVGElement.createSVGPoint(), inv = k.m.getScreenCTM(); if (!inv) continue;
          pt.x = x; pt.y = y;
          try { if (!k.m.isPointInFill(pt.matrixTransform(inv.inverse()))) continue; } catch (e) { continue; }
          under = over(k.c, under);
        }
        const r = ratio(over(ink, under), under);
        const large = parseFloat(s.fontSize) >= 18 || (parseFloat(s.fontSize) >= 14 && +s.fontWeight >= 700);
        if (r < (large ? 3 : 4.5)) found.push([said.slice(0, 30), +r.toFixed(2), s.fill, under.map(Math.round).join(",")]);
      });
    });
  });
  return found;
}
