import { setTimeout as pause } from "node:timers/promises";
import { modelNames, type NodePlan } from "../nodes/heartbeat-body.ts";
import { createSigningNode, readRouterFacts, type SigningNode } from "../nodes/signing-node.ts";
import { freePort } from "../processes/ports.ts";
import { cpuMsOf, residentMibOf } from "../processes/process-costs.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import type { Findings } from "../report/findings.ts";
import { type RouterProcess, startRouter } from "../stage/router-process.ts";
import { percentile } from "../statistics.ts";
import type { Part, Plan } from "./part.ts";

const MODELS = 20;
const EVERY_S = 5;

/** What reports cost the router. */
interface Sample {
  readonly nodes: number;
  readonly heartbeats: number;
  readonly refused: number;
  /** CPU time beyond that of a router without nodes, ms. */
  readonly cpuMs: number;
  readonly seconds: number;
  /** What a node waits for the answer, ms. */
  readonly answerMs: readonly number[];
  readonly residentMib: number;
}

/** Nodes that report, and nothing else. */
export const heartbeats: Part = {
  name: "heartbeats",
  title: "Heartbeats",
  programs: [],
  isLong: false,
  measure: async (plan) => {
    const { fleets, idleS, seconds } = extentOf(plan);
    const samples: Sample[] = [];
    for (const nodes of fleets) {
      plan.say(`${nodes} nodes`);
      samples.push(await measureFleet(nodes, { idleS, seconds }));
    }
    return findingsOf(samples);
  },
};

const extentOf = ({ isShort }: Plan) =>
  isShort ? { fleets: [5], idleS: 0.2, seconds: 0.5 } : { fleets: [3, 40, 500], idleS: 5, seconds: 30 };

const measureFleet = (nodes: number, times: { readonly idleS: number; readonly seconds: number }): Promise<Sample> =>
  withCleanup(async ({ keep, folder }) => {
    const herd = keep(await startRouter({ port: await freePort(), folder: folder() }));
    await pause(times.idleS * 1000);
    const idleFrom = cpuMsOf(herd.pid);
    await pause(times.idleS * 1000);
    const idleMsPerS = (cpuMsOf(herd.pid) - idleFrom) / times.idleS;
    return await measureBeats(herd, await joinedNodes(herd, nodes), { seconds: times.seconds, idleMsPerS });
  });

async function joinedNodes({ port }: RouterProcess, count: number): Promise<readonly SigningNode[]> {
  const router = await readRouterFacts(port);
  const models = modelNames(MODELS);
  const nodes = Array.from({ length: count }, (_, at) => {
    const plan: NodePlan = { id: `node-${at}`, port: 20_000 + at, models, loaded: models.slice(0, 2), parallel: 4 };
    return createSigningNode({ router, port, planOf: () => plan });
  });
  for (const node of nodes) await node.beat();
  return nodes;
}

/** Every node reports every 5 s, the nodes spread evenly over them. */
async function measureBeats(
  { pid }: RouterProcess,
  nodes: readonly SigningNode[],
  { seconds, idleMsPerS }: { readonly seconds: number; readonly idleMsPerS: number },
): Promise<Sample> {
  const answerMs: number[] = [];
  const count = Math.max(nodes.length, Math.floor((nodes.length * seconds) / EVERY_S));
  const under: Promise<boolean>[] = [];
  const [cpuBefore, begunAt] = [cpuMsOf(pid), performance.now()];
  for (let at = 0; at < count; at += 1) {
    const due = begunAt + (at * seconds * 1000) / count;
    await pause(Math.max(0, due - performance.now()));
    const sentAt = performance.now();
    const beat = nodes[at % nodes.length]?.beat() ?? Promise.resolve(false);
    under.push(beat.finally(() => answerMs.push(performance.now() - sentAt)));
  }
  const accepted = await Promise.all(under);
  const tookS = (performance.now() - begunAt) / 1000;
  const cpuMs = cpuMsOf(pid) - cpuBefore - idleMsPerS * tookS;
  const refused = accepted.filter((isTaken) => !isTaken).length;
  return {
    nodes: nodes.length,
    heartbeats: count,
    refused,
    cpuMs,
    seconds: tookS,
    answerMs,
    residentMib: residentMibOf(pid),
  };
}

function findingsOf(samples: readonly Sample[]): Findings {
  return {
    setup: [
      `A router in a process of its own; signed heartbeats of nodes with ${MODELS} models, two of them in memory, every twelfth with the whole inventory. The nodes report every ${EVERY_S} s, evenly spread. CPU time is that beyond a router without nodes.`,
    ],
    tables: [
      {
        title: "",
        head: [
          "nodes",
          "heartbeats",
          "CPU per heartbeat, ms",
          `% of a core at one every ${EVERY_S} s`,
          "answered in p50, ms",
          "p99, ms",
          "resident, MiB",
        ],
        rows: samples.map((one) => {
          const each = one.cpuMs / one.heartbeats;
          const share = (each * one.nodes) / EVERY_S / 10;
          const answered = [percentile(one.answerMs, 0.5), percentile(one.answerMs, 0.99)];
          return [one.nodes, one.heartbeats, each, share, ...answered, one.residentMib];
        }),
      },
    ],
    targets: [],
    notes: [],
    failures: samples.reduce((total, { refused }) => total + refused, 0),
  };
}
