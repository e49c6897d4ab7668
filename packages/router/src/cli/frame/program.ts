import { Argument, Command, Option } from "commander";
import type { CommandPage, Flag, Order, Argument as WordPage } from "./command.ts";
import { optionsOf, pageText } from "./page-text.ts";
import { jsonFlag, routerUrlFlag } from "./usual-flags.ts";

/** One command of the program: its page, and what is done with what was typed. */
export interface Runnable {
  readonly page: CommandPage;
  readonly run: (typed: Pick<Order, "words" | "flags">) => Promise<void>;
}

/** What a program is built from. */
export interface ProgramParts {
  readonly root: Runnable;
  /** Options of `herd` itself: syntax, meaning, and whether the help is silent about them. */
  readonly options: readonly { readonly syntax: string; readonly description: string; readonly isHidden: boolean }[];
  readonly commands: readonly Runnable[];
  readonly version: string;
  /** Columns of the help. */
  readonly width: number;
}

/** Builds commander's program: every command with its words, options and help page. */
export function buildProgram({ root, options, commands, version, width }: ProgramParts): Command {
  const program = new Command("herd").version(version).exitOverride();
  // What was typed wrongly is told by who has called this, in the words of this program.
  program.helpCommand(false).configureOutput({ writeErr: () => undefined });
  for (const { syntax, meaning, read } of [routerUrlFlag, jsonFlag])
    program.addOption(optionOf(syntax, meaning, read).hideHelp());
  for (const { syntax, description, isHidden } of options)
    program.addOption(new Option(syntax, description).hideHelp(isHidden));
  program.action(() => {
    refuseForeign(program, root.page, program.opts());
    return root.run({ words: [], flags: program.opts() });
  });
  const pages = commands.map(({ page }) => page);
  const shown = options.flatMap((one) => (one.isHidden ? [] : [[one.syntax, one.description] as const]));
  const shared = [
    ["-V, --version", "the version"],
    ["-h, --help", "this page"],
  ] as const;
  setPage(program, () => pageText({ page: root.page, options: [...shown, ...shared], below: topLevel(pages), width }));
  for (const command of commands) addCommand(program, command, { pages, width });
  return program;
}

/** Commands of one word. */
export const topLevel = (pages: readonly CommandPage[]): readonly CommandPage[] =>
  pages.filter(({ words }) => words.length === 1);

/** Commands one word below this one. */
export const below = (page: CommandPage, pages: readonly CommandPage[]): readonly CommandPage[] =>
  pages.filter(
    ({ words }) => words.length === page.words.length + 1 && page.words.every((word, at) => words[at] === word),
  );

interface Surroundings {
  readonly pages: readonly CommandPage[];
  readonly width: number;
}

function addCommand(program: Command, { page, run }: Runnable, { pages, width }: Surroundings): void {
  const parent = page.words.slice(0, -1).reduce<Command>((at, word) => childOf(at, word), program);
  const command = parent
    .command(page.words.at(-1) ?? "")
    .exitOverride()
    .helpCommand(false);
  for (const argument of page.arguments ?? []) command.addArgument(argumentOf(argument));
  for (const { syntax, meaning, read } of page.flags ?? []) command.addOption(optionOf(syntax, meaning, read));
  setPage(command, () => pageText({ page, options: optionsOf(page.flags ?? []), below: below(page, pages), width }));
  command.allowExcessArguments(false);
  command.action(() => {
    const flags = command.optsWithGlobals();
    refuseForeign(command, page, flags);
    return run({ words: command.processedArgs.map(wordOf), flags });
  });
}

/** Options that may stand in front of a command, and that not every command has. */
function refuseForeign(command: Command, page: CommandPage, flags: Readonly<Record<string, unknown>>): void {
  for (const { syntax } of [routerUrlFlag, jsonFlag]) {
    const option = new Option(syntax);
    const isKnown = page.flags?.some((flag) => flag.syntax === syntax) === true;
    if (flags[option.attributeName()] !== undefined && !isKnown)
      command.error(`error: ${["herd", ...page.words].join(" ")} has no option '${option.long}'`);
  }
}

function optionOf(syntax: string, meaning: string, read: Flag["read"]): Option {
  const option = new Option(syntax, meaning);
  return read === undefined ? option : option.argParser((typed: string) => read(typed));
}

function argumentOf({ name, meaning, isOptional = false, isMany = false }: WordPage): Argument {
  const shown = isMany ? `${name}...` : name;
  return new Argument(isOptional ? `[${shown}]` : `<${shown}>`, meaning);
}

function childOf(parent: Command, word: string): Command {
  const child = parent.commands.find((one) => one.name() === word);
  if (child === undefined) throw new Error(`the command ${word} must be declared before those below it`);
  return child;
}

const wordOf = (typed: unknown): string | undefined =>
  Array.isArray(typed) ? typed.join(" ") : (typed as string | undefined);

function setPage(command: Command, text: () => string): void {
  command.helpInformation = text;
}
