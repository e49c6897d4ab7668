import { commandFlags, type SettingsResolution } from "@herd/shared";
import { lineWidth } from "@herd/shared/terminal";
import { ownUrl } from "../settings/own-url.ts";
import { type RouterSettings, routerSettings } from "../settings/settings.ts";
import { herdVersion } from "../version.ts";
import { commands } from "./commands.ts";
import { completeLine } from "./completion/complete-line.ts";
import type { Command, CommandPage, Order } from "./frame/command.ts";
import { DONE, FAILED, WRONG_USE } from "./frame/exit-codes.ts";
import { openOwnShell } from "./frame/own-shell.ts";
import { buildProgram, type Runnable } from "./frame/program.ts";
import { helpPage, herdPage, upPage } from "./own-pages.ts";

type Flags = Readonly<Record<string, unknown>>;

/** What the command line works with. */
export interface CliParts {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The settings that these flags are about. */
  readonly resolve: (flags: Flags) => Pick<SettingsResolution<RouterSettings>, "values" | "problems">;
  /** Runs the router until a signal comes; resolves to the exit code. */
  readonly run: (order: { readonly flags: Flags; readonly withAgent: boolean }) => Promise<number>;
}

/** Runs one command. Resolves to the exit code. */
export async function runCli(parts: CliParts): Promise<number> {
  if (parts.argv[2] === COMPLETE) return complete(parts);
  let exitCode = DONE;
  const ending =
    (act: (typed: Typed) => Promise<number>) =>
    async (typed: Typed): Promise<void> => {
      exitCode = await act(typed);
    };
  const router = (page: CommandPage, withAgent: boolean): Runnable => ({
    page,
    run: ending(({ flags }) => parts.run({ flags, withAgent })),
  });
  const program = buildProgram({
    root: router(herdPage, false),
    options: commandFlags(routerSettings),
    commands: [
      router(upPage, true),
      ...commands.map((command) => ({ page: command, run: ending((typed) => runCommand(parts, command, typed)) })),
      { page: helpPage, run: ending(async ({ words }) => help(words[0], (line) => program.parseAsync([...line]))) },
    ],
    version: herdVersion,
    width: Math.min(100, lineWidth(terminalOf(parts.env))),
  });
  try {
    await program.parseAsync([...parts.argv]);
  } catch (error) {
    return exitCodeOf(error);
  }
  return exitCode;
}

type Typed = Pick<Order, "words" | "flags">;

/** What the scripts of `herd completion` call. */
const COMPLETE = "__complete";

async function complete({ argv, env, resolve }: CliParts): Promise<number> {
  const { values } = resolve({});
  const { shell, close } = openOwnShell({ url: ownUrl(values), dataDir: values.dataDir, env });
  const options = commandFlags(routerSettings).filter(({ isHidden }) => !isHidden);
  await completeLine(shell, {
    pages: [upPage, ...commands, helpPage],
    options: options.map(({ syntax, description }) => ({ word: syntax.split(" ")[0] ?? "", meaning: description })),
    words: argv.slice(3),
  });
  close();
  return DONE;
}

/** Without `--router-url` the settings say where the router of this machine listens; bad ones are told. */
async function runCommand(parts: CliParts, command: Command, typed: Typed): Promise<number> {
  if (command.run === undefined) return FAILED;
  const { routerUrl, ...flags } = typed.flags;
  const { values, problems } = parts.resolve(flags);
  if (routerUrl === undefined && problems.length > 0) {
    for (const problem of problems) process.stderr.write(`herd: ${problem.text}\n`);
    return WRONG_USE;
  }
  const url = typeof routerUrl === "string" ? routerUrl : ownUrl(values);
  const { shell, close } = openOwnShell({ url, dataDir: values.dataDir, env: parts.env });
  try {
    return await command.run({ ...typed, shell });
  } finally {
    close();
  }
}

/** `herd help traces` is `herd traces --help`; commander prints it and ends with a code of its own. */
async function help(words: string | undefined, parse: (argv: readonly string[]) => Promise<unknown>): Promise<number> {
  const line = words === undefined ? [] : words.split(" ");
  await parse(["node", "herd", ...line, "--help"]);
  return DONE;
}

const terminalOf = (env: CliParts["env"]) => ({
  isTerminal: process.stdout.isTTY === true,
  columns: process.stdout.columns,
  env,
});

/** Commander ends help and version with a code of its own, and a wrong use with another. */
function exitCodeOf(error: unknown): number {
  const isCommander = typeof error === "object" && error !== null && "exitCode" in error && "code" in error;
  if (!isCommander) throw error;
  return error.exitCode === 0 ? DONE : WRONG_USE;
}
