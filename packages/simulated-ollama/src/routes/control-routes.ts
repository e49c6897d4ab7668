/** A door for tests in other processes: what is switched on, what is loaded, what came in. */

import type { Fault } from "../faults/fault.ts";
import { readFault } from "../faults/read-fault.ts";
import { jsonAnswer, type WholeAnswer } from "../http/answer.ts";
import type { ReceivedRequest } from "../http/received.ts";
import { type RunnerSignal, runnerSignals } from "../runners/runner-process.ts";

/** What the control routes can see and do. */
export interface ControlledServer {
  readonly received: readonly ReceivedRequest[];
  inFlight(): number;
  loadedModels(): readonly string[];
  currentFault(): Fault | undefined;
  setFault(fault: Fault | undefined): void;
  orphans(): readonly string[];
  signalRunner(model: string, signal: RunnerSignal): boolean;
}

/** GET /__simulated/state. */
export function stateAnswer(server: ControlledServer): WholeAnswer {
  const state = {
    fault: server.currentFault() ?? null,
    inFlight: server.inFlight(),
    loadedModels: server.loadedModels(),
    orphans: server.orphans(),
    received: server.received.map(({ body, closedByClientAt, ...request }) => ({
      ...request,
      bodyBytes: body.length,
      closedByClientAt: closedByClientAt ?? null,
    })),
  };
  return jsonAnswer(200, JSON.stringify(state));
}

/** POST /__simulated/fault: a fault as JSON switches it on, `null` switches everything off. */
export function faultAnswer(server: ControlledServer, body: Buffer): WholeAnswer {
  const read = readFault(body.toString("utf8"));
  if (!read.ok) return jsonAnswer(400, JSON.stringify({ error: read.error }));
  server.setFault(read.fault);
  return jsonAnswer(200, JSON.stringify({ fault: read.fault ?? null }));
}

/** POST /__simulated/runner: `{"model", "signal"}` sends SIGSTOP, SIGCONT or SIGKILL to the process of a loaded model. */
export function runnerAnswer(server: ControlledServer, body: Buffer): WholeAnswer {
  const wish = readRunnerSignal(body.toString("utf8"));
  if (wish === undefined) {
    const error = `expected {"model": name, "signal": one of ${runnerSignals.join(", ")}}`;
    return jsonAnswer(400, JSON.stringify({ error }));
  }
  const isLoaded = server.signalRunner(wish.model, wish.signal);
  return isLoaded ? jsonAnswer(200, JSON.stringify(wish)) : jsonAnswer(404, JSON.stringify({ error: "not loaded" }));
}

function readRunnerSignal(json: string): { readonly model: string; readonly signal: RunnerSignal } | undefined {
  try {
    const { model, signal } = JSON.parse(json) as { readonly model?: unknown; readonly signal?: unknown };
    const known = runnerSignals.find((candidate) => candidate === signal);
    return typeof model === "string" && known !== undefined ? { model, signal: known } : undefined;
  } catch {
    // Told to the sender as what was expected.
    return undefined;
  }
}
