import type { Logger } from "pino";
import { allChecks } from "../../health/all-checks.ts";
import type { TrafficFacts } from "../../health/facts/traffic-facts.ts";
import { HealthBook, type LookResult } from "../../health/running/health-book.ts";
import type { HealthReport } from "../../health/running/health-report.ts";
import type { Mark } from "../../health/running/marks.ts";
import type { StandingBounds } from "../../health/running/standing.ts";
import type { Notifier } from "../../notifications/notifier.ts";
import type { RouterSettings } from "../../settings/settings.ts";
import type { Stores } from "../stores.ts";
import { createNotices, noticeItemsOf } from "./notices.ts";
import { markOfRow, saveChange, standingOf } from "./stored-standings.ts";
import { createWatching, type HealthSources } from "./watching.ts";

/** The last report with what it was made of. */
export interface HealthView {
  readonly report: HealthReport;
  readonly traffic: TrafficFacts;
  /** How long the run of all checks took, ms. */
  readonly runMs: number;
}

/** The health of the fleet: looked at on a timer, told to whoever asks. */
export interface HealthPart {
  /** What is wrong now; looks anew when the last look is a few seconds old. */
  view(withDemo: boolean): HealthView;
  /** Resolves when the records of requests have been asked for what happened lately, or take too long. */
  refresh(): Promise<void>;
  /** Looks now. */
  look(): void;
  /** Resolves when readings that are under way are in. */
  ready(): Promise<void>;
  /** False when no such finding stands. */
  mark(key: string, mark: Omit<Mark, "markedAt">, withDemo: boolean): boolean;
  /** False when there was no mark. */
  unmark(key: string): boolean;
  readonly notices: Notifier;
  /** Calls back after every look, and when something was said about a finding. */
  onReport(listener: () => void): void;
  close(): void;
}

/** Between two looks that were asked for, ms. */
const FRESH_MS = 2_000;
const FORGET_EVERY_MS = 6 * 3_600_000;
const DAY_MS = 86_400_000;

/** Builds it and starts its timer. */
export function createHealthPart(sources: HealthSources): HealthPart {
  const { live, log, stores, fleet } = sources;
  const settings = live.values;
  const notices = createNotices(settings, log);
  const watching = createWatching(sources, notices);
  const now = (): number => Math.round(fleet.clock.now());
  const book = new HealthBook({
    checks: allChecks,
    bounds: boundsOf(settings),
    standings: stores.health.open().map(standingOf),
    marks: new Map(stores.health.marks().flatMap(markOfRow)),
  });
  const keep = createKeeper(sources, notices);
  const listeners: (() => void)[] = [];
  const tellReport = (): void => {
    for (const listener of listeners) listener();
  };
  let last = { at: Number.NEGATIVE_INFINITY, runMs: 0, traffic: { requests24h: 0 } as TrafficFacts };
  const take = (): void => {
    const [at, began] = [now(), performance.now()];
    const gathered = watching.gather(at);
    const result = book.look(gathered.facts, gathered.withDemo);
    last = { at, runMs: performance.now() - began, traffic: gathered.facts.traffic };
    keep(result, at);
    tellReport();
  };
  const look = createCarefulLook(take, log);
  const timer = startTimer(look, settings);
  return {
    view: (withDemo) => {
      if (now() - last.at >= FRESH_MS) look();
      return { report: book.report(withDemo, last.at), traffic: last.traffic, runMs: last.runMs };
    },
    look,
    refresh: () => watching.refresh(FRESH_MS),
    ready: watching.ready,
    ...createMarking(book, { stores, now, onMark: tellReport }),
    onReport: (listener) => void listeners.push(listener),
    notices,
    close: () => {
      timer.stop();
      notices.close();
      watching.close();
    },
  };
}

interface Marking {
  readonly stores: Stores;
  /** Unix epoch ms. */
  readonly now: () => number;
  readonly onMark: () => void;
}

/** Takes what somebody says about findings, and writes it down. */
function createMarking(book: HealthBook, { stores, now, onMark }: Marking): Pick<HealthPart, "mark" | "unmark"> {
  const { health } = stores;
  return {
    mark: (key, said, withDemo) => {
      if (!book.stands(key, withDemo)) return false;
      const mark = { ...said, markedAt: now() };
      book.mark(key, mark);
      health.mark({ key, ...mark });
      onMark();
      return true;
    },
    unmark: (key) => {
      const wasMarked = book.unmark(key);
      if (wasMarked) {
        health.unmark(key);
        onMark();
      }
      return wasMarked;
    },
  };
}

/** A look that breaks down leaves the last report in force; it is told once per reason, for it will break down again. */
function createCarefulLook(look: () => void, log: Logger): () => void {
  const told = new Set<string>();
  return () => {
    try {
      look();
    } catch (error) {
      const reason = String(error);
      if (!told.has(reason)) log.error({ exception: error }, "the fleet's health could not be looked at");
      if (told.size < MOST_REASONS) told.add(reason);
    }
  };
}

const MOST_REASONS = 100;

const boundsOf = (settings: RouterSettings): StandingBounds => ({
  settleMs: (severity) => (settings.healthSettleS * 1000) / (severity === "critical" ? 3 : 1),
  get endMs() {
    return settings.healthEndS * 1000;
  },
});

/** Writes down and tells what a look changed; now and then forgets what ended long ago. */
function createKeeper(
  { live, log, stores }: HealthSources,
  notices: Notifier,
): (result: LookResult, at: number) => void {
  const broken = new Set<string>();
  const forget = createForgetting(live.values, stores);
  return ({ changes, liftedMarks, failures }, at) => {
    for (const change of changes) saveChange(stores.health, change);
    for (const key of liftedMarks) stores.health.unmark(key);
    notices.tell(noticeItemsOf(changes), at);
    // Each is told once: it will most likely fail at every look.
    for (const { checkId, error } of failures.filter((failure) => !broken.has(failure.checkId))) {
      log.error({ exception: error, check: checkId }, "a health check failed");
      broken.add(checkId);
    }
    forget(at);
  };
}

function createForgetting(settings: RouterSettings, stores: Stores): (at: number) => void {
  let forgotAt = Number.NEGATIVE_INFINITY;
  return (at) => {
    const { traceRetentionDays: days } = settings;
    if (days === 0 || at - forgotAt < FORGET_EVERY_MS) return;
    forgotAt = at;
    stores.health.forgetBefore(at - days * DAY_MS);
  };
}

/** Looks again and again, each time after the interval that holds then. */
function startTimer(look: () => void, settings: RouterSettings): { readonly stop: () => void } {
  const next = (): NodeJS.Timeout => {
    const timer = setTimeout(() => {
      look();
      current = next();
    }, settings.healthIntervalS * 1000);
    timer.unref();
    return timer;
  };
  let current = next();
  return { stop: () => clearTimeout(current) };
}
