import { commands } from "../../packages/router/src/cli/commands.ts";
import type { CommandPage } from "../../packages/router/src/cli/frame/command.ts";
import { exitsOf, usageOf } from "../../packages/router/src/cli/frame/page-text.ts";
import { helpPage, herdPage, upPage } from "../../packages/router/src/cli/own-pages.ts";
import { code, markdownTable, plain } from "./markdown-table.ts";

/** Every command with its words, options, examples and exit codes. */
export function commandsPage(): string {
  const pages: readonly CommandPage[] = [herdPage, upPage, ...commands, helpPage];
  const list = markdownTable(
    ["Command", "What it does"],
    pages.map((page) => [`[${code(nameOf(page))}](#${anchorOf(page)})`, plain(page.summary)]),
  );
  const intro =
    "Also shown by `herd help` and `herd COMMAND --help`. The options of `herd` itself are settings of the router ([configuration](configuration.md)) and may stand before or behind any command, so that `herd --port 12000 status` asks the router on that port. Colours are used on a terminal only, and not where `NO_COLOR` is set. With `--json`, standard output holds nothing but JSON: where there is no answer, an object with the members `error`, `code`, `hint` and `status`, of which all but the first may be null, beside the sentence on standard error; with `--watch` and `--follow`, one object per line. `Ctrl-C` ends a command with 130; `q` and a reader that has enough, such as `head`, end it with 0.";
  return ["# Commands", intro, list, ...pages.map((page) => sectionOf(page, pages))].join("\n\n");
}

const nameOf = ({ words }: CommandPage): string => ["herd", ...words].join(" ");

const anchorOf = ({ words }: CommandPage): string => ["herd", ...words].join("-");

function sectionOf(page: CommandPage, pages: readonly CommandPage[]): string {
  const { about, arguments: words = [], flags = [], examples } = page;
  const isGroup = pages.some(
    (one) => one.words.length > page.words.length && page.words.length > 0 && isBelow(one, page),
  );
  return [
    `## ${nameOf(page)}`,
    `${plain(page.summary[0]?.toUpperCase() + page.summary.slice(1))}.${about === undefined ? "" : ` ${plain(about)}`}`,
    code(usageOf(page, isGroup)),
    ...tableOf(
      ["Word", "Meaning"],
      words.map(({ name, meaning }) => [code(name), plain(meaning)]),
    ),
    ...tableOf(
      ["Option", "Meaning"],
      flags.map(({ syntax, meaning }) => [code(syntax), plain(meaning)]),
    ),
    ["```", ...examples.map(([line, meaning]) => `${line}    # ${meaning}`), "```"].join("\n"),
    `Exit codes: ${exitsOf(page)
      .map(([exit, meaning]) => `${exit} ${plain(meaning)}`)
      .join(" · ")}`,
  ].join("\n\n");
}

const isBelow = (one: CommandPage, page: CommandPage): boolean =>
  page.words.every((word, at) => one.words[at] === word);

const tableOf = (heading: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  rows.length === 0 ? [] : [markdownTable(heading, rows)];
