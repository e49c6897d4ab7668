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

/** How long a client waits before it connects again, ms. */
const RETRY_MS = 3_000;

/** Adds `GET /dashboard/events`: server-sent events. */
export function addLiveRoutes(scope: DashboardScope, doors: LiveDoors): void {
  const schema = {
    summary: "Live events of the fleet (server-sent)",
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
      end: () => void raw.end(),
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
