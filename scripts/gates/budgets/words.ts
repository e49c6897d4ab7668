/** Words that say nothing, or for which the glossary of ARCHITECTURE.md has another. */
const bannedWords = new Set([
  "util",
  "utils",
  "helper",
  "helpers",
  "common",
  "misc",
  "manager",
  "service",
  "engine",
  "info",
  "req",
  "res",
  "cfg",
  "msg",
  "ctx",
  "opts",
  "evt",
]);

/** Banned only as a whole name: `data`, not `dataFolder`. */
const bannedNames = new Set(["data"]);

/** Names of the wire formats that we follow, as they look in ours: they stay recognisable. */
const wireNames = /num[-_ ]?ctx|model[-_ ]?info|service[-_ ]?tier/gi;

/** The banned words in a name, however its words are joined: `nodeInfo`, `NODE_INFO`, `node-info.ts`. */
export function bannedWordsIn(name: string): readonly string[] {
  const words = wordsOf(name.replace(wireNames, ""));
  const whole = words.join("");
  return bannedNames.has(whole) ? [whole] : words.filter((word) => bannedWords.has(word));
}

/** The words of a name, in small letters. */
function wordsOf(name: string): readonly string[] {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/([A-Z]+)([A-Z][a-z])/g, "$1 $2");
  return spaced
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}
