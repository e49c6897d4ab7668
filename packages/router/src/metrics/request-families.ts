import {
  type ModelAccount,
  type OperationAccount,
  type PairAccount,
  type TrafficSums,
  trafficNames,
} from "./accounts.ts";
import { buckets } from "./buckets.ts";
import type { Family, HistogramFamily, HistogramPoint, Labels, NumberPoint } from "./family.ts";
import type { FlatHistogram } from "./flat-histogram.ts";
import type { RequestAccounts } from "./request-accounts.ts";

/**
 * Everything that was counted of requests, attempts and loads. There can be tens of thousands of points: those of a family
 * are made when they are asked for, so that whoever writes them can let everything else have its turn in between.
 */
export function requestFamilies(accounts: RequestAccounts): readonly Family[] {
  return [...countFamilies(accounts), ...modelFamilies(accounts), ...nodeFamilies(accounts)];
}

function countFamilies(accounts: RequestAccounts): readonly Family[] {
  return [
    {
      kind: "counter",
      name: "herd.requests",
      unit: "{request}",
      help: "Ended requests by what they wanted, who served them and how they ended. Only traffic=real is use.",
      get points() {
        return pairsOf(accounts).flatMap(({ model, pair }) => endPoints(accounts, model, pair));
      },
    },
    sumFamily(accounts, { name: "herd.tokens", unit: "{token}", help: "Tokens of prompts and of outputs." }, (sums) => [
      ["type", "input", sums.inputTokens],
      ["type", "output", sums.outputTokens],
    ]),
    sumFamily(
      accounts,
      { name: "herd.retries", unit: "{thing}", help: "Attempts after a request's first." },
      (sums) => [["", "", sums.retries]],
    ),
    sumFamily(
      accounts,
      { name: "herd.fallbacks", unit: "{thing}", help: "Requests that another model than the asked one served." },
      (sums) => [["", "", sums.fallbacks]],
    ),
    sumFamily(
      accounts,
      { name: "herd.request.energy", unit: "J", help: "Energy that requests took of their nodes." },
      (sums) => [
        ["estimated", "false", sums.joules],
        ["estimated", "true", sums.joulesEstimated],
      ],
    ),
    {
      kind: "counter",
      name: "herd.request.edits",
      unit: "{thing}",
      help: "Changes that the router made to requests, by what was changed.",
      points: accounts.edits.all().map(({ edit, count }) => ({ labels: { edit }, value: count })),
    },
  ];
}

interface OnePair {
  readonly model: string;
  readonly pair: PairAccount;
}

const pairsOf = (accounts: RequestAccounts): readonly OnePair[] =>
  accounts.models.all().flatMap(({ model, pairs }) => [...pairs.values()].map((pair) => ({ model, pair })));

function endPoints(accounts: RequestAccounts, model: string, { node, ends }: PairAccount): readonly NumberPoint[] {
  return [...ends].flatMap(([index, value]) => {
    const end = accounts.endOf(index);
    if (end === undefined) return [];
    const { kind, dialect, traffic, outcome, errorCode, errorSource } = end;
    const error = { error_code: errorCode, error_source: errorSource };
    return [{ labels: { kind, dialect, model, node, outcome, ...error, traffic }, value }];
  });
}

/** Label, its value, the number; no label where its name is empty. */
type Part = readonly [label: string, of: string, value: number];

function sumFamily(
  accounts: RequestAccounts,
  described: Pick<Family, "name" | "unit" | "help">,
  partsOf: (sums: TrafficSums) => readonly Part[],
): Family {
  return {
    kind: "counter",
    ...described,
    get points() {
      return pairsOf(accounts).flatMap(({ model, pair }) =>
        trafficNames.flatMap((traffic, at) => {
          const sums = pair.sums[at];
          return (sums === undefined ? [] : partsOf(sums)).flatMap(([label, of, value]) =>
            value === 0 ? [] : [{ labels: { model, node: pair.node, traffic, ...(label && { [label]: of }) }, value }],
          );
        }),
      );
    },
  };
}

