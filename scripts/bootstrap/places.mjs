import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout this script lies in. */
const checkout = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** The folder that holds everything the bootstrap brings or remembers. Removing it only costs time. */
export const toolFolder = join(checkout, ".herd");

/** @param {...string} parts a path inside the checkout */
export const inCheckout = (...parts) => join(checkout, ...parts);

/** @param {...string} parts a path inside the tool folder */
export const inToolFolder = (...parts) => join(toolFolder, ...parts);

/** The router as users run it: compiled and bundled. */
export const routerProgram = inCheckout("packages", "router", "dist", "herd.js");

/**
 * Flags of Node for the router, all to spare memory: a request leaves little behind, so that a small young generation and
 * an old one that grows in small steps cost next to nothing; the middle compiler prepares hundreds of functions at once
 * when load begins, which takes 40 MB that are never given back, for a gain of the first seconds only; two
 * threads beside the main one do for its compiler and collector; and the router may ask for a collection when it is idle.
 */
export const routerFlags = [
  "--max-semi-space-size=8",
  "--heap-growing-percent=30",
  "--no-maglev",
  "--v8-pool-size=2",
  "--expose-gc",
];

/** What glibc frees goes back to the machine, and threads share two arenas; other systems ignore these. */
export const routerEnvironment = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_MMAP_THRESHOLD_: String(2 ** 16),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 17),
};
