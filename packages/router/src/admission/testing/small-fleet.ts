import { requestId, tokens } from "@herd/shared";
import { type Candidate, NOTHING_LEARNED } from "../../domain/candidate.ts";
import type { Decision, RankedCandidate } from "../../domain/decision.ts";
import type { RequestFacts } from "../../domain/request.ts";
import { plainRequest } from "../../domain/testing/plain-request.ts";
import { Admission, type Application } from "../admission.ts";
import { type Ahead, LaneBook } from "../lane-book.ts";
import type { Applicant, NoTurn, SlotResult, Turn } from "../turn.ts";
import { holderOf, type SmallNode } from "./small-node.ts";

/** One request of a test. */
export interface Ticket {
  readonly name: string;
  readonly application: Application;
  /** What it was told so far. */
  readonly told: readonly (Turn | NoTurn)[];
  /** Its slot; throws while it has none. */
  readonly turn: () => Turn;
}

/** What a test wants otherwise of a request. */
export interface TicketWishes extends Partial<Omit<Applicant, "facts" | "onTurn">> {
  readonly model?: string;
  readonly facts?: Partial<RequestFacts>;
  readonly onTurn?: (turn: Turn | NoTurn) => void;
}

export const FINISHED: SlotResult = {
  isCompleted: true,
  isFailed: false,
  latencyMs: 100,
  promptTokens: 1,
  completionTokens: 1,
  isStillLoading: false,
};

/** Admission before a few machines, with a scheduler that counts its decisions: least loaded first, `bonus` on top. */
export class SmallFleet {
  now = 0;
  decisions = 0;
  readonly book: LaneBook;
  readonly admission: Admission;
  readonly #nodes: SmallNode[];
  #tickets = 0;

  constructor(
    nodes: readonly SmallNode[],
    rules: { readonly queueLimit?: number; readonly waitDeadlineMs?: number } = {},
  ) {
    this.#nodes = [...nodes];
    this.book = new LaneBook({
      assumedParallelism: { ollama: 1, "openai-compatible": 4 },
      maxParallelism: 64,
      firstByteMs: () => 100,
    });
    this.admission = new Admission({
      now: () => this.now,
      book: this.book,
      decide: (applicant, ahead) => this.decide(applicant, ahead),
      rules: { queueLimit: rules.queueLimit ?? 512, waitDeadlineMs: rules.waitDeadlineMs ?? 600_000 },
    });
  }

  /** Asks for a slot now. */
  ask(wishes: TicketWishes = {}): Ticket {
    this.#tickets += 1;
    const name = `r-${this.#tickets}`;
    const told: (Turn | NoTurn)[] = [];
    const { model = "m", facts, onTurn, ...others } = wishes;
    const application = this.admission.admit({
      failedOn: new Map(),
      mayReturn: false,
      holdMs: 30_000,
      codeAfterHold: "HERD_NO_CANDIDATE",
      ...others,
      facts: { ...factsOf(name, model, this.now), ...facts },
      onTurn: (turn) => {
        told.push(turn);
        onTurn?.(turn);
      },
    });
    return { name, application, told, turn: () => turnIn(name, told) };
  }

  /** Lets time pass in steps, with a tick at each. */
  pass(ms: number, stepMs = 250): void {
    const until = this.now + ms;
    while (this.now < until) {
      this.now = Math.min(until, this.now + stepMs);
      this.admission.tick();
    }
  }

  /** Changes a machine and tells admission. */
  change(id: string, change: Partial<Pick<SmallNode, "isOnline" | "loaded">>): void {
    const node = this.#nodes.find((known) => known.id === id);
    if (node === undefined) throw new Error(`no node ${id}`);
    Object.assign(node, change);
    this.admission.pump();
  }

  decide(applicant: Applicant, ahead: Ahead): Decision {
    this.decisions += 1;
    const { facts, failedOn } = applicant;
    const ranked = this.#nodes
      .filter(
        (node) => node.isOnline && node.models.includes(facts.model) && !failedOn.has(`${node.id}:${facts.model}`),
      )
      .map((node) => this.#rank(node, facts.model, ahead))
      .toSorted((a, b) => b.total - a.total);
    return {
      requestId: facts.requestId,
      profile: "small",
      winner: ranked[0],
      ranked,
      rejected: [],
      skippedFilters: [],
    };
  }

  #rank(node: SmallNode, model: string, ahead: Ahead): RankedCandidate {
    const holder = holderOf(node, model);
    const load = this.book.loadOf(holder, { now: this.now, ahead });
    const candidate: Candidate = {
      ...holder,
      load,
      learned: NOTHING_LEARNED,
      breaker: "closed",
      hasFailed: false,
      isLoadBlocked: false,
      lastChosenAt: 0,
    };
    return { candidate, total: (node.bonus ?? 0) - (load.inFlight + load.waiting) / load.limit, parts: [] };
  }
}

function turnIn(name: string, told: readonly (Turn | NoTurn)[]): Turn {
  const turn = told.find((one) => one.kind === "turn");
  if (turn === undefined) throw new Error(`${name} has no turn`);
  return turn;
}

const factsOf = (name: string, model: string, arrivedAt: number): RequestFacts =>
  plainRequest(model, { requestId: requestId(name), promptCharacters: 10, promptTokens: tokens(3), arrivedAt });
