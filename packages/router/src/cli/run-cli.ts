import { commandFlags, type SettingsResolution } from "@herd/shared";
import { Command, InvalidArgumentError, Option } from "commander";
import { ownUrl } from "../settings/own-url.ts";
import { type RouterSettings, routerSettings } from "../settings/settings.ts";
import { herdVersion } from "../version.ts";
import { explain } from "./explain.ts";
import { explainExamples, herdExamples, statusExamples, upExamples } from "./help-texts.ts";
import { parseRouterUrl } from "./router-url.ts";
import { status } from "./status.ts";

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

/** The exit code of a wrong use or a bad setting. */
const WRONG_USE = 2;

/** Runs one command. Resolves to the exit code. */
export async function runCli(parts: CliParts): Promise<number> {
  let exitCode = 0;
  const program = herdProgram();
  const ending =
    <Words extends readonly unknown[]>(act: (...words: Words) => Promise<number>) =>
    async (...words: Words): Promise<void> => {
      exitCode = await act(...words);
    };
  const run = (withAgent: boolean) => ending(() => parts.run({ flags: program.opts(), withAgent }));
  program.action(run(false));
  program
    .command("up")
    .description("run the router and the agent of this machine")
    .addHelpText("after", upExamples)
    .action(run(true));
  addReadingCommands(program, { parts, ending });
  try {
    await program.parseAsync([...parts.argv]);
  } catch (error) {
    return exitCodeOf(error);
  }
  return exitCode;
}

function herdProgram(): Command {
  const program = new Command("herd")
    .description("Many machines running Ollama, one URL")
    .version(herdVersion)
    .addHelpText("after", herdExamples)
    .exitOverride();
  for (const { syntax, description, isHidden } of commandFlags(routerSettings)) {
    program.addOption(new Option(syntax, description).hideHelp(isHidden));
  }
  return program;
}

interface Reading {
  readonly parts: CliParts;
  readonly ending: <Words extends readonly unknown[]>(
    act: (...words: Words) => Promise<number>,
  ) => (...words: Words) => Promise<void>;
}

interface ReadingFlags {
  readonly json?: boolean;
  readonly routerUrl?: string;
}

/** Commands that ask a running router and change nothing. */
function addReadingCommands(program: Command, { parts, ending }: Reading): void {
  const asking = (read: (url: string, isJson: boolean) => Promise<number>, { json, routerUrl }: ReadingFlags) =>
    withUrl({ parts, flags: program.opts(), routerUrl }, (url) => read(url, json === true));
  addReadingFlags(program.command("status"))
    .description("the machines and what they do")
    .addHelpText("after", statusExamples)
    .action(
      ending((flags: ReadingFlags) =>
        asking((url, isJson) => status({ url, isJson, terminal: terminalOf(parts.env) }), flags),
      ),
    );
  addReadingFlags(program.command("explain"))
    .argument("[request-id]", "id from the X-Request-Id header; the newest request when left out", "last")
    .description("why a request went where it went")
    .addHelpText("after", explainExamples)
    .action(ending((id: string, flags: ReadingFlags) => asking((url, isJson) => explain({ url, id, isJson }), flags)));
}

const addReadingFlags = (command: Command): Command =>
  command.option("--json", "the router's answer as JSON").addOption(
    new Option("--router-url <url>", "another router than the one of this machine").argParser((typed: string) => {
      const url = parseRouterUrl(typed);
      if (url === undefined) throw new InvalidArgumentError("A router's URL looks like http://router:11435.");
      return url;
    }),
  );

interface Asked {
  readonly parts: CliParts;
  readonly flags: Flags;
  readonly routerUrl: string | undefined;
}

/** Without `--router-url` the settings say where the router of this machine listens; bad ones are told. */
async function withUrl({ parts, flags, routerUrl }: Asked, act: (url: string) => Promise<number>): Promise<number> {
  if (routerUrl !== undefined) return act(routerUrl);
  const { values, problems } = parts.resolve(flags);
  for (const problem of problems) process.stderr.write(`herd: ${problem.text}\n`);
  return problems.length > 0 ? WRONG_USE : act(ownUrl(values));
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
  return error.exitCode === 0 ? 0 : WRONG_USE;
}
