import type { DecisionView, RequestId, SignalPart } from "@herd/shared";
import { hasFreeSlot } from "../domain/candidate.ts";
import type { Decision, DecisionPart, RankedCandidate, Reason, RejectedCandidate } from "../domain/decision.ts";
import type { Filter, Signal } from "./contracts.ts";
import { filters } from "./filters.ts";
import { signals } from "./signals.ts";

/** What is known of a decision beside itself. */
export interface DecisionStamp {
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Unix epoch ms. */
  readonly decidedAt: number;
  /** Time the decision took, µs. */
  readonly tookUs: number;
  /** Model that was asked for. */
  readonly model: string;
}

/** A candidate by its names: nothing of the fleet's snapshot is held. */
interface StoredPlace {
  readonly nodeId: string;
  readonly backend: string;
  readonly model: string;
}

/** One signal's columns in the numbers: its score, then its facts in this order. */
interface StoredSignal {
  readonly signal: string;
  readonly weight: number;
  readonly facts: readonly string[];
}

/** A decision as numbers and names, small enough to keep a thousand: 8 bytes per number, about 40 numbers per candidate. */
export interface StoredDecision extends DecisionStamp {
  readonly requestId: RequestId;
  readonly profile: string;
  /** Place of the winner in `places`; −1 when there was none. */
  readonly winner: number;
  readonly signals: readonly StoredSignal[];
  /** Best first. */
  readonly places: readonly (StoredPlace & { readonly hasFreeSlot: boolean })[];
  /** One row per place: total, then the columns of every signal; NaN for a fact that is not known. */
  readonly numbers: readonly number[];
  readonly rejected: readonly (StoredPlace & { readonly filter: string; readonly reason: Reason })[];
  readonly skippedFilters: readonly string[];
}

/** Who turns the numbers into words. */
export interface Explainers {
  readonly filters: readonly Pick<Filter, "name" | "explain">[];
  readonly signals: readonly Pick<Signal, "name" | "explain">[];
}

/** Turns a decision into what is kept of it. */
export function keepDecision(decision: Decision, stamp: DecisionStamp): StoredDecision {
  const { ranked, winner } = decision;
  const columns = columnsOf(ranked);
  return {
    attempt: stamp.attempt,
    decidedAt: stamp.decidedAt,
    tookUs: stamp.tookUs,
    model: stamp.model,
    requestId: decision.requestId,
    profile: decision.profile,
    winner: winner === undefined ? -1 : ranked.indexOf(winner),
    signals: columns,
    places: ranked.map((entry) => ({ ...placeOf(entry), hasFreeSlot: hasFreeSlot(entry.candidate) })),
    numbers: numbersOf(ranked, columns),
    rejected: decision.rejected.map((entry) => ({ ...placeOf(entry), filter: entry.filter, reason: entry.reason })),
    skippedFilters: decision.skippedFilters,
  };
}

/** A kept decision as the API shows it; the sentences are made here. */
export function viewOfDecision(stored: StoredDecision, explainers: Explainers = { filters, signals }): DecisionView {
  return {
    request_id: stored.requestId,
    attempt: stored.attempt,
    decided_at: stored.decidedAt / 1000,
    profile: stored.profile,
    model: stored.model,
    winner: stored.places[stored.winner]?.nodeId ?? null,
    took_us: stored.tookUs,
    candidates: stored.places.map((place, row) => ({
      node_id: place.nodeId,
      backend: place.backend,
      model: place.model,
      total: rounded(stored.numbers[row * widthOf(stored.signals)] ?? 0),
      is_winner: row === stored.winner,
      has_free_slot: place.hasFreeSlot,
      parts: partsOf(stored, row, explainers),
    })),
    rejected: stored.rejected.map(({ nodeId, backend, model, filter, reason }) => ({
      node_id: nodeId,
      backend,
      model,
      filter,
      code: reason.code,
      facts: reason.facts,
      explanation: explainers.filters.find(({ name }) => name === filter)?.explain(reason) ?? "",
    })),
    skipped_filters: [...stored.skippedFilters],
  };
}

const placeOf = ({ candidate }: RankedCandidate | RejectedCandidate): StoredPlace => ({
  nodeId: candidate.node.nodeId,
  backend: candidate.backend.id,
  model: candidate.model.name,
});

/** The columns of the decision before: mostly the next one has the same, and a thousand decisions share one list. */
let lastColumns: readonly StoredSignal[] = [];

/** Every fact that any candidate's reading has: what is not known of one may be known of another. */
function columnsOf(ranked: readonly RankedCandidate[]): readonly StoredSignal[] {
  if (ranked.length === 0 || !ranked.every(fits)) lastColumns = newColumnsOf(ranked);
  return lastColumns;
}

/** Whether the last columns hold all that this candidate's readings tell. */
function fits({ parts }: RankedCandidate): boolean {
  return (
    parts.length === lastColumns.length &&
    parts.every((part, at) => {
      const column = lastColumns[at];
      if (column === undefined || column.signal !== part.signal || column.weight !== part.weight) return false;
      for (const name in part.reading.facts) if (!column.facts.includes(name)) return false;
      return true;
    })
  );
}

function newColumnsOf(ranked: readonly RankedCandidate[]): readonly StoredSignal[] {
  const first = ranked[0]?.parts ?? [];
  return first.map(({ signal, weight }, column) => {
    const names: string[] = [];
    for (const { parts } of ranked) {
      for (const name in parts[column]?.reading.facts) if (!names.includes(name)) names.push(name);
    }
    // The copy has no spare room for further names, which would be most of what a small decision takes.
    return { signal, weight, facts: names.slice() };
  });
}

function widthOf(columns: readonly StoredSignal[]): number {
  return columns.reduce((width, { facts }) => width + 1 + facts.length, 1);
}

function numbersOf(ranked: readonly RankedCandidate[], columns: readonly StoredSignal[]): readonly number[] {
  const pen: Pen = { numbers: [] };
  for (const { total, parts } of ranked) {
    write(pen, total);
    let column = 0;
    for (const { facts } of columns) {
      writePart(pen, parts[column], facts);
      column += 1;
    }
  }
  return pen.numbers;
}

interface Pen {
  readonly numbers: number[];
}

function writePart(pen: Pen, part: DecisionPart | undefined, names: readonly string[]): void {
  write(pen, part?.reading.score ?? 0);
  for (const name of names) write(pen, part?.reading.facts[name] ?? Number.NaN);
}

function write(pen: Pen, value: number): void {
  pen.numbers.push(value);
}

function partsOf(stored: StoredDecision, row: number, explainers: Explainers): SignalPart[] {
  const start = row * widthOf(stored.signals) + 1;
  const numbers = stored.numbers.slice(start, start + widthOf(stored.signals) - 1).values();
  const next = (): number => numbers.next().value ?? Number.NaN;
  return stored.signals.map(({ signal, weight, facts: names }) => {
    const score = next();
    const facts = Object.fromEntries(
      names.map((name) => [name, next()] as const).filter(([, value]) => !Number.isNaN(value)),
    );
    return {
      signal,
      weight,
      score: rounded(score),
      points: rounded(weight * score),
      facts: roundedAll(facts),
      explanation: explainers.signals.find(({ name }) => name === signal)?.explain({ score, facts }) ?? "",
    };
  });
}

function roundedAll(facts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, rounded(value)]));
}

/** Without the noise of binary fractions; sums still agree to five decimals. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6;
