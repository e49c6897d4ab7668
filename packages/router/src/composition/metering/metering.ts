import { randomBytes } from "node:crypto";
import type { Candidate } from "../../domain/candidate.ts";
import { EnergyMeter } from "../../energy/energy-meter.ts";
import { SpanBook } from "../../metrics/otlp/span-book.ts";
import { RequestAccounts } from "../../metrics/request-accounts.ts";
import type { EndedRequest } from "../../pipeline/ended-request.ts";
import type { EndedAttempt } from "../../pipeline/parts.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { TraceEnergy, TraceInput } from "../../traces/trace-input.ts";
import { trafficOf } from "../../traces/traffic.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { MeteringParts } from "./metering-parts.ts";

/** What metering needs from outside. */
export interface MeteringSources {
  readonly settings: RouterSettings;
  readonly fleet: Pick<FleetParts, "registry">;
  /** ms, never going back. */
  readonly now: () => number;
}

/** Stands for the names of models that nobody has: they may be any text of a client. */
const UNKNOWN_MODEL = "unknown";

/** What is counted while requests pass. Each of these is called once per request or attempt, and only adds numbers. */
export class Metering implements MeteringParts {
  readonly accounts: RequestAccounts;
  readonly energy = new EnergyMeter();
  sender: MeteringParts["sender"];
  readonly #spans: SpanBook;
  readonly #sources: MeteringSources;

  constructor(sources: MeteringSources) {
    const { settings } = sources;
    this.#sources = sources;
    this.accounts = new RequestAccounts({ models: settings.metricModels, nodes: settings.metricNodes });
    this.#spans = new SpanBook({
      randomHex: (bytes) => randomBytes(bytes).toString("hex"),
      random: Math.random,
      isOn: () => this.sender !== undefined,
      samplePct: () => settings.otlpSamplePct,
    });
  }

  attemptBegan({ node }: Candidate, requestId: string): void {
    this.energy.began(requestId, node, this.#sources.now());
  }

  attemptEnded({ requestId, node, loadMs }: EndedAttempt): void {
    this.energy.ended(requestId, this.#sources.now());
    if (loadMs !== undefined) this.accounts.nodes.of(node).loads.add(loadMs / 1000);
  }

  /** @param tookUs duration of one decision, µs. */
  decided(tookUs: number): void {
    this.accounts.decisions.add(tookUs / 1e6);
  }

  /** The headers that a node gets, where the request stands in a distributed trace. */
  onward(headers: string[], requestId: string): string[] {
    return this.#spans.onward(headers, requestId);
  }

  /** What a request took of its nodes' energy; to be asked once, when it has ended. */
  energyOf(requestId: string): TraceEnergy | undefined {
    return this.energy.take(requestId, this.#sources.now());
  }

  /** Counts an ended request. */
  ended(trace: TraceInput, { journey, headers = [] }: EndedRequest): void {
    const isKnown =
      trace.attempts.length > 0 ||
      (journey !== undefined && this.#sources.fleet.registry.snapshot().holders.has(journey.facts.modelKey));
    this.accounts.ended(trace, isKnown ? trace.servedModel : UNKNOWN_MODEL, trafficOf(trace) ?? "real");
    if (this.sender === undefined) return;
    const ids = this.#spans.take(trace.requestId, headers);
    if (ids !== undefined) this.sender(trace, ids);
  }
}
