// Makes one file of the compiled router and its libraries: it starts sooner and takes less memory than several hundred
// modules, of whose libraries only parts are used. What carries native code, or is loaded only when needed, stays outside.
import { rolldown } from "rolldown";
import { inCheckout } from "./bootstrap/places.mjs";

const dist = inCheckout("packages", "router", "dist");

/**
 * V8 keeps a program's text with two bytes for every sign as soon as one of them needs two: written as escapes, a few
 * typographic signs do not double what the text takes of memory. A raw template would show its escapes.
 */
const asciiOnly = {
  name: "ascii-only",
  /** @param {unknown} _options @param {Record<string, { type: string, code?: string }>} files */
  generateBundle: (_options, files) => {
    for (const file of Object.values(files)) if (file.code !== undefined) file.code = inAscii(file.code);
  },
};

/** @param {string} code */
function inAscii(code) {
  if (/String\.raw`[^`]*[^\0-\x7f]/.test(code)) throw new Error("a raw template has a sign beyond ASCII");
  return code.replace(/[^\0-\x7f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

const bundle = await rolldown({
  input: inCheckout("packages", "router", "dist", "main.js"),
  platform: "node",
  external: [/^better-sqlite3/],
  logLevel: "warn",
  plugins: [asciiOnly],
});
await bundle.write({
  dir: dist,
  format: "esm",
  entryFileNames: "herd.js",
  chunkFileNames: "herd-[name].js",
  // Names stay, for readable stacks; V8 keeps a program's text in memory, so blanks and comments go.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();
