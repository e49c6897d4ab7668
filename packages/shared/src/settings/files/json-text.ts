/** The value of a JSON text, or where it stops being JSON; line and column count from 1. */
export type JsonReading =
  | { readonly isJson: true; readonly value: unknown }
  | { readonly isJson: false; readonly line: number; readonly column: number; readonly expected: string };

/** Reads JSON and, unlike JSON.parse, always says which line is wrong. A byte order mark at the beginning is skipped. */
export function parseJsonText(text: string): JsonReading {
  const json = text.replace(/^\uFEFF/, "");
  try {
    return { isJson: true, value: JSON.parse(json) };
  } catch {
    // JSON.parse names a position in some of its errors only, so the place is looked for here.
    const { offset, expected } = findFault(json);
    const before = json.slice(0, offset).split(/\r\n|\r|\n/);
    return { isJson: false, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, expected };
  }
}

/** What may stand next; `first value` and `first name` also allow the end of the list or object just opened. */
type Place = "a value" | "first value" | "a name" | "first name" | "a colon" | "a comma" | "the end";

interface Walk {
  readonly place: Place;
  /** The closing marks still due, innermost last. */
  readonly open: readonly string[];
}

/** A string (any character from the blank on but the quote and the backslash, or an escape), a number or word, a mark. */
const TOKEN =
  /"(?:[ !#-[\]-\u{10ffff}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)|[[\]{}:,]/uy;
const BLANKS = /[ \t\r\n]*/y;

const EXPECTED: Record<Place, string> = {
  "a value": "a value",
  "first value": 'a value or "]"',
  "a name": "a name in double quotes",
  "first name": 'a name in double quotes or "}"',
  "a colon": '":"',
  "a comma": '"," or the closing bracket',
  "the end": "the end of the file",
};

function findFault(json: string): { readonly offset: number; readonly expected: string } {
  let walk: Walk = { place: "a value", open: [] };
  let offset = endOf(BLANKS, json, 0);
  while (offset < json.length) {
    const end = endOf(TOKEN, json, offset);
    const next = step(walk, json.slice(offset, end));
    if (next === undefined) break;
    walk = next;
    offset = endOf(BLANKS, json, end);
  }
  return { offset, expected: EXPECTED[walk.place] };
}

function endOf(pattern: RegExp, json: string, offset: number): number {
  pattern.lastIndex = offset;
  const [match = ""] = pattern.exec(json) ?? [];
  return offset + match.length;
}

/** The state after a token, or undefined where the token (empty: none was recognised) may not stand. */
function step({ place, open }: Walk, token: string): Walk | undefined {
  const mayClose = place === "a comma" || place === "first value" || place === "first name";
  if (mayClose && token === open.at(-1)) return afterValue(open.slice(0, -1));
  return STEPS[place](token, open);
}

type Step = (token: string, open: readonly string[]) => Walk | undefined;

const startName: Step = (token, open) => (token.startsWith('"') ? { place: "a colon", open } : undefined);

const STEPS: Record<Place, Step> = {
  "a value": startValue,
  "first value": startValue,
  "a name": startName,
  "first name": startName,
  "a colon": (token, open) => (token === ":" ? { place: "a value", open } : undefined),
  "a comma": (token, open) => (token === "," ? { place: open.at(-1) === "}" ? "a name" : "a value", open } : undefined),
  "the end": () => undefined,
};

function startValue(token: string, open: readonly string[]): Walk | undefined {
  if (token === "{") return { place: "first name", open: [...open, "}"] };
  if (token === "[") return { place: "first value", open: [...open, "]"] };
  return /^["\w-]/.test(token) ? afterValue(open) : undefined;
}

function afterValue(open: readonly string[]): Walk {
  return { place: open.length === 0 ? "the end" : "a comma", open };
}
