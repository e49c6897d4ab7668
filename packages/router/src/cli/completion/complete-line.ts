import { harmlessText } from "@herd/shared/terminal";
import { parseRouterUrl } from "../asking/router-url.ts";
import type { CommandPage } from "../frame/command.ts";
import type { Shell } from "../frame/shell.ts";
import { namesOf } from "./names-of.ts";
import { type Proposal, proposalsFor } from "./proposals.ts";

/** What is to be completed. */
export interface Unfinished {
  readonly pages: readonly CommandPage[];
  /** Options of `herd` itself. */
  readonly options: readonly Proposal[];
  /** Everything typed behind `herd`; the last word is the unfinished one. */
  readonly words: readonly string[];
}

/** Prints what the last word may become: one word per line, a tab, its meaning. Never fails, never complains. */
export async function completeLine(shell: Shell, { pages, options, words: typed }: Unfinished): Promise<void> {
  const [, before = "", unfinished = typed.at(-1) ?? ""] = /^(--[\w-]+=)(.*)$/s.exec(typed.at(-1) ?? "") ?? [];
  // `--node=pc` is the option and its value.
  const words = before === "" ? typed : [...typed.slice(0, -1), before.slice(0, -1), unfinished];
  const { fixed, names } = proposalsFor(pages, options, words);
  const given = words[words.indexOf("--router-url") + 1];
  const url = words.includes("--router-url") ? parseRouterUrl(given ?? "") : shell.url;
  const asked = names === undefined || url === undefined ? [] : await namesOf(names, url);
  const proposals = [...fixed, ...asked.map((word): Proposal => ({ word, meaning: "" }))];
  const fitting = proposals.filter(({ word }) => word.startsWith(unfinished) && word === harmlessText(word));
  const lines = fitting.map(({ word, meaning }) => before + (meaning === "" ? word : `${word}\t${meaning}`));
  shell.print(lines.map((line) => `${line}\n`).join(""));
}
