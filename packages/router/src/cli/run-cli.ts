import { commandFlags, type SettingsResolution } from "@herd/shared";
import { lineWidth } from "@herd/shared/terminal";
import { ownUrl } from "../settings/own-url.ts";
import { type RouterSettings, routerSettings } from "../settings/settings.ts";
import { herdVersion } from "../version.ts";
import { complain } from "./asking/trouble.ts";
import { commands } from "./commands.ts";
import { completeLine } from "./completion/complete-line.ts";
import type { Command, CommandPage, Order } from "./frame/command.ts";
import { DONE, FAILED, WRONG_USE } from "./frame/exit-codes.ts";
import { type Misuse, misuseOf, unknownWord } from "./frame/misuse.ts";
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
  const helpOn = (words: readonly string[]) => program.parseAsync(["node", "herd", ...words, "--help"]);
  const program = buildProgram({
    root: router(herdPage, false),
    options: commandFlags(routerSettings),
    commands: [
      router(upPage, true),
      ...commands.map((command) => ({
        page: command,
        run: ending((typed) => runCommand({ parts, helpOn }, command, typed)),
      })),
      { page: helpPage, run: ending(({ words }) => help(parts, words[0], helpOn)) },
    ],
    version: herdVersion,
    width: Math.min(100, lineWidth(terminalOf(parts.env))),
  });
  try {
    await program.parseAsync([...parts.argv]);
  } catch (error) {
    return endOf(parts, error);
  }
  return exitCode;
}

type Typed = Pick<Order, "words" | "flags">;

/** What the scripts of `herd completion` call. */
const COMPLETE = "__complete";

async function complete({ argv, env, resolve }: CliParts): Promise<number> {
  const { values } = resolve({});
  const { shell, close } = openOwnShell({ url: ownUrl(values), dataDir: values.dataDir, env, isJson: false });
  const options = commandFlags(routerSettings).filter(({ isHidden }) => !isHidden);
  await completeLine(shell, {
    pages,
    options: options.map(({ syntax, description }) => ({ word: syntax.split(" ")[0] ?? "", meaning: description })),
    words: argv.slice(3),
  });
  return close(DONE);
}

const pages: readonly CommandPage[] = [upPage, ...commands, helpPage];

interface Surroundings {
  readonly parts: CliParts;
  readonly helpOn: (words: readonly string[]) => Promise<unknown>;
}

/** Without `--router-url` the settings say where the router of this machine listens; bad ones are told. */
async function runCommand({ parts, helpOn }: Surroundings, command: Command, typed: Typed): Promise<number> {
  if (command.run === undefined) {
    await helpOn(command.words);
    return DONE;
  }
  const { routerUrl, json, ...flags } = typed.flags;
  const { values, problems } = parts.resolve(flags);
  const url = typeof routerUrl === "string" ? routerUrl : ownUrl(values);
  const { shell, close } = openOwnShell({ url, dataDir: values.dataDir, env: parts.env, isJson: json === true });
  if (routerUrl !== undefined || problems.length === 0) {
    let code: number = FAILED;
    try {
      code = await command.run({ ...typed, shell });
    } finally {
      code = await close(code);
    }
    return code;
  }
  complain(shell, problems.map(({ text }) => text).join("; "));
  return close(WRONG_USE);
}

/** `herd help traces` is `herd traces --help`; commander prints it and ends with a code of its own. */
async function help(parts: CliParts, words: string | undefined, helpOn: Surroundings["helpOn"]): Promise<number> {
  const line = words === undefined ? [] : words.split(" ");
  const page = pages.find((one) => one.words.join(" ") === line.join(" "));
  if (line.length > 0 && page === undefined) {
    const names = pages.map((one) => one.words.join(" "));
    return tellMisuse(parts, unknownWord(`there is no command '${words}'`, ["herd help", words ?? "", names]));
  }
  await helpOn(line);
  return DONE;
}

const terminalOf = (env: CliParts["env"]) => ({
  isTerminal: process.stdout.isTTY === true,
  columns: process.stdout.columns,
  env,
});

/** Commander ends help and version with a code of its own, and a wrong use with another. */
function endOf(parts: CliParts, error: unknown): Promise<number> | number {
  const isCommander = error instanceof Error && "exitCode" in error && "code" in error;
  if (!isCommander) throw error;
  if (error.exitCode === 0) return DONE;
  const options = commandFlags(routerSettings).flatMap(({ syntax, isHidden }) => (isHidden ? [] : [syntax]));
  const told = { code: String(error.code), message: error.message };
  return tellMisuse(parts, misuseOf(told, parts.argv.slice(2), { pages, options }));
}

async function tellMisuse({ env, argv }: CliParts, { why, fix }: Misuse): Promise<number> {
  const { shell, close } = openOwnShell({ url: "", dataDir: "", env, isJson: argv.includes("--json") });
  complain(shell, why, fix);
  return close(WRONG_USE);
}
