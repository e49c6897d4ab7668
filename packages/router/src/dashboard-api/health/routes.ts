import { z } from "zod";
import { HerdError } from "../../domain/errors.ts";
import type { DashboardScope } from "../scope/dashboard-scope.ts";
import type { HealthAnswer, HistoryEntry, TestView } from "./health-views.ts";

/** What somebody says about a finding. */
export type Saying =
  | { readonly kind: "acknowledged"; readonly note: string | undefined }
  /** `until` is Unix epoch ms. */
  | { readonly kind: "snoozed"; readonly until: number; readonly note: string | undefined };

/** What the routes of health are given. */
export interface HealthDoors {
  /** @param withDemo the caller sees the machines of the demo, too */
  readonly health: (withDemo: boolean) => Promise<HealthAnswer>;
  /** @param asked `since` is Unix epoch ms */
  readonly history: (asked: {
    readonly since: number;
    readonly checkId: string | undefined;
    readonly limit: number;
  }) => Promise<readonly HistoryEntry[]>;
  /** False when no such finding stands. */
  readonly say: (key: string, saying: Saying, withDemo: boolean) => boolean;
  /** False when nothing had been said about it. */
  readonly takeBack: (key: string) => boolean;
  readonly test: () => Promise<readonly TestView[]>;
  /** Unix epoch ms. */
  readonly now: () => number;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const LONGEST_SNOOZE_HOURS = 24 * 366;

/** A check, a node and a subject, which may be a long name of a model. */
const keyField = z.string().min(1).max(2_048);
const noteField = z.string().trim().max(500).optional();
const findingView = z.looseObject({ key: z.string(), check_id: z.string(), severity: z.string(), fix: z.string() });
const done = z.object({ status: z.string(), key: z.string() });

/** `/dashboard/api/health` and what belongs to it. */
export function addHealthChecks(scope: DashboardScope, doors: HealthDoors): void {
  addReads(scope, doors);
  addSayings(scope, doors);
  scope.post(
    "/dashboard/api/health/test-notification",
    {
      schema: {
        summary: "Send a test on every way by which findings are told",
        response: { 200: z.object({ status: z.string(), results: z.array(z.looseObject({})) }) },
      },
      config: { access: "change" },
    },
    async () => testedAs(await doors.test()),
  );
}

function testedAs(results: readonly TestView[]) {
  if (results.length === 0)
    return { status: "nothing_on", results, hint: "Set notify_webhook_url, or notify_desktop to true" };
  return { status: results.every(({ ok }) => ok) ? "sent" : "failed", results };
}

function addReads(scope: DashboardScope, doors: HealthDoors): void {
  scope.get(
    "/dashboard/api/health",
    {
      schema: {
        summary: "What is wrong with the fleet, how to put it right, and a score",
        response: {
          200: z.object({
            vitals: z.record(z.string(), z.number().nullable()),
            recommendations: z.array(findingView),
            checked_at: z.number(),
          }),
        },
      },
    },
    (request) => doors.health(request.isLoopback),
  );
  scope.get(
    "/dashboard/api/health/history",
    {
      schema: {
        summary: "When findings began and ended",
        querystring: z.strictObject({
          days: z.coerce.number().positive().max(3_660).default(7),
          check_id: z
            .string()
            .regex(/^[a-z0-9_]{1,64}$/)
            .optional(),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: { 200: z.object({ days: z.number(), history: z.array(z.looseObject({ key: z.string() })) }) },
      },
    },
    async (request) => {
      const { days, check_id: checkId, limit } = request.query;
      const since = doors.now() - days * DAY_MS;
      return { days, history: await doors.history({ since, checkId, limit }) };
    },
  );
}

function addSayings(scope: DashboardScope, doors: HealthDoors): void {
  scope.post(
    "/dashboard/api/health/acknowledge",
    {
      schema: {
        summary: "A finding is known: it costs nothing until it is over or gets worse",
        body: z.strictObject({ key: keyField, note: noteField }),
        response: { 200: done },
      },
      config: { access: "change" },
    },
    ({ body: { key, note }, isLoopback }) => {
      if (!doors.say(key, { kind: "acknowledged", note }, isLoopback)) throw new HerdError("HERD_UNKNOWN_FINDING", key);
      return { status: "acknowledged", key };
    },
  );
  scope.post(
    "/dashboard/api/health/snooze",
    {
      schema: {
        summary:
          "A finding is put off until a time, or until it gets worse: it costs nothing and is not told until then",
        body: z.strictObject({
          key: keyField,
          until: z.number().positive().optional(),
          hours: z.number().positive().max(LONGEST_SNOOZE_HOURS).optional(),
          note: noteField,
        }),
        response: { 200: done.extend({ snoozed_until: z.number() }) },
      },
      config: { access: "change" },
    },
    ({ body: { key, until, hours = 24, note }, isLoopback }) => {
      const untilMs = snoozedUntil(until, hours, doors.now());
      const isKnown = doors.say(key, { kind: "snoozed", until: untilMs, note }, isLoopback);
      if (!isKnown) throw new HerdError("HERD_UNKNOWN_FINDING", key);
      return { status: "snoozed", key, snoozed_until: untilMs / 1000 };
    },
  );
  scope.post(
    "/dashboard/api/health/unmark",
    {
      schema: {
        summary: "Takes an acknowledgement or a snooze back",
        body: z.strictObject({ key: keyField }),
        response: { 200: done },
      },
      config: { access: "change" },
    },
    ({ body: { key } }) => ({ status: doors.takeBack(key) ? "unmarked" : "not_marked", key }),
  );
}

/** An instant in Unix epoch seconds, or so many hours from now; as Unix epoch ms. */
function snoozedUntil(until: number | undefined, hours: number, now: number): number {
  if (until === undefined) return Math.round(now + hours * HOUR_MS);
  const untilMs = Math.round(until * 1000);
  const isInReach = untilMs > now && untilMs <= now + LONGEST_SNOOZE_HOURS * HOUR_MS;
  if (isInReach) return untilMs;
  throw new HerdError("HERD_BAD_REQUEST", "until: must be a time to come, in Unix epoch seconds, within a year", {
    field: "until",
  });
}
