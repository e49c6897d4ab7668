import type { Check } from "../check.ts";

/** At the 99th percentile of a minute, ms. Streams of all clients wait meanwhile. */
const WARNS_FROM_MS = 100;
const CRITICAL_FROM_MS = 1_000;

/** A router that is too slow itself. */
export const eventLoopLag: Check = {
  id: "event_loop_lag",
  title: "Delays of the router itself",
  meaning: "by the 99th percentile of a minute, warning when the router's event loop is 100 ms late, critical from 1 s",
  appliesTo: ({ router }) => router.loopLag !== undefined,
  inspect: ({ router: { loopLag } }) => {
    if (loopLag === undefined || loopLag.p99Ms < WARNS_FROM_MS) return [];
    const { p99Ms, maxMs } = loopLag;
    return [
      {
        severity: p99Ms >= CRITICAL_FROM_MS ? "critical" : "warning",
        nodeId: undefined,
        subject: "",
        title: "The router is late",
        description: `In the last minute its event loop was up to ${Math.round(maxMs)} ms late, ${Math.round(p99Ms)} ms at the 99th percentile.`,
        why: "Every stream that passes through it stops for as long.",
        fix: "See what else keeps the router's machine busy, or move the router to another machine",
        command: "herd top",
        details: { p99_ms: Math.round(p99Ms), max_ms: Math.round(maxMs) },
      },
    ];
  },
};
