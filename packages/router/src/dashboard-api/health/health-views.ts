/** What `GET /dashboard/api/health` answers, in the predecessor's shape with more. Times are Unix epoch seconds. */
export interface HealthAnswer {
  readonly vitals: Readonly<Record<string, number | null>>;
  readonly recommendations: readonly FindingView[];
  readonly checked_at: number;
}

/** One finding. */
export interface FindingView {
  readonly key: string;
  readonly check_id: string;
  readonly severity: "info" | "warning" | "critical";
  readonly title: string;
  readonly description: string;
  /** What it does to requests or people. */
  readonly why: string;
  readonly fix: string;
  /** The fix as a line for a terminal. */
  readonly command: string | null;
  readonly node_id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
  /** Paths of requests that show it. */
  readonly traces: readonly string[];
  readonly since: number;
  /** It has stood long enough to be written down and told. */
  readonly is_settled: boolean;
  readonly is_resolved: boolean;
  readonly acknowledged: boolean;
  readonly snoozed_until: number | null;
  readonly note: string | null;
}

/** One time that a finding stood. */
export interface HistoryEntry {
  readonly key: string;
  readonly check_id: string;
  readonly node_id: string | null;
  /** The most severe it was. */
  readonly severity: string;
  readonly title: string;
  readonly description: string;
  readonly began_at: number;
  /** null while it stands. */
  readonly ended_at: number | null;
}

/** How a test went on one way. */
export interface TestView {
  readonly channel: string;
  readonly ok: boolean;
  readonly error: string | null;
}
