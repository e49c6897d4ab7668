/**
 * What is counted of every request. It lies on the way of each of them, so it only adds numbers to places that exist; names,
 * labels and text are made when somebody asks.
 */
import { errorEntry } from "../domain/errors.ts";
import type { TraceInput } from "../traces/trace-input.ts";
import {
  createModelAccount,
  createNodeAccount,
  type DurationEnd,
  durationsOf,
  type EndLabels,
  emptySums,
  type ModelAccount,
  type NodeAccount,
  type OperationAccount,
  operationOf,
  type PairAccount,
  type TrafficName,
  type TrafficSums,
  trafficNames,
} from "./accounts.ts";
import { buckets } from "./buckets.ts";
import { FlatHistogram } from "./flat-histogram.ts";
import { LabelBook } from "./label-book.ts";

/** How many values of each label have a place of their own. */
export interface AccountBounds {
  readonly models: number;
  readonly nodes: number;
}

/** Model and node together: more than these share the place of `other`. */
const MOST_PAIRS = 5_000;
/** Kinds of edits are few; their values are cut off. */
const MOST_EDITS = 30;

/** Counts requests; every number since the start of the router. */
export class RequestAccounts {
  readonly models: LabelBook<ModelAccount>;
  readonly nodes: LabelBook<NodeAccount>;
  readonly overhead = new FlatHistogram(buckets.own);
  readonly decisions = new FlatHistogram(buckets.decision);
  readonly edits = new LabelBook<{ readonly edit: string; count: number }>(MOST_EDITS, (edit) => ({ edit, count: 0 }));
  readonly #ends: EndLabels[] = [];
  readonly #endIndexes = new Map<string, number>();
  #pairs = 0;

  constructor({ models, nodes }: AccountBounds) {
    this.models = new LabelBook(models, createModelAccount);
    this.nodes = new LabelBook(nodes, createNodeAccount);
  }

  /** Counts an ended request. @param model the label's value; the name in the trace may be any text of a client. */
  ended(trace: TraceInput, model: string, traffic: TrafficName): void {
    const account = this.models.of(model);
    const node = this.nodes.of(trace.nodeId);
    const pair = this.#pairOf(account, node);
    const end = this.#endIndexOf(trace, traffic);
    pair.ends.set(end, (pair.ends.get(end) ?? 0) + 1);
    addSums(pair.sums[trafficNames.indexOf(traffic)], trace);
    for (const edit of trace.edits) this.edits.of(nameOfEdit(edit)).count += 1;
    this.#addAttempts(trace, traffic);
    if (traffic === "real") this.#distribute(trace, account);
  }

  /** The labels of an end, by its index. */
  endOf(index: number): EndLabels | undefined {
    return this.#ends[index];
  }

  #distribute(trace: TraceInput, account: ModelAccount): void {
    const { times } = trace;
    // Who was refused at the door has not waited.
    if (trace.attempts.length > 0 || times.queueWaitMs > 0) account.wait.add(times.queueWaitMs / 1000);
    if (times.overheadMs !== undefined) this.overhead.add(times.overheadMs / 1000);
    if (trace.attempts.length > 0) distribute(trace, operationOf(account, trace.kind));
  }

  #addAttempts({ attempts, isSimulated }: TraceInput, traffic: TrafficName): void {
    for (const { nodeId, endedMs, firstByteMs, failureClass } of attempts) {
      const node = this.nodes.of(nodeId);
      if (isSimulated) node.isDemo = true;
      if (failureClass !== undefined) node.failures.set(failureClass, (node.failures.get(failureClass) ?? 0) + 1);
      if (traffic !== "real") continue;
      node.attempts.add(endedMs / 1000);
      if (firstByteMs !== undefined) node.firstByte.add(firstByteMs / 1000);
    }
  }

  #pairOf(account: ModelAccount, node: NodeAccount): PairAccount {
    const known = account.pairs.get(node.index);
    if (known !== undefined) return known;
    if (this.#pairs >= MOST_PAIRS && account !== this.models.other())
      return this.#pairOf(this.models.other(), this.nodes.other());
    const pair = { node: node.node, ends: new Map<number, number>(), sums: trafficNames.map(emptySums) };
    account.pairs.set(node.index, pair);
    this.#pairs += 1;
    return pair;
  }

  #endIndexOf(trace: TraceInput, traffic: TrafficName): number {
    const { kind, outcome } = trace;
    const dialect = trace.dialect ?? "";
    const [word, errorCode, errorSource] = endWordsOf(outcome);
    const key = `${kind} ${dialect} ${traffic} ${word} ${errorCode} ${errorSource}`;
    const known = this.#endIndexes.get(key);
    if (known !== undefined) return known;
    this.#ends.push({ kind, dialect, traffic, outcome: word, errorCode, errorSource });
    this.#endIndexes.set(key, this.#ends.length - 1);
    return this.#ends.length - 1;
  }
}

