import { hostname } from "node:os";
import { commandFlags } from "@herd/shared";
import { Command, Option } from "commander";
import { readAgentSettings } from "./settings/read.ts";
import { type AgentSettings, agentSettings } from "./settings/settings.ts";
import { AGENT_VERSION } from "./version.ts";

/** The process as the command line sees it. */
export interface CommandSurroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
}

/** What a command line asks for. `exitCode` 2: it cannot be carried out as it stands. */
export type AgentCommand =
  | { readonly kind: "run"; readonly settings: AgentSettings; readonly notices: readonly string[] }
  | { readonly kind: "refuse"; readonly sentences: readonly string[]; readonly exitCode: 2 };

const EXAMPLES = `
Examples:
  $ herd-node --router-url http://192.168.1.10:11435
  $ herd-node --router-url http://router.local:11435 --node-id studio
  $ herd-node --router-url http://router:11435 --ollama-host http://127.0.0.1:11500 --gateway-port 11533

Exit codes: 0 ended as asked, 1 could not start, 2 wrong flags or settings.`;

const NO_ROUTER =
  "the URL of the router is missing. Fix: start with --router-url http://ROUTER:11435, or set FLEET_NODE_ROUTER_URL";

/** Reads a command line. `--help`, `--version` and unknown flags are answered by commander itself, which ends the process. */
export function readCommand({ argv, env, homeDir }: CommandSurroundings): AgentCommand {
  const flags = program()
    .parse([...argv])
    .opts<Record<string, unknown>>();
  const { values, problems, notices } = readAgentSettings({ flags, env, homeDir, hostName: hostname() });
  if (problems.length > 0) return { kind: "refuse", sentences: problems.map(({ text }) => text), exitCode: 2 };
  if (values.routerUrl === "") return { kind: "refuse", sentences: [NO_ROUTER], exitCode: 2 };
  return { kind: "run", settings: values, notices };
}

function program(): Command {
  const command = new Command("herd-node")
    .description("Joins this machine's Ollama to a herd router")
    .version(AGENT_VERSION, "-V, --version")
    .allowExcessArguments(false)
    .addHelpText("after", EXAMPLES)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  for (const { syntax, description, isHidden } of commandFlags(agentSettings)) {
    command.addOption(new Option(syntax, description).hideHelp(isHidden));
  }
  return command;
}
