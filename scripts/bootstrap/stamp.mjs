import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A checksum of what some files hold. A missing file counts as missing, not as an error.
 * @param {readonly string[]} files
 * @param {readonly string[]} also anything else the result depends on
 */
export function fingerprintOfContent(files, also) {
  const hash = createHash("sha256").update(JSON.stringify(also));
  for (const file of files) hash.update(`\0${file}\0`).update(existsSync(file) ? readFileSync(file) : "missing");
  return hash.digest("hex");
}

/**
 * A checksum of names, sizes and times of the files below some folders: cheap enough for every start.
 * @param {readonly string[]} roots folders or single files
 * @param {(name: string) => boolean} matters whether a file of this name counts
 */
export function fingerprintOfTimes(roots, matters) {
  const hash = createHash("sha256");
  for (const root of roots) hashTimes(hash, { path: root, matters });
  return hash.digest("hex");
}

/**
 * @param {import("node:crypto").Hash} hash
 * @param {{ path: string, matters: (name: string) => boolean }} place
 */
function hashTimes(hash, { path, matters }) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return;
  if (!stats.isDirectory()) {
    hash.update(`${path} ${stats.size} ${stats.mtimeMs}\n`);
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory() || matters(entry.name)) hashTimes(hash, { path: join(path, entry.name), matters });
  }
}

/**
 * @param {string} stampFile
 * @returns {string | undefined} the fingerprint of the last complete run
 */
export function readStamp(stampFile) {
  return existsSync(stampFile) ? readFileSync(stampFile, "utf8") : undefined;
}

/**
 * Written last, and whole: an interrupted step leaves no stamp, and is done again.
 * @param {string} stampFile
 * @param {string} fingerprint
 */
export function writeStamp(stampFile, fingerprint) {
  writeFileSync(`${stampFile}.unfinished`, fingerprint);
  renameSync(`${stampFile}.unfinished`, stampFile);
}
