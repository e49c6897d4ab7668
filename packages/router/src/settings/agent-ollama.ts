import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { agentPlaces, declareSettings, loadSettings } from "@herd/shared";
import type { SettingsSurroundings } from "./read.ts";

/** What the router reads of the settings of this machine's agent. */
const agentDeclaration = declareSettings({
  program: "herd-node",
  prefix: "FLEET_NODE_",
  foreignPrefixes: [],
  section: { name: "node", alsoOutside: ["data_dir"] },
  foreignSections: [],
  shape: agentPlaces,
  ascending: [],
  later: { env: [], flags: [] },
  ignored: { env: [], flags: [] },
});

/**
 * Where the agent of this machine will look for its Ollama, by its own settings. Whatever is wrong with those is the agent's
 * to tell.
 * @param dataDir of the router, which its agent shares.
 */
export function readAgentOllama({ env, homeDir }: Omit<SettingsSurroundings, "flags">, dataDir: string): string {
  const resolution = loadSettings({
    declaration: agentDeclaration,
    flags: { dataDir },
    env,
    homeDir,
    readText: (path) => readFileSync(path, "utf8"),
    resolvePath: (path) => resolve(path),
  });
  return resolution.values.ollamaHost;
}
