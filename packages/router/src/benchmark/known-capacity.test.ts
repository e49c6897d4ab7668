import fc from "fast-check";
import { expect, test } from "vitest";
import { nextStep, saturationOf } from "./ramp.ts";
import { type Sample, type StepResult, stepResultOf } from "./step-result.ts";

/** A server of which everything is known. Times in ms. */
interface Server {
  /** Requests computed at once; the others wait in line. */
  readonly slots: number;
  readonly prefillMs: number;
  readonly decodeMs: number;
  readonly tokens: number;
  /** What the way to the server and back takes. */
  readonly wayMs: number;
}

const capacityOf = ({ slots, prefillMs, decodeMs, tokens }: Server): number =>
  (slots * tokens * 1000) / (prefillMs + decodeMs);

/** A step of so many workers, in reckoned time: each sends its next request when its last one is answered. */
function stepOn(server: Server, concurrency: number, stepMs: number): StepResult {
  const { slots, prefillMs, decodeMs, tokens, wayMs } = server;
  const free = Array.from({ length: slots }, () => 0);
  const sendAt = Array.from({ length: concurrency }, () => 0);
  const samples: Sample[] = [];
  for (;;) {
    const sentAt = Math.min(...sendAt);
    if (sentAt >= stepMs) return stepResultOf(concurrency, samples, { from: 0, to: stepMs });
    const slot = free.indexOf(Math.min(...free));
    const begins = Math.max(free[slot] ?? 0, sentAt + wayMs);
    const endedAt = begins + prefillMs + decodeMs;
    free[slot] = endedAt;
    sendAt[sendAt.indexOf(sentAt)] = endedAt;
    samples.push({
      isOk: true,
      sentAt,
      latencyMs: endedAt - sentAt,
      firstTokenMs: begins + prefillMs - sentAt,
      promptTokens: 9,
      outputTokens: tokens,
    });
  }
}

function measure(server: Server, stepMs: number) {
  const steps: StepResult[] = [];
  for (;;) {
    const decision = nextStep(steps, 64);
    if (decision.kind === "end")
      return { ended: decision.why, best: Math.max(...steps.map((step) => step.perSecond)), steps };
    steps.push(stepOn(server, decision.concurrency, stepMs));
  }
}

const server = fc.record({
  slots: fc.integer({ min: 1, max: 24 }),
  prefillMs: fc.integer({ min: 0, max: 100 }),
  decodeMs: fc.integer({ min: 400, max: 2_000 }),
  tokens: fc.constant(64),
  wayMs: fc.integer({ min: 0, max: 5 }),
});

test("throughput and the number of requests at once are found within 15 %, whatever a server can do", () => {
  fc.assert(
    fc.property(server, fc.integer({ min: 10, max: 20 }), (known, requests) => {
      const { ended, best, steps } = measure(known, requests * (known.prefillMs + known.decodeMs));
      expect(ended).toBe("saturated");
      expect(Math.abs(best / capacityOf(known) - 1)).toBeLessThan(0.15);
      const found = saturationOf(steps);
      expect(found).toBeGreaterThanOrEqual(Math.floor(known.slots * 0.85));
      expect(found).toBeLessThanOrEqual(Math.max(known.slots + 1, Math.ceil(known.slots * 1.15)));
    }),
    { numRuns: 300 },
  );
});

test("also where a step has time for a few requests only", () => {
  const known = { slots: 3, prefillMs: 200, decodeMs: 6_000, tokens: 64, wayMs: 2 };
  const { best, steps } = measure(known, 7_500);
  expect(Math.abs(best / capacityOf(known) - 1)).toBeLessThan(0.15);
  expect([3, 4]).toContain(saturationOf(steps));
});
