import type { RequestFacts } from "../../packages/router/src/domain/request.ts";
import { modelNames, type NodePlan } from "../nodes/heartbeat-body.ts";
import { withCleanup } from "../processes/with-cleanup.ts";
import { sampleRequest } from "../records/sample-request.ts";
import type { Findings, Target } from "../report/findings.ts";
import { type AssembledRouter, assembleRouter } from "../stage/assembled-router.ts";
import { percentile } from "../statistics.ts";
import type { Part, Plan } from "./part.ts";

const MODELS = 200;
const LOADED_PER_NODE = 3;
const PARALLEL = 4;

/** A fleet: every model is held by so many of its nodes. */
interface Case {
  readonly nodes: number;
  readonly holders: number;
}

/** What was measured in one fleet, µs. */
interface Sample {
  readonly of: Case;
  /** View, filters, signals, pick: what the product itself notes with every decision. */
  readonly decisions: readonly number[];
  /** The same with its place in the lane, given back at once. */
  readonly turns: readonly number[];
  /** A heartbeat of a known node, and the snapshot that the next decision needs. */
  readonly changes: readonly number[];
  /** Requests that could not start at once. */
  readonly waited: number;
}

/** What deciding costs. */
export const decision: Part = {
  name: "decision",
  title: "Decision",
  programs: [],
  isLong: false,
  measure: async (plan) => {
    const { cases, decisions, changes } = extentOf(plan);
    const samples: Sample[] = [];
    for (const one of cases) {
      plan.say(`${one.nodes} nodes, ${one.holders} holders of each model`);
      samples.push(await measureCase(one, { decisions, changes }));
    }
    return findingsOf(samples, plan);
  },
};

const few = 5;
const cases: readonly Case[] = [
  { nodes: 10, holders: few },
  { nodes: 10, holders: 10 },
  { nodes: 50, holders: few },
  { nodes: 50, holders: 50 },
  { nodes: 500, holders: few },
  { nodes: 500, holders: 50 },
  { nodes: 500, holders: 500 },
];

const extentOf = ({ isShort }: Plan) =>
  isShort ? { cases: cases.slice(0, 3), decisions: 1_000, changes: 10 } : { cases, decisions: 20_000, changes: 100 };

const measureCase = (one: Case, counts: { readonly decisions: number; readonly changes: number }): Promise<Sample> =>
  withCleanup(async ({ keep }) => {
    const router = keep(assembleRouter());
    const plans = plansOf(one);
    for (const plan of plans) router.take(plan);
    const { decisions, turns, waited } = decide(router, one, counts.decisions);
    return { of: one, decisions, turns, waited, changes: change(router, plans, counts.changes) };
  });

/** Model `m` lies on `holders` nodes, from node `m` on. */
function plansOf({ nodes, holders }: Case): readonly NodePlan[] {
  const names = modelNames(MODELS);
  return Array.from({ length: nodes }, (_, node) => {
    const models = names.filter((_name, model) => (node - (model % nodes) + nodes) % nodes < holders);
    const loaded = models.slice(node % 7).slice(0, LOADED_PER_NODE);
    return { id: `node-${node}`, port: 20_000 + node, models, loaded, parallel: PARALLEL };
  });
}

/** Decides about one request after the other, with as many under way as there are nodes. */
function decide({ serving }: AssembledRouter, { nodes }: Case, count: number) {
  const [decisions, turns]: [number[], number[]] = [[], []];
  const running: (() => void)[] = [];
  const names = modelNames(MODELS);
  const warmUps = Math.ceil(count / 10);
  let waited = 0;
  for (let at = -warmUps; at < count; at += 1) {
    const facts = sampleRequest(names[(at + warmUps) % MODELS] ?? "", at);
    const startedAt = performance.now();
    const turn = admitAtOnce(serving.admission, facts);
    const tookUs = (performance.now() - startedAt) * 1000;
    if (turn === undefined) waited += 1;
    else running.push(turn.release);
    if (turn !== undefined && at >= 0) {
      decisions.push(turn.decidedUs);
      turns.push(tookUs);
    }
    if (running.length > nodes) running.shift()?.();
  }
  return { decisions, turns, waited };
}

