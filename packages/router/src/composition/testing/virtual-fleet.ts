import { modelKey, type NodeId, requestId } from "@herd/shared";
import { Admission, type Application } from "../../admission/admission.ts";
import { LaneBook } from "../../admission/lane-book.ts";
import type { NoTurn, Slot, Turn } from "../../admission/turn.ts";
import type { ErrorCode } from "../../domain/errors.ts";
import type { FleetSnapshot, Holder } from "../../domain/fleet-snapshot.ts";
import { fleetSnapshotOf } from "../../fleet/fleet-snapshot-of.ts";
import { expectedBytes, measuredSizes } from "../../models/size-estimate.ts";
import { type ViewSources, viewOf } from "../../pipeline/view-of.ts";
import { filters } from "../../scheduling/filters.ts";
import { best } from "../../scheduling/pickers/best.ts";
import { signalsProfile } from "../../scheduling/profile.ts";
import { createScheduler } from "../../scheduling/scheduler.ts";
import { signals } from "../../scheduling/signals.ts";
import { makeCandidate, makeRequest } from "../../scheduling/testing/make-view.ts";
import { snapshotOf, type VirtualNode } from "./virtual-node.ts";

/** One request on its way through the lanes. Instants are ms on the fleet's clock. */
export interface Traveller {
  readonly name: string;
  readonly model: string;
  readonly numCtx: number | undefined;
  readonly arrivedAt: number;
  readonly failedOn: Map<string, number>;
  application: Application | undefined;
  state: "waiting" | "running" | "ended" | "left";
  turn: Turn | undefined;
  isLoading: boolean;
  /** Number of words it got: one per application that was not withdrawn. */
  told: number;
  asked: number;
  endCode: ErrorCode | undefined;
  /** How long it had been without any candidate when it was ended. */
  orphanedMs: number;
}

/** What can be asked of an arrival. */
export interface Arrival {
  readonly model: string;
  readonly numCtx: number | undefined;
}

export interface VirtualRules {
  readonly queueLimit: number;
  readonly waitDeadlineMs: number;
  readonly holdMs: number;
}

/** The real scheduler, admission and lanes before machines that exist only in numbers, on a clock that a test moves. */
export class VirtualFleet {
  now = 1_000_000;
  decisions = 0;
  /** Slots that were given, and those of them whose client left. */
  readonly slots = { given: 0, cancelled: 0 };
  readonly book: LaneBook;
  readonly admission: Admission;
  readonly travellers: Traveller[] = [];
  readonly nodes: readonly VirtualNode[];
  readonly rules: VirtualRules;
  readonly #onStart: (traveller: Traveller, turn: Turn) => void;
  #snapshot: FleetSnapshot | undefined;
  /** Since when no machine can serve a model. */
  readonly #orphanedSince = new Map<string, number>();

  constructor(
    nodes: readonly VirtualNode[],
    rules: VirtualRules,
    onStart: (traveller: Traveller, turn: Turn) => void = () => undefined,
  ) {
    this.nodes = nodes;
    this.rules = rules;
    this.#onStart = onStart;
    this.book = new LaneBook({
      assumedParallelism: { ollama: 1, "openai-compatible": 4 },
      maxParallelism: 64,
      firstByteMs: () => 200,
    });
    const scheduler = createScheduler({ filters, signals, picker: best, profile: signalsProfile });
    const views = this.#views();
    this.admission = new Admission({
      now: () => this.now,
      book: this.book,
      decide: (applicant, ahead) => {
        this.decisions += 1;
        return scheduler.schedule(viewOf(views, applicant, ahead));
      },
      rules,
    });
    this.#noteOrphans();
  }

  arrive({ model, numCtx }: Arrival): Traveller {
    const traveller: Traveller = {
      name: `r-${this.travellers.length}`,
      model,
      numCtx,
      arrivedAt: this.now,
      failedOn: new Map(),
      application: undefined,
      state: "waiting",
      turn: undefined,
      isLoading: false,
      told: 0,
      asked: 0,
      endCode: undefined,
      orphanedMs: 0,
    };
    this.travellers.push(traveller);
    this.#ask(traveller);
    return traveller;
  }

  /** Its client leaves while it waits. */
  leave(traveller: Traveller): void {
    traveller.state = "left";
    traveller.application?.cancel();
  }

  firstByte(traveller: Traveller): void {
    slotOf(traveller).firstByte();
    this.endLoad(traveller);
  }

