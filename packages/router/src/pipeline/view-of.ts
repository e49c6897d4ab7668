import type { Ahead, LaneBook } from "../admission/lane-book.ts";
import type { Applicant } from "../admission/turn.ts";
import type { BreakerState, Candidate, LearnedSpeeds, SchedulingView } from "../domain/candidate.ts";
import type { FleetSnapshot, Holder } from "../domain/fleet-snapshot.ts";
import type { RequestFacts } from "../domain/request.ts";
import type { SizeSources } from "../models/size-estimate.ts";

/** Where the numbers of a view come from. */
export interface ViewSources {
  readonly fleet: () => FleetSnapshot;
  readonly book: LaneBook;
  /** Who could reach a model of Ollama's cloud; nobody for any other name. */
  readonly cloudHolders: (fleet: FleetSnapshot, facts: Pick<RequestFacts, "model" | "modelKey">) => readonly Holder[];
  readonly learnedOf: (laneKey: string) => LearnedSpeeds;
  readonly breakerOf: (holder: Holder) => BreakerState;
  readonly isLoadBlocked: (laneKey: string) => boolean;
  /** Bytes a model needs in memory there. */
  readonly expectedBytes: (sources: SizeSources) => number | undefined;
  readonly measuredSizes: (models: readonly Holder["model"][]) => SizeSources["measured"];
  /** ms on the monotonic clock. */
  readonly now: () => number;
  /** Unix epoch ms. */
  readonly epochNow: () => number;
}

/** What scheduling may see for one applicant: everybody who has its model, with the load and the speeds of this moment. */
export function viewOf(sources: ViewSources, applicant: Applicant, ahead: Ahead): SchedulingView {
  const fleet = sources.fleet();
  const holders = fleet.holders.get(applicant.facts.modelKey) ?? sources.cloudHolders(fleet, applicant.facts);
  // Sizes matter only for who would have to load; mostly nobody does.
  const isAnyCold = holders.some((holder) => holder.model.loaded === undefined);
  const measured = isAnyCold ? sources.measuredSizes(holders.map((holder) => holder.model)) : undefined;
  const at = { now: sources.now(), ahead, measured };
  return {
    request: applicant.facts,
    candidates: holders.map((holder) => candidateOf(sources, applicant, { holder, at })),
    fleet: fleet.aggregates,
    now: sources.epochNow(),
  };
}

interface Place {
  readonly holder: Holder;
  readonly at: { readonly now: number; readonly ahead: Ahead; readonly measured: SizeSources["measured"] | undefined };
}

function candidateOf(sources: ViewSources, applicant: Applicant, { holder, at }: Place): Candidate {
  const { node, backend, model, laneKey } = holder;
  return {
    node,
    backend,
    model,
    laneKey,
    load: sources.book.loadOf(holder, at),
    learned: sources.learnedOf(laneKey),
    breaker: sources.breakerOf(holder),
    hasFailed: hasFailedOn(applicant, holder),
    isLoadBlocked: sources.isLoadBlocked(laneKey),
    lastChosenAt: sources.book.laneOf(holder).lastChosenAt,
    expectedBytes:
      at.measured === undefined || model.loaded !== undefined
        ? undefined
        : sources.expectedBytes({ model, measured: at.measured, contextTokens: applicant.facts.numCtx }),
  };
}

/** A failure is forgotten for who may return, once the node was heard of after it. */
function hasFailedOn({ failedOn, mayReturn }: Applicant, { laneKey, node }: Holder): boolean {
  const failedAt = failedOn.get(laneKey);
  if (failedAt === undefined) return false;
  return !(mayReturn && (node.lastHeartbeatAt ?? 0) > failedAt);
}
