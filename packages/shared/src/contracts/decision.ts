import { z } from "zod";
import type { ContractExamples } from "./example.ts";

const facts = z.record(z.string(), z.number()).describe("The numbers behind it, each named with its unit");

export const signalPart = z.object({
  signal: z.string().describe("Name of the signal"),
  weight: z.number().describe("Its weight in the profile; negative for a penalty"),
  score: z.number().min(-1).max(1).describe("What the signal measured, −1 to 1"),
  points: z.number().describe("weight × score"),
  facts,
  explanation: z.string().describe("The same in words"),
});

export const decidedCandidate = z.object({
  node_id: z.string().describe("Name of the node"),
  backend: z.string().describe("Which backend of the node"),
  model: z.string().describe("Name of the model on that node"),
  total: z.number().describe("Sum of the points"),
  is_winner: z.boolean().describe("The request went there"),
  has_free_slot: z.boolean().describe("It could have started at once"),
  parts: z.array(signalPart).describe("What each signal added, in the order of the registry"),
});

export const rejectedCandidate = z.object({
  node_id: z.string().describe("Name of the node"),
  backend: z.string().describe("Which backend of the node"),
  model: z.string().describe("Name of the model on that node"),
  filter: z.string().describe("Which filter removed it"),
  code: z.string().describe("The filter's reason code"),
  facts,
  explanation: z.string().describe("The same in words"),
});

/** Why one attempt of a request went where it went: every candidate with its parts, every rejected one with its reason. */
export const decision = z.object({
  request_id: z.string().describe("Id of the request, as in X-Request-Id"),
  attempt: z.int().positive().describe("1 for the first attempt"),
  decided_at: z.number().describe("Unix epoch seconds"),
  profile: z.string().describe("Which set of signals and weights ranked them"),
  model: z.string().describe("Model that was asked for"),
  winner: z.string().nullable().describe("node_id of the pick; null when no candidate was left"),
  took_us: z.number().describe("Time the decision took, µs"),
  candidates: z.array(decidedCandidate).describe("Best first"),
  rejected: z.array(rejectedCandidate).describe("Those that a filter removed"),
  skipped_filters: z
    .array(z.string())
    .describe("Filters that were not applied because they would have left no candidate"),
});

/** `GET /fleet/decisions/:id`. */
export const decisions = z.object({
  request_id: z.string().describe("Id of the request, as in X-Request-Id"),
  attempts: z.array(decision).describe("One per attempt, oldest first"),
});

export type SignalPart = z.infer<typeof signalPart>;
export type DecisionView = z.infer<typeof decision>;
export type DecisionsView = z.infer<typeof decisions>;

export const decisionsExamples: ContractExamples = {
  accepted: {
    request_id: "r-1",
    attempts: [
      {
        request_id: "r-1",
        attempt: 1,
        decided_at: 1_790_000_000.5,
        profile: "signals",
        model: "gemma3:4b",
        winner: "mac-mini",
        took_us: 40,
        candidates: [
          {
            node_id: "mac-mini",
            backend: "ollama",
            model: "gemma3:4b",
            total: 70,
            is_winner: true,
            has_free_slot: true,
            parts: [
              {
                signal: "thermal",
                weight: 50,
                score: 1,
                points: 50,
                facts: { is_loaded: 1 },
                explanation: "The model is loaded",
              },
            ],
          },
        ],
        rejected: [],
        skipped_filters: [],
      },
    ],
  },
  rejected: { request_id: "r-1", attempts: [{ attempt: 0 }] },
};
