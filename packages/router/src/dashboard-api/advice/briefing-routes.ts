import { z } from "zod";
import type { DashboardScope } from "../scope/dashboard-scope.ts";

/** A briefing as it is answered. Times are Unix epoch seconds. */
export interface BriefingView {
  readonly enabled: boolean;
  readonly briefing: string | null;
  /** The text, also where briefings are switched off. */
  readonly plain_text: string;
  /** Who wrote it; null when it is made of facts alone. */
  readonly model: string | null;
  readonly generated_at: number;
  readonly next_refresh_s: number;
  readonly cached: boolean;
  /** A model is writing a better one. */
  readonly generating: boolean;
  /** Why the last attempt of a model came to nothing. */
  readonly error?: string;
}

/** What the routes of briefings are given. */
export interface BriefingDoors {
  readonly read: (isWanted: boolean) => Promise<BriefingView>;
  readonly history: (limit: number) => Promise<readonly object[]>;
}

const briefing = z.object({
  enabled: z.boolean(),
  briefing: z.string().nullable(),
  plain_text: z.string().describe("The text, also where briefings are switched off"),
  model: z.string().nullable().describe("Who wrote it; null: it is made of facts alone"),
  generated_at: z.number(),
  next_refresh_s: z.number(),
  cached: z.boolean(),
  generating: z.boolean(),
  error: z.string().optional(),
});

/** `GET /dashboard/api/briefing` and its history. */
export function addBriefingRoutes(scope: DashboardScope, doors: BriefingDoors): void {
  scope.get(
    "/dashboard/api/briefing",
    {
      schema: {
        summary: "The fleet in a few sentences",
        querystring: z.strictObject({ refresh: z.coerce.number().int().min(0).max(1).default(0) }),
        response: { 200: briefing },
      },
    },
    ({ query }) => doors.read(query.refresh === 1),
  );
  scope.get(
    "/dashboard/api/briefing/history",
    {
      schema: {
        summary: "Earlier briefings, newest first",
        querystring: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).default(20) }),
        response: {
          200: z.object({ history: z.array(z.looseObject({ generated_at: z.number(), briefing: z.string() })) }),
        },
      },
    },
    async ({ query }) => ({ history: await doors.history(query.limit) }),
  );
}
