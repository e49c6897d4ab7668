import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createIdentity } from "@herd/shared/link";
import { MODEL } from "../load/chat.ts";
import { reportFleet } from "../nodes/reported-fleet.ts";
import { freePort } from "../processes/ports.ts";
import { outputOf } from "../processes/programs.ts";
import { type Cleanup, withCleanup } from "../processes/with-cleanup.ts";
import type { Findings, Target } from "../report/findings.ts";
import { checkout, startNpm, untilServed } from "../stage/npm-start.ts";
import { startRouter } from "../stage/router-process.ts";
import { startSimulatedNode } from "../stage/simulated-node.ts";
import { nodesOf } from "../stage/three-ways.ts";
import { median } from "../statistics.ts";
import type { Part, Plan } from "./part.ts";

/** Times of the starts of one kind, ms. */
interface Series {
  readonly what: string;
  readonly ms: readonly number[];
}

/** From nothing to an answer. */
export const startUp: Part = {
  name: "start-up",
  title: "Start-up",
  programs: [],
  isLong: false,
  measure: (plan) =>
    withCleanup(async (cleanup) => {
      const flags = ["--model", `${MODEL}:4.9`, "--load", MODEL, "--time-scale", "0"];
      const folder = cleanup.folder();
      const ollama = cleanup.keep(await startSimulatedNode({ port: await freePort(), folder, flags }));
      const scene: Scene = { cleanup, ollamaPort: ollama.port, plan };
      const { first, later } = await listening(scene);
      const series = [first, later, await servedByKnownNode(scene), await servedWithAgent(scene)];
      if (!plan.isShort) series.push(await secondNpmStart(scene, checkout, "`npm start`, everything set up"));
      if (plan.isFull) series.push(...(await inFreshClone(scene)));
      return findingsOf(series, plan);
    }),
};

const roundsOf = ({ isShort }: Plan): number => (isShort ? 1 : 7);

interface Scene {
  readonly cleanup: Cleanup;
  readonly ollamaPort: number;
  readonly plan: Plan;
}

async function listening({ cleanup, plan }: Scene) {
  const folders = Array.from({ length: roundsOf(plan) }, () => cleanup.folder());
  const [fresh, again]: [number[], number[]] = [[], []];
  for (const folder of folders) {
    for (const times of [fresh, again]) {
      const router = await startRouter({ port: await freePort(), folder });
      times.push(router.startMs);
      await router.stop();
    }
  }
  plan.say("exec to listening is measured");
  return {
    first: { what: "`herd`, exec to listening, new data folder", ms: fresh },
    later: { what: "`herd`, exec to listening, later", ms: again },
  };
}

/** The node of an earlier run reports as soon as the router listens, as an agent that has been waiting for it. */
async function servedByKnownNode({ cleanup, ollamaPort, plan }: Scene): Promise<Series> {
  const [folder, identity] = [cleanup.folder(), createIdentity()];
  const ms: number[] = [];
  for (let round = 0; round <= roundsOf(plan); round += 1) {
    const startedAt = performance.now();
    const router = await startRouter({ port: await freePort(), folder });
    const joining = reportFleet(router.port, nodesOf([ollamaPort], MODEL), identity);
    const served = untilServed(router.port, router.end).then(() => performance.now() - startedAt);
    const [fleet, tookMs] = await Promise.all([joining, served]);
    if (round > 0) ms.push(tookMs);
    fleet.stop();
    await router.stop();
  }
  plan.say("exec to the first answer is measured");
  return { what: "`herd`, exec to the first answer, a known node reports at once", ms };
}