/** Outcome, code of the catalogue and whose doing it is, all from fixed lists. */
function endWordsOf(outcome: TraceInput["outcome"]): readonly [string, string, EndLabels["errorSource"]] {
  switch (outcome.kind) {
    case "completed":
      return [outcome.hasOutput ? "completed" : "no_output", "", ""];
    case "cancelled":
      return ["cancelled", "", ""];
    case "failed":
      return [outcome.isPartial ? "incomplete" : "failed", outcome.code, outcome.source];
    case "rejected":
    case "evicted":
      return [outcome.kind, outcome.code, errorEntry(outcome.code).source];
  }
}

function addSums(sums: TrafficSums | undefined, { usage, retryCount, isFallback, energy }: TraceInput): void {
  if (sums === undefined) return;
  sums.retries += retryCount;
  if (isFallback) sums.fallbacks += 1;
  if (usage !== undefined) {
    sums.inputTokens += usage.promptTokens ?? 0;
    sums.outputTokens += usage.completionTokens ?? 0;
  }
  if (energy === undefined) return;
  if (energy.isEstimated) sums.joulesEstimated += energy.joules;
  else sums.joules += energy.joules;
}

function distribute({ times, usage, isStream, outcome }: TraceInput, account: OperationAccount): void {
  const { latencyMs, firstByteMs } = times;
  const end = durationEndOf(outcome);
  durationsOf(account, end).add(latencyMs / 1000);
  if (end === "" && isStream && firstByteMs !== undefined) account.firstToken.add(firstByteMs / 1000);
  if (usage === undefined) return;
  const { promptTokens, completionTokens = 0, decodeMs } = usage;
  if (promptTokens !== undefined) account.inputTokens.add(promptTokens);
  if (completionTokens <= 0) return;
  account.outputTokens.add(completionTokens);
  const seconds = secondsPerToken({ completionTokens, decodeMs, streamedMs: isStream ? streamedMs(times) : undefined });
  if (end === "" && seconds !== undefined) account.perToken.add(seconds);
}

function durationEndOf(outcome: TraceInput["outcome"]): DurationEnd {
  if (outcome.kind === "completed") return "";
  if (outcome.kind === "cancelled") return "cancelled";
  return outcome.kind === "failed" && outcome.isPartial ? "incomplete" : "failed";
}

const streamedMs = ({ latencyMs, firstByteMs }: TraceInput["times"]): number | undefined =>
  firstByteMs === undefined ? undefined : latencyMs - firstByteMs;

interface Pace {
  readonly completionTokens: number;
  readonly decodeMs: number | undefined;
  readonly streamedMs: number | undefined;
}

/** As the node told it; else from the stream's first byte to its last, which is one token less. */
function secondsPerToken({ completionTokens, decodeMs, streamedMs }: Pace): number | undefined {
  if (decodeMs !== undefined && decodeMs > 0) return decodeMs / 1000 / completionTokens;
  return streamedMs !== undefined && completionTokens > 1 ? streamedMs / 1000 / (completionTokens - 1) : undefined;
}

/** The name of what was changed, without the values: `num_ctx` of `num_ctx=4096`. */
const nameOfEdit = (label: string): string => /^[\w.]+( [a-z]+)?/.exec(label)?.[0] ?? "unnamed";
