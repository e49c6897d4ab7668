import { startSimulatedOllama } from "../start-simulated-ollama.ts";
import { composeReport, type DemoState, type ListedModel, type RunningModel } from "./compose-report.ts";
import type { DemoMachine } from "./demo-machines.ts";
import { demoSpeech } from "./demo-speech.ts";
import { inventModel } from "./invent-model.ts";
import { call, createRouterLink } from "./router-link.ts";

/** A running machine of the demo. */
export interface DemoNode {
  readonly id: string;
  /** Where its simulated Ollama listens. */
  readonly url: string;
  close(): Promise<void>;
}

/** Where and how fast a demo runs. */
export interface DemoOrder {
  readonly routerUrl: string;
  /** Stretches simulated times; 1 = as described, 0 = instant. */
  readonly timeScale: number;
}

/** A report goes at least this often, ms. */
const REPORT_EVERY_MS = 5_000;
/** What is loaded and computed is looked at this often, ms; a change is reported at once. */
const LOOK_EVERY_MS = 500;

/** Starts a machine of the demo: a simulated Ollama on a loopback port, and reports to the router for as long as it runs. */
export async function startDemoNode(machine: DemoMachine, { routerUrl, timeScale }: DemoOrder): Promise<DemoNode> {
  const server = await startSimulatedOllama({
    models: machine.models,
    loaded: machine.loaded,
    machine: machine.machine,
    numParallel: machine.parallel,
    speak: (model) => demoSpeech(machine, model),
    invent: inventModel,
    timeScale,
  });
  const link = createRouterLink(routerUrl);
  const report = async (): Promise<void> => {
    const state = await readState(server.url, server.inFlight());
    await link.report(composeReport(machine, state));
  };
  let reported = "";
  let reportedAt = Number.NEGATIVE_INFINITY;
  let isReporting = false;
  const look = async (): Promise<void> => {
    const seen = `${server.loadedModels().join(" ")}|${server.inFlight()}`;
    const isDue = seen !== reported || performance.now() - reportedAt >= REPORT_EVERY_MS;
    if (!isDue || isReporting) return;
    isReporting = true;
    try {
      await report();
      reported = seen;
      reportedAt = performance.now();
    } catch {
      // The router is starting, stopping or wants no demo any more: the next look tries again.
    } finally {
      isReporting = false;
    }
  };
  await look();
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  return {
    id: machine.id,
    url: server.url,
    close: async () => {
      clearInterval(timer);
      await server.close();
    },
  };
}

async function readState(url: string, active: number): Promise<DemoState> {
  const [tags, ps] = await Promise.all([call(url, { path: "/api/tags" }), call(url, { path: "/api/ps" })]);
  return {
    url,
    listed: (tags as { readonly models: readonly ListedModel[] }).models,
    running: (ps as { readonly models: readonly RunningModel[] }).models,
    // The two questions were its own.
    active: Math.max(0, active),
    now: Date.now(),
  };
}
