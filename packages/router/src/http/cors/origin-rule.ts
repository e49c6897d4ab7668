/** Which web pages may call: those of Ollama's default origins, and those of the setting `corsOrigins`. */
export interface OriginRule {
  /** `*` is listed: every page may, and the answers say so instead of naming the page. */
  readonly allowsAll: boolean;
  readonly allows: (origin: string) => boolean;
  /** The owner named this origin, by its scheme at least. A bare `*` names nobody, and the defaults are not his choice. */
  readonly isListed: (origin: string) => boolean;
}

const LOCAL_NAMES = ["localhost", "127.0.0.1", "0.0.0.0"];

/** What Ollama allows without being told. */
const DEFAULT_ORIGINS: readonly string[] = [
  ...LOCAL_NAMES.flatMap((name) => [`http://${name}`, `https://${name}`, `http://${name}:*`, `https://${name}:*`]),
  "app://*",
  "file://*",
  "tauri://*",
  "vscode-webview://*",
  "vscode-file://*",
];

/**
 * The rule for a list of origins, in which every `*` stands for any text. As with Ollama, listed origins are taken in lower
 * case and compared with the page's own as it was sent.
 */
export function createOriginRule(listed: readonly string[]): OriginRule {
  const matchesDefault = matcherOf(DEFAULT_ORIGINS);
  const isListed = matcherOf(listed.filter((origin) => origin !== "*"));
  const allowsAll = listed.includes("*");
  return { allowsAll, isListed, allows: (origin) => allowsAll || matchesDefault(origin) || isListed(origin) };
}

function matcherOf(origins: readonly string[]): (origin: string) => boolean {
  const lower = origins.map((origin) => origin.trim().toLowerCase());
  const exact = new Set(lower);
  const patterns = lower.filter((origin) => origin.includes("*")).map((origin) => origin.split("*"));
  return (origin) => exact.has(origin) || patterns.some((pieces) => fits(origin, pieces));
}

/** Whether a text consists of these pieces with anything between them. */
function fits(text: string, pieces: readonly string[]): boolean {
  const first = pieces[0] ?? "";
  const last = pieces.at(-1) ?? "";
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