async function servedWithAgent({ cleanup, ollamaPort, plan }: Scene): Promise<Series> {
  const folder = cleanup.folder();
  const environment = agentEnvironment(ollamaPort);
  const ms: number[] = [];
  for (let round = 0; round <= roundsOf(plan); round += 1) {
    const startedAt = performance.now();
    const router = await startRouter({ port: await freePort(), folder, command: "up", environment });
    await untilServed(router.port, router.end);
    if (round > 0) ms.push(performance.now() - startedAt);
    await router.stop();
  }
  plan.say("the same with the agent of the machine is measured");
  return { what: "`herd up`, exec to the first answer, by the agent of the machine", ms };
}

async function secondNpmStart(scene: Scene, folder: string, what: string): Promise<Series> {
  const { cleanup, ollamaPort, plan } = scene;
  const home = cleanup.folder();
  const ms: number[] = [];
  for (let round = 0; round <= roundsOf(plan); round += 1) {
    const took = await timeNpmStart({ folder, home, ollamaPort });
    // The first one only sees to it that everything is set up, and the node known.
    if (round > 0) ms.push(took);
  }
  plan.say("npm start is measured");
  return { what: `${what}, whole command to the first answer`, ms };
}

async function timeNpmStart(order: {
  readonly folder: string;
  readonly home: string;
  readonly ollamaPort: number;
}): Promise<number> {
  const { folder, home, ollamaPort } = order;
  const port = await freePort();
  const startedAt = performance.now();
  const npm = startNpm({ folder, home, port, environment: agentEnvironment(ollamaPort) });
  try {
    await untilServed(port, npm.end);
    return performance.now() - startedAt;
  } finally {
    await npm.stop();
    // Its children end a moment after it.
    await pause(500);
  }
}

/** Clones what is committed and starts it twice. */
async function inFreshClone(scene: Scene): Promise<readonly Series[]> {
  const { cleanup, ollamaPort, plan } = scene;
  const folder = cleanup.folder();
  const clone = outputOf("git", ["clone", "--quiet", "--depth", "1", `file://${checkout}`, folder]);
  if (!existsSync(join(folder, "package.json"))) throw new Error(`the checkout cannot be cloned: ${clone ?? "no git"}`);
  plan.say("the first npm start of a fresh clone runs");
  const first = await timeNpmStart({ folder, home: cleanup.folder(), ollamaPort });
  return [
    { what: "`npm start` in a fresh clone, the very first, to the first answer", ms: [first] },
    await secondNpmStart(scene, folder, "`npm start` in that clone, later"),
  ];
}

/** The agent finds the simulated Ollama, and takes no port that others may use. */
const agentEnvironment = (ollamaPort: number): Readonly<Record<string, string>> => ({
  FLEET_NODE_OLLAMA_HOST: `http://127.0.0.1:${ollamaPort}`,
  FLEET_NODE_GATEWAY_PORT: "0",
  FLEET_NODE_GATEWAY_HOST: "127.0.0.1",
});

function findingsOf(series: readonly Series[], plan: Plan): Findings {
  return {
    setup: [
      `${roundsOf(plan)} starts of each kind; an answer is a whole chat from a simulated Ollama that takes no time. Programs lie in the system's file cache.`,
    ],
    tables: [
      {
        title: "",
        head: ["what", "median, ms", "fastest", "slowest"],
        rows: series.map(({ what, ms }) => [what, median(ms), Math.min(...ms), Math.max(...ms)]),
      },
    ],
    targets: targetsOf(series),
    notes: [],
    failures: 0,
  };
}

function targetsOf(series: readonly Series[]): readonly Target[] {
  const about = { unit: "s", side: "upper" } as const;
  const secondsOf = (start: string): number =>
    median(series.find(({ what }) => what.startsWith(start))?.ms ?? []) / 1000;
  const targets: readonly Target[] = [
    {
      what: "second `npm start` to the first served request",
      bound: 1.5,
      measured: secondsOf("`npm start`, everything"),
      ...about,
    },
    { what: "first `npm start` in a fresh clone", bound: 90, measured: secondsOf("`npm start` in a fresh"), ...about },
  ];
  return targets.filter(({ measured }) => !Number.isNaN(measured));
}