/** A turn for a request, if it may start at once. */
function admitAtOnce(admission: AssembledRouter["serving"]["admission"], facts: RequestFacts) {
  const found: { turn?: { readonly decidedUs: number; readonly release: () => void } } = {};
  const application = admission.admit({
    facts,
    failedOn: new Map(),
    mayReturn: false,
    holdMs: 0,
    codeAfterHold: "HERD_NO_CANDIDATE",
    onTurn: (turn) => {
      if (turn.kind !== "turn") return;
      const { slot, decidedInMs } = turn;
      slot.firstByte();
      if (turn.needsLoad) slot.loadEnded();
      found.turn = { decidedUs: decidedInMs * 1000, release: () => slot.release(DONE) };
    },
  });
  if (found.turn === undefined) application.cancel();
  return found.turn;
}

const DONE = {
  isCompleted: true,
  isFailed: false,
  latencyMs: 1200,
  promptTokens: 320,
  completionTokens: 96,
  isStillLoading: false,
};

/** Reports nodes again, one after the other, each time with another model in memory. */
function change(router: AssembledRouter, plans: readonly NodePlan[], count: number): readonly number[] {
  const { registry } = router.fleet;
  const times: number[] = [];
  for (let at = 0; at < count; at += 1) {
    const plan = plans[at % plans.length];
    if (plan === undefined) continue;
    const next = { ...plan, loaded: plan.models.slice(at % 5).slice(0, LOADED_PER_NODE) };
    const startedAt = performance.now();
    router.take(next);
    registry.snapshot();
    times.push((performance.now() - startedAt) * 1000);
  }
  return times;
}

function findingsOf(samples: readonly Sample[], plan: Plan): Findings {
  const { decisions, changes } = extentOf(plan);
  return {
    setup: [
      `The router's own parts in the bench's process: ${decisions} decisions a fleet for requests that go round ${MODELS} models, with as many requests under way as there are nodes; every node has ${LOADED_PER_NODE} models in memory. A change is a heartbeat of a known node, read and taken, and the snapshot of the whole fleet that the next decision needs (${changes} a fleet).`,
    ],
    tables: [
      {
        title: "",
        head: [
          "nodes",
          "holders of each model",
          "decision p50, µs",
          "decision p99, µs",
          "p50 per holder, µs",
          "with its place in the lane p50, µs",
          "p99, µs",
          "change p50, µs",
          "change p99, µs",
        ],
        rows: samples.map(({ of, decisions: taken, turns, changes: changed }) => [
          of.nodes,
          of.holders,
          percentile(taken, 0.5),
          percentile(taken, 0.99),
          percentile(taken, 0.5) / of.holders,
          percentile(turns, 0.5),
          percentile(turns, 0.99),
          percentile(changed, 0.5),
          percentile(changed, 0.99),
        ]),
      },
    ],
    targets: targetsOf(samples),
    notes: [],
    failures: samples.reduce((total, { waited }) => total + waited, 0),
  };
}

function targetsOf(samples: readonly Sample[]): readonly Target[] {
  const at = (nodes: number, holders: number): readonly number[] =>
    samples.find(({ of }) => of.nodes === nodes && of.holders === holders)?.decisions ?? [];
  const about = { unit: "ms", side: "upper" } as const;
  const ratio = percentile(at(500, 500), 0.5) / percentile(at(500, 50), 0.5);
  const targets: readonly Target[] = [
    {
      what: "decision p99, 50 nodes × 200 models, 5 holders each",
      bound: 0.2,
      measured: percentile(at(50, few), 0.99) / 1000,
      ...about,
    },
    {
      what: "decision p99, 50 nodes × 200 models on all of them",
      bound: 0.2,
      measured: percentile(at(50, 50), 0.99) / 1000,
      ...about,
    },
    { what: "500 holders against 50, times as long (linear: 10)", bound: 11, measured: ratio, unit: "", side: "upper" },
  ];
  return targets.filter(({ measured }) => !Number.isNaN(measured));
}
