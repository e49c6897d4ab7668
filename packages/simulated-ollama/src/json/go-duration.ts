import type { Decoded } from "./go-type.ts";

const nanosecondsPerUnit: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Reads a duration as Go's `time.ParseDuration` does; the value is in milliseconds, the errors have Go's wording. */
export function parseGoDuration(source: string): Decoded<number> {
  const sign = source.startsWith("-") ? -1 : 1;
  const unsigned = source.replace(/^[+-]/, "");
  if (unsigned === "0") return { ok: true, value: 0 };
  let rest = unsigned;
  let nanoseconds = 0;
  do {
    const part = /^(\d+\.?\d*|\.\d+)([^.\d]*)/.exec(rest);
    if (part === null) return failure("invalid", source);
    const [whole, number = "", unit = ""] = part;
    const size = nanosecondsPerUnit[unit];
    if (size === undefined) return failure(unit === "" ? "missing unit in" : `unknown unit ${quote(unit)} in`, source);
    nanoseconds += Number(number) * size;
    rest = rest.slice(whole.length);
  } while (rest !== "");
  return { ok: true, value: (sign * nanoseconds) / 1e6 };
}

function failure(what: string, source: string): Decoded<number> {
  return { ok: false, error: `time: ${what} duration ${quote(source)}` };
}

/** Package time has its own quoting: every byte beyond ASCII is shown by its number. */
function quote(text: string): string {
  const shown = Array.from(Buffer.from(text, "utf8"), (byte) => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte < 0x20 || byte >= 0x80 ? `\\x${byte.toString(16).padStart(2, "0")}` : String.fromCharCode(byte);
  });
  return `"${shown.join("")}"`;
}