function modelFamilies({ models, overhead, decisions }: RequestAccounts): readonly Family[] {
  const all = models.all();
  return [
    ...tokenFamilies(all),
    histogram({
      name: "gen_ai.server.request.duration",
      help: "Arrival to last byte.",
      bounds: buckets.duration,
      points: () => durationPoints(all),
    }),
    histogram({
      name: "herd.request.queue_wait",
      help: "Waiting for a slot.",
      bounds: buckets.wait,
      points: () => all.flatMap(({ model, wait }) => pointOf(wait, { model })),
    }),
    histogram({
      name: "herd.request.overhead",
      help: "The router's own time in a request.",
      bounds: buckets.own,
      points: () => pointOf(overhead, {}),
    }),
    histogram({
      name: "herd.decision.duration",
      help: "Deciding where a request goes.",
      bounds: buckets.decision,
      points: () => pointOf(decisions, {}),
    }),
  ];
}

const tokenFamilies = (all: readonly ModelAccount[]): readonly Family[] => [
  histogram({
    name: "gen_ai.server.time_to_first_token",
    help: "Arrival to the first byte of a streamed answer.",
    bounds: buckets.firstToken,
    points: () => ofOperations(all, "firstToken"),
  }),
  histogram({
    name: "gen_ai.server.time_per_output_token",
    help: "Time per token after the first.",
    bounds: buckets.perToken,
    points: () => ofOperations(all, "perToken"),
  }),
  histogram({
    name: "gen_ai.client.token.usage",
    unit: "{token}",
    help: "Tokens per request.",
    bounds: buckets.tokens,
    points: () => [
      ...ofOperations(all, "inputTokens", { "gen_ai.token.type": "input" }),
      ...ofOperations(all, "outputTokens", { "gen_ai.token.type": "output" }),
    ],
  }),
];

type Measure = "firstToken" | "perToken" | "inputTokens" | "outputTokens";

const ofOperations = (models: readonly ModelAccount[], measure: Measure, more: Labels = {}) =>
  models.flatMap(({ model, operations }) =>
    [...operations.values()].flatMap((account) =>
      pointOf(account[measure], { ...operationLabels(account, model), ...more }),
    ),
  );

const durationPoints = (models: readonly ModelAccount[]) =>
  models.flatMap(({ model, operations }) =>
    [...operations.values()].flatMap((account) =>
      [...account.durations].flatMap(([end, durations]) =>
        pointOf(durations, { ...operationLabels(account, model), "error.type": end }),
      ),
    ),
  );

const operationLabels = ({ operation }: OperationAccount, model: string): Labels => ({
  "gen_ai.operation.name": operation,
  "gen_ai.provider.name": "herd",
  "gen_ai.request.model": model,
});

function nodeFamilies({ nodes }: RequestAccounts): readonly Family[] {
  const all = nodes.all().filter(({ node }) => node !== "");
  const ofAttempts = (measure: "attempts" | "firstByte") =>
    all.flatMap((account) =>
      pointOf(account[measure], { "gen_ai.provider.name": "ollama", "server.address": account.node }),
    );
  return [
    histogram({
      name: "gen_ai.client.operation.duration",
      help: "One attempt on a node, from sending it to its last byte.",
      bounds: buckets.duration,
      points: () => ofAttempts("attempts"),
    }),
    histogram({
      name: "gen_ai.client.operation.time_to_first_chunk",
      help: "One attempt on a node, from sending it to its first byte.",
      bounds: buckets.firstToken,
      points: () => ofAttempts("firstByte"),
    }),
    histogram({
      name: "herd.model.load.duration",
      help: "Loads of models that the router ordered.",
      bounds: buckets.load,
      points: () => all.flatMap(({ node, loads }) => pointOf(loads, { node })),
    }),
    {
      kind: "counter",
      name: "herd.attempt.failures",
      unit: "{thing}",
      help: "Attempts that failed, by the kind of failure.",
      points: all.flatMap(({ node, failures }) =>
        [...failures].map(([failure, value]) => ({ labels: { node, failure_class: failure }, value })),
      ),
    },
  ];
}

function pointOf(flat: FlatHistogram, labels: Labels): readonly HistogramPoint[] {
  return flat.isEmpty ? [] : [{ labels, ...flat.read() }];
}

interface Distribution extends Pick<HistogramFamily, "name" | "help" | "bounds"> {
  readonly unit?: HistogramFamily["unit"];
  readonly points: () => readonly HistogramPoint[];
}

const histogram = ({ points, ...told }: Distribution): HistogramFamily => ({
  kind: "histogram",
  unit: "s",
  ...told,
  get points() {
    return points();
  },
});
