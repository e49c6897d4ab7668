import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

const left = new Set(["fixtures", "node_modules"]);

/**
 * Copies what the compiler leaves behind (migrations and other files that are read while running) beside the compiled files.
 * @param {string} from a folder of sources
 * @param {string} to the folder of compiled files
 */
export function copyAssets(from, to) {
  if (!existsSync(from)) return;
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory() && !left.has(entry.name)) copyAssets(source, target);
    if (entry.isFile() && !/\.(ts|tsx)$/.test(entry.name)) copyInto(source, target);
  }
}

/**
 * @param {string} source
 * @param {string} target
 */
function copyInto(source, target) {
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, target);
}
