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
  | {
      readonly kind: "probe";
      readonly settings: AgentSettings;
      readonly notices: readonly string[];
      readonly isJson: boolean;
    }
  | { readonly kind: "refuse"; readonly sentences: readonly string[]; readonly exitCode: 2 };

const EXAMPLES = `
Examples:
  $ herd-node
  $ herd-node --router-url http://192.168.1.10:11435
  $ herd-node --router-url http://router.local:11435 --node-id studio
  $ herd-node --router-url http://router:11435 --ollama-host http://127.0.0.1:11500 --gateway-port 11533
  $ herd-node --backend http://127.0.0.1:8080 --backend http://127.0.0.1:1234
                                         lend a llama-server and an LM Studio, too
  $ herd-node probe                      what this machine would report, without any router

From a checkout, commands are typed as:  npm run herd-node -- probe

Exit codes: 0 ended as asked, 1 could not start, 2 wrong flags or settings.`;

const PROBE_EXAMPLES = `
Examples:
  $ herd-node probe
  $ herd-node probe --ollama-host http://127.0.0.1:11500
  $ herd-node probe --backend http://127.0.0.1:8080
  $ herd-node probe --json               the body of a heartbeat, for programs; warnings go to stderr

Every flag of herd-node may stand here, too. Needs no router, sends nothing, writes nothing.
Exit codes: 0 measured, also without Ollama, 2 wrong flags or settings.`;

/** Reads a command line. `--help`, `--version` and unknown flags are answered by commander itself, which ends the process. */
export function readCommand({ argv, env, homeDir }: CommandSurroundings): AgentCommand {
  const command = program();
  let probe: { readonly json?: boolean } | undefined;
  addProbe(command, (options) => {
    probe = options;
  });
  const flags = command.parse([...argv]).opts<Record<string, unknown>>();
  const { values, problems, notices } = readAgentSettings({ flags, env, homeDir, hostName: hostname() });
  if (problems.length > 0) return { kind: "refuse", sentences: problems.map(({ text }) => text), exitCode: 2 };
  if (probe !== undefined) return { kind: "probe", settings: values, notices, isJson: probe.json === true };
  return { kind: "run", settings: values, notices };
}

function addProbe(command: Command, onProbe: (options: { readonly json?: boolean }) => void): void {
  command
    .action(() => undefined)
    .command("probe")
    .description("show what this machine would report")
    .option("--json", "the body of a heartbeat")
    .addHelpText("after", PROBE_EXAMPLES)
    .action(onProbe);
}

function program(): Command {
  const command = new Command("herd-node")
    .description("Joins the Ollama of this machine, and other inference servers on it, to a herd router")
    .version(AGENT_VERSION, "-V, --version")
    .allowExcessArguments(false)
    .addHelpText("after", EXAMPLES)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
  for (const { syntax, attribute, description, isHidden } of commandFlags(agentSettings)) {
    const option = new Option(syntax, description).hideHelp(isHidden);
    command.addOption(attribute === "backend" ? option.argParser(addToList) : option);
  }
  return command;
}

/** A flag that may stand more than once; each time its text may hold several items. */
const addToList = (text: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...text.split(",").map((item) => item.trim()),
];
