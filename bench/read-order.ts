import { parseArgs } from "node:util";

/** What somebody asked the bench for. */
export interface Order {
  /** Names of parts; empty: all that do not take long. */
  readonly names: readonly string[];
  readonly isShort: boolean;
  readonly isFull: boolean;
  readonly minutes: number;
  /** Where the results go as JSON, too. */
  readonly jsonFile: string | undefined;
  /** The results page is written. */
  readonly mustWrite: boolean;
}

/** The order, a wish to be told how to use it, or what is wrong with it, in a sentence. */
export type ReadOrder =
  | { readonly kind: "order"; readonly order: Order }
  | { readonly kind: "usage" }
  | { readonly kind: "problem"; readonly sentence: string };

const SOAK_MINUTES = 30;
const LONGEST_MINUTES = 24 * 60;

/** Reads the command line. @param known the names of all parts */
export function readOrder(args: readonly string[], known: readonly string[]): ReadOrder {
  const parsed = parse(args);
  if (typeof parsed === "string") return { kind: "problem", sentence: parsed };
  const { values, positionals } = parsed;
  if (values.help) return { kind: "usage" };
  const stranger = positionals.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    return { kind: "problem", sentence: `there is no part "${stranger}"; the parts are ${known.join(", ")}.` };
  }
  const minutes = Number(values.minutes ?? SOAK_MINUTES);
  if (!(minutes > 0 && minutes <= LONGEST_MINUTES)) {
    return {
      kind: "problem",
      sentence: `--minutes takes a number above 0 and up to ${LONGEST_MINUTES}, not "${values.minutes}".`,
    };
  }
  const { short: isShort, full: isFull, json: jsonFile, write: mustWrite } = values;
  if (isShort && mustWrite) {
    return {
      kind: "problem",
      sentence: "--short and --write do not go together: numbers of the short form mean little.",
    };
  }
  return { kind: "order", order: { names: [...new Set(positionals)], isShort, isFull, minutes, jsonFile, mustWrite } };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        short: { type: "boolean", default: false },
        full: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
        minutes: { type: "string" },
        json: { type: "string" },
      },
    });
  } catch (error) {
    // Node's own sentence names the option; what it adds about `--` helps nobody here.
    return error instanceof Error ? (error.message.split(". ")[0] ?? error.message) : String(error);
  }
}

/** How to use the bench. */
export const usageOf = (known: readonly string[]): string => `npm run bench -- [part …] [options]

Parts: ${known.join(", ")}. Without any: all but soak.

  --short          a few seconds a part: shows that everything works
  --full           start-up also clones the checkout and starts it for the first time (needs a registry)
  --minutes <n>    length of soak, ${SOAK_MINUTES} by default
  --json <file>    writes the results as JSON
  --write          writes docs/benchmarks.md and docs/benchmarks.json; parts that were not measured stay as they are`;
