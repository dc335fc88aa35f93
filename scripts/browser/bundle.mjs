// Builds viz/plotly-bundle.min.js.gz: plotly.js with just the traces that the pictures draw with, and Chinese.
// The same input gives the same bytes: gzip carries neither a name nor a time.
import { build } from "esbuild";
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

export const TRACES = ["bar"]; // scatter is part of the core

const entry = `
const Plotly = require("plotly.js/lib/core");
Plotly.register([${TRACES.map((name) => `require("plotly.js/lib/${name}")`).join(", ")}]);
Plotly.register(require("plotly.js/lib/locales/zh-cn"));
module.exports = Plotly;
`;
const { version, license } = JSON.parse(readFileSync("node_modules/plotly.js/package.json", "utf8"));
const made = await build({
  stdin: { contents: entry, resolveDir: "." },
  bundle: true,
  minify: true,
  write: false,
  format: "iife",
  globalName: "Plotly",
  charset: "utf8",
  target: "es2020",
  legalComments: "none",
  // As plotly.js builds itself: its own regl, streams for the browser; the style sheet is that of maps, which are left out.
  alias: { regl: "@plotly/regl", stream: "stream-browserify" },
  loader: { ".css": "empty" },
  define: { global: "window", "define.amd": "false", "process.env.NODE_DEBUG": "false" },
});
const text = `/* plotly.js ${version} (${license} licence, Plotly, Inc. and contributors): ${["scatter", ...TRACES].join(", ")} */\n`;
const code = Buffer.concat([Buffer.from(text), Buffer.from(made.outputFiles[0].contents)]);
const packed = gzipSync(code, { level: 9 });
packed[9] = 255; // the operating system that packed it is nobody's business
const target = new URL("../../viz/plotly-bundle.min.js.gz", import.meta.url);
writeFileSync(target, packed);
console.log(`viz/plotly-bundle.min.js.gz: ${code.length} bytes, ${packed.length} packed`);
