import { z } from "zod";
import type { DashboardScope } from "../scope/dashboard-scope.ts";
import { sendJson } from "../scope/send-json.ts";

/** What the route of energy is given. */
export interface EnergyDoors {
  /** The bytes of the answer's JSON. */
  readonly answer: (question: EnergyQuestion) => Promise<Uint8Array>;
  /** Price of a kilowatt-hour; 0 where none is set. */
  readonly pricePerKwh: () => number;
  /** Unix epoch ms. */
  readonly now: () => number;
}

interface EnergyQuestion {
  readonly days: number;
  /** Beginning of the first UTC day; now: Unix epoch s. */
  readonly since: number;
  readonly now: number;
  /** 0: none is set. */
  readonly pricePerKwh: number;
}

const SECONDS_PER_DAY = 86_400;

const sums = {
  joules: z.number().describe("Energy, J"),
  wh: z.number().describe("The same, Wh"),
  is_estimated: z.boolean().describe("At least a part comes from the hardware's class, not from a measurement"),
};
const tokens = {
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  tokens: z.int().describe("Both together"),
  tokens_per_wh: z.number().nullable().describe("null where no energy is known"),
};

const energyAnswer = z.object({
  days: z.int(),
  data: z.array(
    z.object({
      day_bucket: z.int().describe("Beginning of the UTC day, Unix epoch seconds"),
      node_id: z.string(),
      model: z.string(),
      ...sums,
      ...tokens,
    }),
  ),
  nodes: z
    .array(
      z.object({
        day_bucket: z.int(),
        node_id: z.string(),
        ...sums,
        hours: z.number().describe("Time in which the machine was known to be on"),
        work_wh: z.number().describe("Part of it that requests took, Wh"),
      }),
    )
    .describe("Whole machines, idle time included"),
  totals: z.object({ work: z.object({ ...sums, ...tokens }), nodes: z.object(sums) }),
  price: z
    .object({ per_kwh: z.number(), work: z.number(), nodes: z.number() })
    .nullable()
    .describe("In the currency of the setting energy_price_per_kwh; null where that is 0"),
});

/** `GET /dashboard/api/energy`: what the fleet took, and what for. Real work only; machines of the demo never. */
export function addEnergyRoutes(scope: DashboardScope, { answer, pricePerKwh, now }: EnergyDoors): void {
  scope.get(
    "/dashboard/api/energy",
    {
      schema: {
        summary: "Energy by day, node and model, and of whole nodes",
        querystring: z.strictObject({ days: z.coerce.number().int().min(1).max(365).default(7) }),
        response: { 200: energyAnswer },
      },
    },
    async ({ query: { days } }, reply) => {
      const nowS = Math.floor(now() / 1000);
      const since = (Math.floor(nowS / SECONDS_PER_DAY) - days + 1) * SECONDS_PER_DAY;
      return sendJson(reply, await answer({ days, since, now: nowS, pricePerKwh: pricePerKwh() }));
    },
  );
}
