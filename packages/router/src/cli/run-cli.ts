import { commandFlags } from "@herd/shared";
import { Command, Option } from "commander";
import { routerSettings } from "../settings/settings.ts";
import { herdVersion } from "../version.ts";
import { explain } from "./explain.ts";
import { status } from "./status.ts";

/** What the command line works with. */
export interface CliParts {
  readonly argv: readonly string[];
  /** Port of the router that these flags are about. */
  readonly portOf: (flags: Readonly<Record<string, unknown>>) => number;
  /** Runs the router until a signal comes; resolves to the exit code. */
  readonly run: (order: {
    readonly flags: Readonly<Record<string, unknown>>;
    readonly withAgent: boolean;
  }) => Promise<number>;
}

const EXAMPLES = `
Examples:
  herd                      run the router
  herd up                   run the router and the agent of this machine
  herd status               the machines and what they do
  herd explain              why the newest request went where it went
  herd --port 12000         another port; every setting: docs/reference/configuration.md

Exit codes: 0 well · 1 something failed · 2 wrong use or bad setting · 3 port taken · 4 data folder or database unusable`;

/** Runs one command. Resolves to the exit code. */
export async function runCli(parts: CliParts): Promise<number> {
  let exitCode = 0;
  const program = new Command("herd")
    .description("Many machines running Ollama, one URL")
    .version(herdVersion)
    .addHelpText("after", EXAMPLES)
    .exitOverride();
  for (const { syntax, description, isHidden } of commandFlags(routerSettings)) {
    program.addOption(new Option(syntax, description).hideHelp(isHidden));
  }
  const flags = (): Record<string, unknown> => program.opts();
  const run = (withAgent: boolean) => async (): Promise<void> => {
    exitCode = await parts.run({ flags: flags(), withAgent });
  };
  program.action(run(false));
  program.command("up").description("run the router and the agent of this machine").action(run(true));
  program
    .command("status")
    .description("the machines and what they do")
    .option("--json", "as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      exitCode = await status({ url: urlOf(parts, flags()), isJson: json === true });
    });
  program
    .command("explain")
    .argument("[request-id]", "id from the X-Request-Id header; the newest request when left out", "last")
    .description("why a request went where it went")
    .option("--json", "as JSON")
    .action(async (id: string, { json }: { json?: boolean }) => {
      exitCode = await explain({ url: urlOf(parts, flags()), id, isJson: json === true });
    });
  try {
    await program.parseAsync([...parts.argv]);
  } catch (error) {
    return exitCodeOf(error);
  }
  return exitCode;
}

/** Where the router of these settings listens, as seen from this machine. */
function urlOf({ portOf }: CliParts, flags: Readonly<Record<string, unknown>>): string {
  return `http://127.0.0.1:${portOf(flags)}`;
}

/** Commander ends help and version with a code of its own, and a wrong use with another. */
function exitCodeOf(error: unknown): number {
  const isCommander = typeof error === "object" && error !== null && "exitCode" in error && "code" in error;
  if (!isCommander) throw error;
  return error.exitCode === 0 ? 0 : 2;
}