  endLoad(traveller: Traveller): void {
    traveller.isLoading = false;
    slotOf(traveller).loadEnded();
  }

  /** The attempt ends: well, or so that the request is tried elsewhere, or because its client left. */
  finish(traveller: Traveller, how: "well" | "failed" | "cancelled"): void {
    const slot = slotOf(traveller);
    const laneKey = traveller.turn?.lane.key ?? "";
    traveller.state = how === "failed" ? "waiting" : "ended";
    traveller.turn = undefined;
    traveller.isLoading = false;
    if (how === "failed") traveller.failedOn.set(laneKey, this.now);
    if (how === "cancelled") this.slots.cancelled += 1;
    slot.release({
      isCompleted: how === "well",
      isFailed: how === "failed",
      latencyMs: 500,
      promptTokens: 10,
      completionTokens: 20,
      isStillLoading: false,
    });
    if (how === "failed") this.#ask(traveller);
  }

  /** Something about the machines has changed. */
  changed(): void {
    this.#snapshot = undefined;
    this.#noteOrphans();
    this.admission.pump();
  }

  /** Lets time pass, with a tick every quarter of a second. */
  pass(ms: number): void {
    const until = this.now + ms;
    while (this.now < until) {
      this.now = Math.min(until, this.now + 250);
      this.admission.tick();
    }
  }

  /** How long this one has been without any candidate, by what a test knows of the machines, ms. */
  orphanedFor({ model, arrivedAt }: Traveller): number {
    const since = this.#orphanedSince.get(model);
    return since === undefined ? 0 : this.now - Math.max(since, arrivedAt);
  }

  in(state: Traveller["state"]): readonly Traveller[] {
    return this.travellers.filter((traveller) => traveller.state === state);
  }

  #ask(traveller: Traveller): void {
    traveller.asked += 1;
    const { model, numCtx, arrivedAt, name, failedOn } = traveller;
    const facts = makeRequest({ requestId: requestId(name), model, modelKey: modelKey(model), numCtx, arrivedAt });
    const application = this.admission.admit({
      facts,
      failedOn: new Map(failedOn),
      mayReturn: false,
      holdMs: failedOn.size === 0 ? this.rules.holdMs : 0,
      codeAfterHold: failedOn.size === 0 ? "HERD_NO_CANDIDATE" : "HERD_NODE_UNREACHABLE",
      onTurn: (turn) => this.#tell(traveller, turn),
    });
    traveller.application = application;
  }

  #tell(traveller: Traveller, turn: Turn | NoTurn): void {
    traveller.told += 1;
    if (turn.kind === "no-turn") {
      traveller.state = "ended";
      traveller.endCode = turn.code;
      traveller.orphanedMs = this.orphanedFor(traveller);
      return;
    }
    this.#onStart(traveller, turn);
    this.slots.given += 1;
    traveller.state = "running";
    traveller.turn = turn;
    traveller.isLoading = turn.needsLoad;
  }

  #noteOrphans(): void {
    for (const model of new Set(this.nodes.flatMap(({ models }) => models))) {
      const isServed = this.nodes.some(
        ({ models, status, isDraining }) => models.includes(model) && status !== "offline" && !isDraining,
      );
      if (isServed) this.#orphanedSince.delete(model);
      else if (!this.#orphanedSince.has(model)) this.#orphanedSince.set(model, this.now);
    }
  }

  #views(): ViewSources {
    return {
      fleet: () => this.#fleet(),
      book: this.book,
      cloudHolders: () => [],
      learnedOf: () => NOTHING_LEARNED,
      breakerOf: ({ node }: Holder) => this.#nodeOf(node.nodeId).breaker,
      isLoadBlocked: () => false,
      expectedBytes,
      measuredSizes,
      now: () => this.now,
      epochNow: () => this.now,
    };
  }

  #fleet(): FleetSnapshot {
    this.#snapshot ??= fleetSnapshotOf(this.nodes.map(snapshotOf), { version: 1, medianDecodeSpeed: undefined });
    return this.#snapshot;
  }

  #nodeOf(id: NodeId): VirtualNode {
    const node = this.nodes.find((known) => known.id === id);
    if (node === undefined) throw new Error(`no node ${id}`);
    return node;
  }
}

function slotOf({ turn, name }: Traveller): Slot {
  if (turn === undefined) throw new Error(`${name} does not run`);
  return turn.slot;
}

const NOTHING_LEARNED = makeCandidate("x").learned;
