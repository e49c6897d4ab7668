import { hostname } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createNode } from "./create-node.ts";
import type { Fault } from "./faults/fault.ts";
import { answerRequests } from "./http/answer-requests.ts";
import { createCutMarks } from "./http/cut-marks.ts";
import { createGate, type Gate } from "./http/gate.ts";
import { createListener } from "./http/listener.ts";
import { createOpenExchanges, type OpenExchanges } from "./http/open-exchanges.ts";
import { createOriginRule } from "./http/origins.ts";
import { createRequestLog, type ReceivedRequest } from "./http/received.ts";
import type { SimulatedNode } from "./node.ts";
import { resolveOptions, type SimulatedOllamaOptions } from "./options.ts";
import { controlRoutes, ollamaRoutes } from "./routes/routes.ts";
import type { RunnerSignal } from "./runners/runner-process.ts";
import { type Surroundings, systemSurroundings } from "./surroundings.ts";

/** A running simulated Ollama. */
export interface SimulatedOllama {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends everything: the port, every connection, every loaded model. For the end of a test. */
  close(): Promise<void>;
  /**
   * Cuts every connection as the death of the process does, and forgets what was loaded. SIGTERM is the default; after
   * SIGKILL the processes of the loaded models live on and keep their memory.
   */
  kill(signal?: "SIGTERM" | "SIGKILL"): Promise<void>;
  /** Listens again on the same port, as a started process does. Rejects when the port was taken meanwhile. */
  listenAgain(): Promise<void>;
  /** Models whose processes SIGKILL left behind, as often as it did. */
  orphans(): readonly string[];
  /** Ends the processes that were left behind. */
  reapOrphans(): void;
  /**
   * Sends a signal to the process of a loaded model: SIGKILL = it dies, and the next request loads it again; SIGSTOP =
   * it hangs, until SIGCONT. False when the model is not loaded.
   */
  signalRunner(model: string, signal: RunnerSignal): boolean;
  /** Switches a fault on in place of the one before; `undefined` switches all off. */
  setFault(fault: Fault | undefined): void;
  /** Requests in the order in which their bodies were complete; the newest 10,000. */
  readonly received: readonly ReceivedRequest[];
  /** Requests that were received and whose answer has not ended. */
  inFlight(): number;
  /** Names as `/api/ps` shows them. */
  loadedModels(): readonly string[];
  /** Calls `listener` for each new request as soon as its body is complete. Returns how to stop that. */
  onRequest(listener: (request: ReceivedRequest) => void): () => void;
  /** Settles when no request is open and no load is under way. */
  waitForIdle(): Promise<void>;
  /** The first request, past or future, for which `predicate` holds. */
  waitForRequest(predicate: (request: ReceivedRequest) => boolean): Promise<ReceivedRequest>;
}

/**
 * Starts a simulated Ollama on a loopback port. Rejects when the port is taken, a model's name is none, or a model to
 * be loaded is not among the models.
 */
export async function startSimulatedOllama(
  options: SimulatedOllamaOptions = {},
  surroundings: Surroundings = systemSurroundings,
): Promise<SimulatedOllama> {
  const resolved = resolveOptions(options);
  const node = createNode(resolved, surroundings);
  const log = createRequestLog();
  const open = createOpenExchanges();
  const cuts = createCutMarks();
  const routes = [...ollamaRoutes(node)];
  const origins = createOriginRule(resolved.origins);
  const place = { address: resolved.host, hostname: hostname(), origins };
  const onRequest = answerRequests({ routes, log, open, place, cuts, now: surroundings.now });
  const listener = createListener({ ...resolved, cuts, onRequest });
  const port = await listener.open();
  const gate = createGate(listener);
  const kill = async (signal: "SIGTERM" | "SIGKILL" = "SIGTERM") => {
    await gate.setAlive(false);
    await open.untilNone();
    node.scheduler.clear(signal === "SIGKILL");
  };
  const server: SimulatedOllama = {
    url: `http://${resolved.host.includes(":") ? `[${resolved.host}]` : resolved.host}:${port}`,
    port,
    received: log.all,
    inFlight: open.count,
    loadedModels: () => node.scheduler.loaded().map((runner) => runner.model.name),
    onRequest: log.onRequest,
    waitForRequest: log.waitFor,
    waitForIdle: () => untilIdle(node, gate, open),
    setFault(fault) {
      node.faults.set(fault);
      gate.setRefusing(closesPort(fault));
    },
    orphans: () => node.scheduler.orphans().map((runner) => runner.model.name),
    reapOrphans: node.scheduler.reapOrphans,
    signalRunner: (model, signal) => signalRunner(node, model, signal),
    kill,
    close: () => kill(),
    listenAgain: () => gate.setAlive(true),
  };
  if (resolved.control) routes.push(...controlRoutes({ ...server, currentFault: node.faults.current }));
  return server;
}

function signalRunner(node: SimulatedNode, name: string, signal: RunnerSignal): boolean {
  const model = node.library.find(name);
  const runner = model && node.scheduler.runnerOf(model);
  runner?.process.signal(signal);
  return runner !== undefined;
}

function closesPort(fault: Fault | undefined): boolean {
  return fault?.kind === "refuse" && fault.model === undefined && fault.times === undefined;
}

async function untilIdle(node: SimulatedNode, gate: Gate, open: OpenExchanges): Promise<void> {
  await gate.settled();
  do {
    await open.untilNone();
    // A load whose client left ends a turn later than its request.
    await nextTurn();
  } while (node.scheduler.isWorking());
}
