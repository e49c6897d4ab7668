import { nearestName } from "@herd/shared";
import type { CommandPage } from "./command.ts";
import { below, topLevel } from "./program.ts";

/** What was typed wrongly, and what helps. */
export interface Misuse {
  readonly why: string;
  readonly fix: string;
}

/** What there is to be typed. */
export interface Vocabulary {
  readonly pages: readonly CommandPage[];
  /** Options of `herd` itself, in commander's form. */
  readonly options: readonly string[];
}

/** An error of commander about what was typed. */
export interface TypingError {
  readonly code: string;
  readonly message: string;
}

/** A typing error in the words of this program, with the nearest word that would be right. @param argv everything behind `herd` */
export function misuseOf(error: TypingError, argv: readonly string[], words: Vocabulary): Misuse {
  const said = error.message.replace(/^error: /, "").split("\n")[0] ?? "";
  const { page, rest } = pageTyped(argv, words.pages);
  const line = ["herd", ...(page?.words ?? [])].join(" ");
  const more = page === undefined ? "herd help tells more" : `${line} --help tells more`;
  if (error.code === "commander.unknownOption") return unknownOption(said, page, { more, words });
  const next = page === undefined ? topLevel(words.pages) : below(page, words.pages);
  const [wrong] = rest;
  if (error.code !== "commander.excessArguments" || next.length === 0 || wrong === undefined)
    return { why: said, fix: more };
  const names = next.map((one) => one.words.at(-1) ?? "");
  return unknownWord(`there is no command '${[...(page?.words ?? []), wrong].join(" ")}'`, [line, wrong, names]);
}

/** No command of this name, and the one that is most alike. */
export function unknownWord(
  why: string,
  [line, wrong, names]: readonly [line: string, wrong: string, names: readonly string[]],
): Misuse {
  return { why, fix: `did you mean: ${line} ${nearestName(wrong, names) ?? names.join(", ")}? herd help lists all` };
}

function unknownOption(
  said: string,
  page: CommandPage | undefined,
  { more, words }: { readonly more: string; readonly words: Vocabulary },
): Misuse {
  const typed = /'(-[^'=]*)/.exec(said)?.[1] ?? "";
  const own = page === undefined ? words.pages.flatMap(({ flags = [] }) => flags) : (page.flags ?? []);
  const known = [...own.map(({ syntax }) => syntax), ...words.options, "--help", "--version"];
  const names = known.flatMap((syntax) => /--[\w-]+/.exec(syntax)?.[0] ?? []);
  const nearest = nearestName(typed, names);
  return { why: said, fix: nearest === undefined ? more : `did you mean ${nearest}? ${more}` };
}

/** The command that is meant, and the words behind it; values of options may be among them. */
function pageTyped(argv: readonly string[], pages: readonly CommandPage[]) {
  const typed = argv.filter((word) => !word.startsWith("-"));
  let page: CommandPage | undefined;
  let at = 0;
  // In front of the command there may be values of options.
  while (at < typed.length && !topLevel(pages).some(({ words }) => words[0] === typed[at])) at += 1;
  if (at === typed.length) return { page, rest: typed };
  for (; at < typed.length; at += 1) {
    const next = (page === undefined ? topLevel(pages) : below(page, pages)).find(
      ({ words }) => words.at(-1) === typed[at],
    );
    if (next === undefined) break;
    page = next;
  }
  return { page, rest: typed.slice(at) };
}
