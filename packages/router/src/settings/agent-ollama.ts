import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { baseUrlSetting, declareSettings, loadSettings, textSetting } from "@herd/shared";
import type { SettingsSurroundings } from "./read.ts";

/** The two settings of this machine's agent that the router must know before the agent has said anything. */
const agentDeclaration = declareSettings({
  program: "herd-node",
  prefix: "FLEET_NODE_",
  foreignPrefixes: [],
  section: { name: "node", alsoOutside: ["data_dir"] },
  foreignSections: [],
  shape: {
    ollamaHost: baseUrlSetting({
      meaning: "Where the Ollama of this machine listens.",
      default: "http://localhost:11434",
      defaultPort: 11434,
      example: "http://localhost:11434",
    }),
    dataDir: textSetting({
      meaning: "Folder of the agent's key and logs.",
      flag: "--data-dir <path>",
      default: "~/.fleet-manager",
      pattern: /\S/,
      expected: "a folder",
    }),
  },
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
