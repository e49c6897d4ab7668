import { z } from "zod";
import type { ContractExamples } from "./example.ts";

/** The body of an error on Herd's own routes (`/heartbeat`, `/fleet/*`, `/dashboard/*`). */
export const errorBody = z.object({
  error: z.string().min(1).describe("What went wrong, one sentence"),
  code: z
    .string()
    .regex(/^HERD_[A-Z_]+$/)
    .describe("Permanent code of the catalogue"),
  field: z.string().optional().describe("The field, flag or setting at fault"),
  hint: z.string().optional().describe("What to do about it"),
});

export type ErrorBody = z.infer<typeof errorBody>;

export const errorBodyExamples: ContractExamples = {
  accepted: {
    error: "cpu.utilization_pct must be a number from 0 to 100",
    code: "HERD_BAD_HEARTBEAT",
    field: "cpu.utilization_pct",
    hint: "Update herd-node on that machine",
  },
  rejected: { error: "" },
};
