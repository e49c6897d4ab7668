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
