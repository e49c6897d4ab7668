/** What requests told, real ones only: neither the demo's nor a benchmark's. */
export interface TrafficFacts {
  /** Requests of the last 24 hours. */
  readonly requests24h: number;
}
