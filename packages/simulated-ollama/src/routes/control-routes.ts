/** A door for tests in other processes: what is switched on, what is loaded, what came in. */

import type { Fault } from "../faults/fault.ts";
import { readFault } from "../faults/read-fault.ts";
import { jsonAnswer, type WholeAnswer } from "../http/answer.ts";
import type { ReceivedRequest } from "../http/received.ts";

/** What the control routes can see and do. */
export interface ControlledServer {
  readonly received: readonly ReceivedRequest[];
  inFlight(): number;
  loadedModels(): readonly string[];
  currentFault(): Fault | undefined;
  setFault(fault: Fault | undefined): void;
}

/** GET /__simulated/state. */
export function stateAnswer(server: ControlledServer): WholeAnswer {
  const state = {
    fault: server.currentFault() ?? null,
    inFlight: server.inFlight(),
    loadedModels: server.loadedModels(),
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
