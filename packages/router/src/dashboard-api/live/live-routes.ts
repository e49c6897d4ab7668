import { z } from "zod";
import { HerdError } from "../../domain/errors.ts";
import type { DashboardScope } from "../scope/dashboard-scope.ts";
import type { Listener } from "./event-channel.ts";

/** What the route of live events is given. */
export interface LiveDoors {
  /** Listeners at once. */
  readonly most: number;
  /** Takes a listener in; undefined when there are too many. Returns what lets it go. */
  readonly join: (listener: Listener, about: JoinAbout) => (() => void) | undefined;
}

/** Who listens, and what it had last. */
export interface JoinAbout {
  readonly withDemo: boolean;
  /** `Last-Event-ID`; undefined for who begins. */
  readonly lastEventId: string | undefined;
}

const query = z.strictObject({
  form: z
    .enum(["whole", "changes"])
    .default("whole")
    .describe("whole: every event is the whole fleet, unnamed; changes: a snapshot, then what changes"),
});

const details = `With form=whole every event is unnamed and holds the whole fleet: {nodes, queues, timestamp}, every 2 s at the least.

With form=changes the first event is a snapshot of the same form; then come, each as JSON under its name:
- change: nodes and queues that are different now, removed_nodes, removed_queues
- request: a request that has ended
- pull: a pull as GET /dashboard/api/pulls lists it, at most four times a second each; ended_at is set in its last one
- model: {event, node_id, model, timestamp, details}, as in GET /dashboard/api/model-events
- finding: a finding as in GET /dashboard/api/health with change: appeared, changed or over; findings: {changes}, too many to tell one by one
- benchmark: as GET /dashboard/api/benchmarks/progress, while one runs and at its end
- settings: {keys} that were changed
- bye: {reason}: stopping (the router ends) or too_slow (the listener reads too little); the connection ends

Steps of pulls and benchmarks carry no id. Who comes back with Last-Event-ID gets what it has missed, or a snapshot when that is too long ago, too much, or of another run: then the other lists are to be asked for again. A listener that does not read is told nothing more, gets a snapshot when it has read, and is let go after 15 to 30 s. The router takes 200 listeners.`;

/** How long a client waits before it connects again, ms. */
const RETRY_MS = 3_000;
/** Time for the last bytes to be taken, ms. */
const FAREWELL_MS = 5_000;

/** Adds `GET /dashboard/events`: server-sent events. */
export function addLiveRoutes(scope: DashboardScope, doors: LiveDoors): void {
  const schema = {
    summary: "Live events of the fleet (server-sent)",
    details,
    answerType: "text/event-stream",
    querystring: query,
    response: { 200: z.string() },
  };
  scope.get("/dashboard/events", { schema }, (request, reply) => {
    const { raw } = reply;
    const header = request.headers["last-event-id"];
    const listener: Listener = {
      wantsChanges: request.query.form === "changes",
      write: (text) => void raw.write(text),
      unsent: () => raw.writableLength,
      end: () => {
        raw.end();
        // Who does not read does not hear of the end, either.
        setTimeout(() => raw.destroy(), FAREWELL_MS).unref();
      },
    };
    const early: string[] = [];
    const opening: Listener = {
      ...listener,
      write: (text) => (raw.headersSent ? void raw.write(text) : void early.push(text)),
    };
    const leave = doors.join(opening, {
      withDemo: request.isLoopback,
      lastEventId: typeof header === "string" ? header : undefined,
    });
    if (leave === undefined) throw new HerdError("HERD_TOO_MANY_LISTENERS", String(doors.most));
    reply.hijack();
    raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // A proxy that gathers answers would hold events back.
      "x-accel-buffering": "no",
      "x-request-id": request.id,
    });
    raw.write(`retry: ${RETRY_MS}\n\n${early.join("")}`);
    raw.once("close", leave);
    raw.on("error", leave);
  });
}
