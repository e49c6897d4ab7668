/** Nanoseconds in a unit, as Go's `time.ParseDuration` names it; both signs for micro are taken. */
const units: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["\u00b5s", 1e3],
  ["\u03bcs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
]);

const NANOSECONDS_MAX = 2 ** 63;
const step = /^([0-9]*)(?:\.([0-9]*))?([^0-9.]*)/;

/** A duration in whole nanoseconds, or Go's words for why the text is none. */
export type GoDuration = { readonly nanoseconds: number } | { readonly problem: string };

/** Reads `1h30m`, `300ms`, `-1.5s`, `0` as Go does. Values beyond 2^53 ns are rounded. */
export const parseGoDuration = (text: string): GoDuration => {
  const sign = text.startsWith("-") ? -1 : 1;
  let rest = text.replace(/^[-+]/, "");
  if (rest === "0") return { nanoseconds: 0 };
  if (rest === "") return invalid(text);
  let total = 0;
  while (rest !== "") {
    const taken = takeStep(rest, text);
    if ("problem" in taken) return taken;
    total += taken.nanoseconds;
    if (total >= NANOSECONDS_MAX) return invalid(text);
    rest = rest.slice(taken.length);
  }
  return { nanoseconds: sign * total };
};

type Step = { readonly nanoseconds: number; readonly length: number } | { readonly problem: string };

const takeStep = (rest: string, text: string): Step => {
  const [taken = "", whole = "", fraction = "", name = ""] = step.exec(rest) ?? [];
  if ((whole === "" && fraction === "") || Number(whole) > NANOSECONDS_MAX) return invalid(text);
  if (name === "") return { problem: `time: missing unit in duration ${quote(text)}` };
  const unit = units.get(name);
  if (unit === undefined) return { problem: `time: unknown unit ${quote(name)} in duration ${quote(text)}` };
  const nanoseconds = Number(whole || "0") * unit + Math.trunc(Number(`0.${fraction || "0"}`) * unit);
  return { nanoseconds, length: taken.length };
};

const invalid = (text: string): { readonly problem: string } => ({ problem: `time: invalid duration ${quote(text)}` });

const encoder = new TextEncoder();

/** Go's time package quotes in its own way: everything but printable ASCII as the hexadecimal of its bytes. */
const quote = (text: string): string => `"${Array.from(text, quoteCharacter).join("")}"`;

const quoteCharacter = (character: string): string => {
  if (character === '"' || character === "\\") return `\\${character}`;
  if (character >= " " && character < "\u0080") return character;
  return Array.from(encoder.encode(character), (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
};
