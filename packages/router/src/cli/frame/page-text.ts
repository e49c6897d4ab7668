import { padText, textWidth } from "@herd/shared/terminal";
import type { CommandPage, Exit, Flag } from "./command.ts";
import { DONE, FAILED, usualExits, WRONG_USE } from "./exit-codes.ts";
import { wrapped } from "./wrapped.ts";

/** What the help of one command is made of. */
export interface PageParts {
  readonly page: CommandPage;
  /** Options in commander's form with their meaning, those of the page among them. */
  readonly options: readonly (readonly [syntax: string, meaning: string])[];
  /** Commands below this one. */
  readonly below: readonly CommandPage[];
  /** Columns. */
  readonly width: number;
}

/** `herd traces [options] [WORD]`. */
export function usageOf(page: CommandPage, isGroup: boolean): string {
  const words = (page.arguments ?? []).map(({ name, isOptional, isMany }) => {
    const shown = isMany === true ? `${name}...` : name;
    return isOptional === true ? `[${shown}]` : shown;
  });
  return ["herd", ...page.words, ...words, ...(isGroup ? ["[COMMAND]"] : []), "[options]"].join(" ");
}

/** The exit codes of a command that talks to a router: the usual ones, with those that the page tells otherwise. */
export function exitsOf({ exits = [] }: CommandPage): readonly Exit[] {
  const own = new Map(exits);
  if (own.has(DONE) && own.has(FAILED) && own.has(WRONG_USE)) return exits;
  const usual = usualExits.map(([code, meaning]): Exit => [code, own.get(code) ?? meaning]);
  const further = exits.filter(([code]) => !usualExits.some(([known]) => known === code));
  return [...usual, ...further].toSorted(([one], [other]) => one - other);
}

/** The help of a command, as a manual page tells it. */
export function pageText({ page, options, below, width }: PageParts): string {
  const name = ["herd", ...page.words].join(" ");
  const line = Math.min(width, 100);
  const rows = (pairs: readonly (readonly [string, string])[]): string => pairsText(pairs, line);
  return [
    section("Name", [`  ${name} - ${page.summary}`]),
    section("Usage", [`  ${usageOf(page, below.length > 0)}`]),
    page.about === undefined ? "" : section("What it does", wrapped(page.about, line, 2)),
    listed("Commands", rows(below.map((one) => [one.words.slice(page.words.length).join(" "), one.summary]))),
    listed("Words", rows((page.arguments ?? []).map((one) => [one.name, one.meaning]))),
    listed("Options", rows(options)),
    section("Examples", examplesOf(page, line)),
    listed("Exit codes", rows(exitsOf(page).map(([code, meaning]) => [String(code), meaning]))),
  ]
    .filter((text) => text !== "")
    .join("\n");
}

const section = (title: string, lines: readonly string[]): string => `${title}:\n${lines.join("\n")}\n`;

const listed = (title: string, text: string): string => (text === "" ? "" : `${title}:\n${text}`);

function examplesOf({ examples }: CommandPage, width: number): readonly string[] {
  const widest = Math.max(...examples.map(([line]) => textWidth(line)));
  return examples.map(([line, meaning]) =>
    widest + textWidth(meaning) + 6 <= width ? `  ${padText(line, widest)}  ${meaning}` : `  # ${meaning}\n  ${line}`,
  );
}

/** Two columns; the right one is wrapped, or stands below where the terminal is narrow. */
function pairsText(pairs: readonly (readonly [string, string])[], width: number): string {
  const left = Math.min(32, Math.max(0, ...pairs.map(([name]) => textWidth(name)))) + 4;
  const isNarrow = width - left < 24;
  return pairs
    .map(([name, meaning]) => {
      const lines = wrapped(meaning, width, isNarrow ? 6 : left);
      const stands = isNarrow || textWidth(name) > left - 4;
      return stands
        ? `  ${name}\n${lines.join("\n")}\n`
        : `${`  ${name}`.padEnd(left)}${lines.join("\n").trimStart()}\n`;
    })
    .join("");
}

/** The options of a page with those that every command has. */
export const optionsOf = (flags: readonly Flag[]): readonly (readonly [string, string])[] => [
  ...flags.map(({ syntax, meaning }) => [syntax, meaning] as const),
  ["-h, --help", "this page"],
];
