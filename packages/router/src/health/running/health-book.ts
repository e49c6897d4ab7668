import type { Check } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import type { FindingKey } from "../finding-key.ts";
import { type CheckFailure, runChecks } from "../run-checks.ts";
import { type HealthReport, healthReportOf } from "./health-report.ts";
import { type Mark, markOf } from "./marks.ts";
import { nextStandings, type Standing, type StandingBounds, type StandingChange, type Standings } from "./standing.ts";

/** What a book is opened with. */
export interface HealthBookSources {
  readonly checks: readonly Check[];
  readonly bounds: StandingBounds;
  /** What stood when the router ended. */
  readonly standings: readonly Standing[];
  readonly marks: ReadonlyMap<FindingKey, Mark>;
}

/** News, and what had been said about it before. */
export type MarkedChange = StandingChange & { readonly mark: Mark | undefined };

/** What one look gave beside the report. */
export interface LookResult {
  readonly changes: readonly MarkedChange[];
  /** Marks that hold no more: what they were about is over, or has got worse, or their time has come. */
  readonly liftedMarks: readonly FindingKey[];
  readonly failures: readonly CheckFailure[];
}

const NOTHING: Standings = new Map();

/** Remembers what stands from look to look: for those who see everything, and for those who do not see the demo. */
export class HealthBook {
  readonly #checks: readonly Check[];
  readonly #bounds: StandingBounds;
  readonly #marks: Map<FindingKey, Mark>;
  /** Without the demo: this is what is written down and told. */
  #real: Standings;
  /** With it; empty while there is none. */
  #all: Standings = NOTHING;

  constructor({ checks, bounds, standings, marks }: HealthBookSources) {
    this.#checks = checks;
    this.#bounds = bounds;
    this.#real = new Map(standings.map((standing) => [standing.finding.key, standing]));
    this.#marks = new Map(marks);
  }

  /** Looks at the fleet. @param withDemo the facts with the machines of the demo; undefined when there are none */
  look(facts: HealthFacts, withDemo: HealthFacts | undefined): LookResult {
    const { now } = facts;
    const run = runChecks(this.#checks, facts);
    const step = nextStandings(this.#real, { findings: run.findings, now, bounds: this.#bounds });
    this.#real = step.standings;
    this.#all = withDemo === undefined ? NOTHING : this.#lookAtAll(withDemo);
    const changes = step.changes.map((change) => {
      const { key } = change.standing.finding;
      return { ...change, mark: markOf(this.#marks, key, now) };
    });
    const wokenUp = this.#wokenUp(changes, now);
    const liftedMarks = [...this.#lifted(step.changes), ...this.#expired(now)];
    for (const key of liftedMarks) this.#marks.delete(key);
    return { changes: [...changes, ...wokenUp], liftedMarks, failures: run.failures };
  }

  /** What gets worse is another matter than what was marked; what is over need not be known of any more. */
  #lifted(changes: readonly StandingChange[]): readonly FindingKey[] {
    return changes.flatMap(({ kind, standing }) => {
      const { key } = standing.finding;
      const mark = this.#marks.get(key);
      const isLifted = kind === "worsened" || (kind === "ended" && mark?.kind === "acknowledged");
      return mark !== undefined && isLifted ? [key] : [];
    });
  }

  /** Snoozes whose time has come. */
  #expired(now: number): readonly FindingKey[] {
    return [...this.#marks].flatMap(([key, { until }]) => (until !== undefined && until <= now ? [key] : []));
  }

  /** What was put off and still stands is told when its time has come. */
  #wokenUp(changes: readonly MarkedChange[], now: number): readonly MarkedChange[] {
    const told = new Set(changes.map(({ standing }) => standing.finding.key));
    return this.#expired(now).flatMap((key) => {
      const standing = this.#real.get(key);
      const stands = standing?.isTold === true && standing.goneSince === undefined && !told.has(key);
      return stands ? [{ kind: "began" as const, standing, mark: undefined }] : [];
    });
  }

  #lookAtAll(facts: HealthFacts): Standings {
    const { findings } = runChecks(this.#checks, facts);
    const previous = this.#all.size === 0 ? this.#real : this.#all;
    return nextStandings(previous, { findings, now: facts.now, bounds: this.#bounds }).standings;
  }

  report(withDemo: boolean, now: number): HealthReport {
    return healthReportOf(this.#seen(withDemo), this.#marks, now);
  }

  /** Whether a finding stands now. */
  stands(key: FindingKey, withDemo: boolean): boolean {
    return this.#seen(withDemo).has(key);
  }

  #seen(withDemo: boolean): Standings {
    return withDemo && this.#all.size > 0 ? this.#all : this.#real;
  }

  mark(key: FindingKey, mark: Mark): void {
    this.#marks.set(key, mark);
  }

  /** False when there was no mark. */
  unmark(key: FindingKey): boolean {
    return this.#marks.delete(key);
  }
}
