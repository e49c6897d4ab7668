import {
  recordedModels,
  type SimulatedModel,
  type SimulatedOllamaOptions,
  startSimulatedOllama,
} from "@herd/simulated-ollama";
import type { Cleanup } from "../../../support/cleanup.ts";
import { startLocalFleet } from "../../../support/fleets/local-fleet.ts";

/** Two servers to compare. */
export interface Stage {
  readonly direct: URL;
  readonly router: URL;
}

const model = (name: string, capabilities: readonly string[], sizeBytes: number): SimulatedModel => ({
  name,
  sizeBytes,
  capabilities,
  contextLength: 2048,
  parameterSize: "134.52M",
  quantization: "Q4_1",
  family: capabilities.includes("embedding") ? "bert" : "llama",
});

/** A machine with one model for every wish of a step. */
export const everyWish: SimulatedOllamaOptions = {
  models: [
    model("smollm2:135m", ["completion", "tools"], 98_363_007),
    model("smol-plain:135m", ["completion"], 98_363_008),
    model("smol-think:135m", ["completion", "thinking"], 98_363_009),
    model("smol-insert:135m", ["completion", "insert"], 98_363_010),
    model("smol-eyes:135m", ["completion", "vision"], 98_363_011),
    model("all-minilm:latest", ["embedding"], 45_949_702),
  ],
  maxLoadedModels: 6,
};

/** The machine that the clients were recorded with: it had no network. */
export const recordedMachine: SimulatedOllamaOptions = { models: recordedModels, isOffline: true };

/** Starts a simulated Ollama, and a router in front of one that is equal. */
export async function startOwnStage(cleanup: Cleanup, machine: SimulatedOllamaOptions): Promise<Stage> {
  const direct = await startSimulatedOllama(machine);
  cleanup.add(() => direct.close());
  const fleet = await startLocalFleet(cleanup, {
    nodes: [machine],
    environment: { FLEET_START_GRACE_S: "0", FLEET_MDNS: "false" },
    heartbeatS: 1,
  });
  return { direct: new URL(direct.url), router: new URL(fleet.url) };
}
