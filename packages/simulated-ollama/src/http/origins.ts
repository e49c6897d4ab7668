/** Which web pages may call: Ollama's default origins and those of OLLAMA_ORIGINS. */

/** The rule of one server. */
export interface OriginRule {
  /** Every origin may, and the answers say `*` instead of naming it. */
  readonly allowsAll: boolean;
  allows(origin: string): boolean;
}

const localNames = ["localhost", "127.0.0.1", "0.0.0.0"];

const defaultOrigins: readonly string[] = [
  ...localNames.flatMap((name) => [`http://${name}`, `https://${name}`, `http://${name}:*`, `https://${name}:*`]),
  "app://*",
  "file://*",
  "tauri://*",
  "vscode-webview://*",
  "vscode-file://*",
];

const namedSchemes = [
  "http://",
  "https://",
  "chrome-extension://",
  "safari-extension://",
  "moz-extension://",
  "ms-browser-extension://",
];

/** Creates the rule. Throws for an origin with which Ollama does not start: without a known scheme, or with two `*`. */
export function createOriginRule(more: readonly string[]): OriginRule {
  for (const origin of more) check(origin);
  const origins = [...more, ...defaultOrigins];
  const exact = new Set(origins.map((origin) => origin.trim().toLowerCase()));
  const patterns = origins.filter((origin) => origin.includes("*")).map(splitAtStar);
  const allowsAll = more.includes("*");
  const isMatched = (origin: string) =>
    patterns.some(([start, end]) => origin.startsWith(start) && origin.endsWith(end));
  return { allowsAll, allows: (origin) => allowsAll || exact.has(origin) || isMatched(origin) };
}

function check(origin: string): void {
  if (origin.split("*").length > 2) throw new Error(`only one * is allowed: ${origin}`);
  if (origin.includes("*") || namedSchemes.some((scheme) => origin.startsWith(scheme))) return;
  throw new Error(`bad origin ${origin}: origins must contain '*' or include ${namedSchemes.join(",")}`);
}

function splitAtStar(origin: string): readonly [string, string] {
  const star = origin.indexOf("*");
  return [origin.slice(0, star), origin.slice(star + 1)];
}
