import type { CommandPage, Completion, Flag } from "../frame/command.ts";
import { below, topLevel } from "../frame/program.ts";
import type { NameKind } from "./names-of.ts";

/** A word that may stand there. */
export interface Proposal {
  readonly word: string;
  /** Empty when the word says it all. */
  readonly meaning: string;
}

/** What may stand at the end of a line. */
export interface Proposals {
  readonly fixed: readonly Proposal[];
  /** Names that the router is to be asked for. */
  readonly names: NameKind | undefined;
}

/** What the last word of a line may become. @param words everything typed behind `herd` */
export function proposalsFor(
  pages: readonly CommandPage[],
  options: readonly Proposal[],
  words: readonly string[],
): Proposals {
  const typed = words.slice(0, -1);
  const named = commandOf(pages, typed);
  const flags = named.page?.flags ?? [];
  const value = valueExpected(flags, typed.at(-1));
  if (value !== undefined) return offered(value);
  if (words.at(-1)?.startsWith("-") === true)
    return fixedOnly([...flagWords(flags), ...(named.page === undefined ? options : [HELP])]);
  if (named.page?.words[0] === "help") return fixedOnly(wordsAfter(pages, named.rest));
  return nextWords(pages, named);
}

/** Commands below, or the next word of the command. */
function nextWords(pages: readonly CommandPage[], { page, rest }: Named): Proposals {
  const next = rest.length > 0 ? [] : childrenOf(pages, page);
  const commands = next.map((one) => ({ word: one.words.at(-1) ?? "", meaning: one.summary }));
  const places = page?.arguments ?? [];
  const place = places[rest.length] ?? (places.at(-1)?.isMany === true ? places.at(-1) : undefined);
  const { fixed, names } = offered(place?.completes);
  return { fixed: [...commands, ...fixed], names };
}

const HELP: Proposal = { word: "--help", meaning: "its page" };

const fixedOnly = (fixed: readonly Proposal[]): Proposals => ({ fixed, names: undefined });

const childrenOf = (pages: readonly CommandPage[], page: CommandPage | undefined): readonly CommandPage[] =>
  page === undefined ? topLevel(pages) : below(page, pages);

interface Named {
  readonly page: CommandPage | undefined;
  /** Words behind the command that are no options. */
  readonly rest: readonly string[];
}

/** The command that the words name. */
function commandOf(pages: readonly CommandPage[], typed: readonly string[]): Named {
  return typed.reduce<Named>(
    ({ page, rest }, word, at) => {
      const isOption = word.startsWith("-") || valueExpected(page?.flags ?? [], typed[at - 1]) !== undefined;
      if (isOption) return { page, rest };
      const next = rest.length > 0 ? undefined : childrenOf(pages, page).find((one) => one.words.at(-1) === word);
      return next === undefined ? { page, rest: [...rest, word] } : { page: next, rest };
    },
    { page: undefined, rest: [] },
  );
}

/** What a flag before the word wants to have behind it; undefined when that is no flag, or one without a value. */
function valueExpected(flags: readonly Flag[], word: string | undefined): Completion | undefined {
  const flag = flags.find(({ syntax }) => syntax.split(" ")[0] === word);
  return flag?.syntax.includes("<") === true ? (flag.completes ?? []) : undefined;
}

const flagWords = (flags: readonly Flag[]): readonly Proposal[] =>
  flags.map(({ syntax, meaning }) => ({ word: syntax.split(" ")[0] ?? "", meaning }));

function offered(completes: Completion | undefined): Proposals {
  if (typeof completes === "object")
    return { fixed: completes.map((word) => ({ word, meaning: "" })), names: undefined };
  return { fixed: [], names: completes === "files" ? undefined : completes };
}

const wordsAfter = (pages: readonly CommandPage[], typed: readonly string[]): readonly Proposal[] =>
  pages
    .filter(({ words }) => words.length === typed.length + 1 && typed.every((word, at) => words[at] === word))
    .map(({ words, summary }) => ({ word: words.at(-1) ?? "", meaning: summary }));
