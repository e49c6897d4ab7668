import { get, type IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { modelNames, type NodePlan } from "../nodes/heartbeat-body.ts";
import { createSigningNode, readRouterFacts } from "../nodes/signing-node.ts";
import { freePort } from "../processes/ports.ts";
import { cpuMsOf } from "../processes/process-costs.ts";
import { type Cleanup, withCleanup } from "../processes/with-cleanup.ts";
import { type RouterProcess, startRouter } from "../stage/router-process.ts";
import { median } from "../statistics.ts";
import type { Part, Plan } from "./part.ts";

const NODES = 20;
const MODELS = 20;
const EVERY_MS = 5_000;
const LISTENERS = 50;
const BOUND_PERCENT = 2;

/** What listeners ask for; undefined where nobody listens. */
const forms = [
  { title: "nobody", query: undefined },
  { title: "50, changes only", query: "?form=changes" },
  { title: "50, the whole fleet each time", query: "" },
] as const;
type Form = (typeof forms)[number];

/** The router while somebody listens, in one turn. */
interface Sample {
  readonly form: Form;
  /** Of one core, percent. */
  readonly cpu: number;
  /** What one listener got, KiB/s. */
  readonly kibPerS: number;
  readonly lost: number;
}

/** Followers of live events, on a fleet that does nothing but report. */
export const listeners: Part = {
  name: "listeners",
  title: "Live events",
  programs: [],
  isLong: false,
  measure: (plan) =>
    withCleanup(async (cleanup) => {
      const herd = cleanup.keep(await startRouter({ port: await freePort(), folder: cleanup.folder() }));
      await reportSteadily(herd, cleanup);
      const samples = await measureTurns(herd, plan);
      const cpuOf = (form: Form): number => median(samples.filter((one) => one.form === form).map(({ cpu }) => cpu));
      const [nobody, ...others] = forms;
      return {
        setup: [
          `A router in a process of its own; ${NODES} nodes with ${MODELS} models, two of them in memory, each reporting every ${EVERY_MS / 1000} s, evenly spread. ${LISTENERS} followers of /dashboard/events read everything. Medians of the turns.`,
        ],
        tables: [
          {
            title: "",
            head: ["followers", "CPU, % of a core", "more than without, % of a core", "to each, KiB/s"],
            rows: forms.map((form) => [form.title, cpuOf(form), cpuOf(form) - cpuOf(nobody), rateOf(samples, form)]),
          },
        ],
        targets: others.map((form) => ({
          what: `CPU of ${form.title}, at ${NODES} nodes`,
          bound: BOUND_PERCENT,
          measured: cpuOf(form) - cpuOf(nobody),
          unit: "% of a core",
          side: "upper" as const,
        })),
        notes: [],
        failures: samples.reduce((sum, { lost }) => sum + lost, 0),
      };
    }),
};

const extentOf = ({ isShort }: Plan) => (isShort ? { turns: 1, seconds: 1 } : { turns: 3, seconds: 20 });

const rateOf = (samples: readonly Sample[], form: Form): number =>
  median(samples.filter((one) => one.form === form).map(({ kibPerS }) => kibPerS));

async function measureTurns(herd: RouterProcess, plan: Plan): Promise<readonly Sample[]> {
  const { turns, seconds } = extentOf(plan);
  const samples: Sample[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    plan.say(`turn ${turn + 1} of ${turns}`);
    for (const form of forms) samples.push(await measureForm(herd, form, seconds));
  }
  return samples;
}

async function measureForm({ port, pid }: RouterProcess, form: Form, seconds: number): Promise<Sample> {
  const following = form.query === undefined ? [] : Array.from({ length: LISTENERS }, () => follow(port, form.query));
  await Promise.all(following.map(({ begun }) => begun));
  const bytesOf = (): number => following.reduce((sum, one) => sum + one.bytes(), 0);
  const [cpuBefore, bytesBefore, begunAt] = [cpuMsOf(pid), bytesOf(), performance.now()];
  await pause(seconds * 1000);
  const tookMs = performance.now() - begunAt;
  const cpu = ((cpuMsOf(pid) - cpuBefore) * 100) / tookMs;
  const kibPerS = (bytesOf() - bytesBefore) / 1024 / LISTENERS / (tookMs / 1000);
  const lost = following.filter((one) => one.isEnded()).length;
  for (const { leave } of following) leave();
  return { form, cpu, kibPerS, lost };
}

/** One follower. It reads and keeps nothing. */
function follow(port: number, query: string) {
  const { promise: begun, resolve, reject } = Promise.withResolvers<void>();
  let [bytes, isEnded] = [0, false];
  const request = get({ port, host: "127.0.0.1", path: `/dashboard/events${query}`, agent: false });
  request.once("response", (answer: IncomingMessage) => {
    answer.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      resolve();
    });
    answer.once("close", () => {
      isEnded = true;
    });
  });
  request.on("error", reject);
  const leave = (): void => {
    request.off("error", reject).on("error", () => undefined);
    request.destroy();
  };
  return { begun, leave, bytes: () => bytes, isEnded: () => isEnded };
}

/** Every node reports now, and from then on at its own moment of every 5 s. */
async function reportSteadily({ port }: RouterProcess, { keep }: Cleanup): Promise<void> {
  const router = await readRouterFacts(port);
  const models = modelNames(MODELS);
  for (let at = 0; at < NODES; at += 1) {
    const plan: NodePlan = { id: `node-${at}`, port: 20_000 + at, models, loaded: models.slice(0, 2), parallel: 4 };
    const node = createSigningNode({ router, port, planOf: () => plan });
    if (!(await node.beat())) throw new Error("the router refused a heartbeat");
    let timer = setTimeout(
      () => {
        timer = setInterval(() => void node.beat().catch(() => false), EVERY_MS);
      },
      (at * EVERY_MS) / NODES,
    );
    keep({ stop: () => clearInterval(timer) });
  }
}
