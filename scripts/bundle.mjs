// Makes one file of the compiled router and its libraries: it starts sooner and takes less memory than several hundred
// modules, of whose libraries only parts are used. What carries native code, or is loaded only when needed, stays outside.
import { rolldown } from "rolldown";
import { inCheckout } from "./bootstrap/places.mjs";

const dist = inCheckout("packages", "router", "dist");

const bundle = await rolldown({
  input: inCheckout("packages", "router", "dist", "main.js"),
  platform: "node",
  external: [/^better-sqlite3/],
  logLevel: "warn",
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
