import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { loadSettings, type SettingProblem, type SettingsResolution } from "@herd/shared";
import { type AgentSettings, agentSettings } from "./settings.ts";

/** Where the agent's settings may come from. */
export interface AgentSurroundings {
  /** What commander reports, by property name; `config` names the config file. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What `~` stands for. */
  readonly homeDir: string;
  /** What the node is called where no setting names it. */
  readonly hostName: string;
}

/**
 * Reads the env file and the config file and resolves the agent's settings. `dataDir` is absolute and `nodeId` never empty. Where there
 * are problems, the agent must not start.
 */
export function readAgentSettings(surroundings: AgentSurroundings): SettingsResolution<AgentSettings> {
  const { hostName, ...rest } = surroundings;
  const resolution = loadSettings({
    ...rest,
    declaration: agentSettings,
    readText: (path) => readFileSync(path, "utf8"),
    resolvePath: (path) => resolve(path),
  });
  const nodeId = resolution.values.nodeId || nameFrom(hostName);
  return {
    ...resolution,
    values: Object.freeze({ ...resolution.values, nodeId }),
    problems: [...resolution.problems, ...repeatedOllama(resolution.values)],
  };
}

/** One server under two names would be given twice the work it can do. */
function repeatedOllama({ backends, ollamaHost }: AgentSettings): readonly SettingProblem[] {
  const repeated = backends.find((url) => placeOf(url) === placeOf(ollamaHost));
  if (repeated === undefined) return [];
  const statement = `backends = ${repeated} is this machine's Ollama, which is reported already (ollama_host = ${ollamaHost}).`;
  const hint = "Leave it out: backends are further servers.";
  return [{ field: "backends", statement, hint, text: `${statement} ${hint}` }];
}

/** Host and port; all names of this machine are one. */
function placeOf(text: string): string {
  const { protocol, hostname, port } = new URL(text);
  const host = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname) ? "localhost" : hostname;
  return `${host}:${port || (protocol === "https:" ? "443" : "80")}`;
}

const LONGEST_NAME = 128;

/** A host name in the shape of a node id: blanks and characters outside of ASCII become hyphens. */
function nameFrom(hostName: string): string {
  return (
    hostName
      .trim()
      .replace(/[^\x21-\x7e]+/g, "-")
      .slice(0, LONGEST_NAME) || "node"
  );
}
