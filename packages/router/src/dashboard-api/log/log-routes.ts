import { type LogLevel, logLevels } from "@herd/shared";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { HerdError } from "../../domain/errors.ts";
import type { DashboardScope } from "../scope/dashboard-scope.ts";

/** Which lines are asked for. */
export interface LinesAsked {
  readonly level: LogLevel | undefined;
  readonly requestId: string | undefined;
  readonly nodeId: string | undefined;
  /** Unix epoch ms. */
  readonly since: number | undefined;
}

type Line = Readonly<Record<string, unknown>>;

/** What the route of the log is given. */
export interface LogDoors {
  /** The newest lines, oldest first. */
  readonly read: (
    asked: LinesAsked,
    lines: number,
  ) => Promise<{ readonly lines: readonly Line[]; readonly isCut: boolean }>;
  /** Gives the newest lines and every one from now on; resolves when the signal ends it. */
  readonly follow: (
    asked: LinesAsked,
    following: {
      readonly lines: number;
      readonly signal: AbortSignal;
      readonly take: (line: Line) => Promise<void>;
    },
  ) => Promise<void>;
}

const query = z.strictObject({
  lines: z.coerce.number().int().min(0).max(10_000).default(200).describe("Newest lines, at most"),
  level: z
    .string()
    .transform((word) => word.toUpperCase())
    .pipe(z.enum(logLevels))
    .optional()
    .describe("Least grave level"),
  request_id: z.string().min(1).max(64).optional().describe("Lines about this request, also in files set aside"),
  node_id: z.string().min(1).max(256).optional().describe("Lines about this node"),
  since: z.coerce.number().min(0).max(100_000_000_000).optional().describe("Later ones only, Unix epoch seconds"),
  follow: z.enum(["true", "false"]).default("false").describe("Goes on with new lines, one JSON object per line"),
});

/** Followers at the same time; each costs a look at the file, three times a second. */
const MOST_FOLLOWERS = 16;
/** A follower that takes nothing for so long is let go, ms. */
const LONGEST_STALL_MS = 60_000;
/** A sign of life on a silent log, so that a lost client is noticed. */
const SIGN_OF_LIFE_MS = 15_000;

/**
 * Adds `GET /dashboard/api/logs`. Lines tell clients' addresses: it takes the rights of a route that changes things.
 */
export function addLogRoutes(scope: DashboardScope, doors: LogDoors): void {
  const stopping = new AbortController();
  const followers = new Set<AbortController>();
  scope.addHook("preClose", (done) => {
    stopping.abort();
    for (const follower of followers) follower.abort();
    done();
  });
  const answer = z.object({ lines: z.array(z.looseObject({})), is_cut: z.boolean() });
  scope.get(
    "/dashboard/api/logs",
    {
      config: { access: "change" },
      schema: {
        summary: "The newest lines of the router's log",
        details:
          "With follow=true the answer is application/x-ndjson: one line of the log per line, and empty lines as signs of life.",
        querystring: query,
        response: { 200: answer },
      },
    },
    async ({ query: asked }, reply) => {
      const { lines: count, since, follow } = asked;
      const wanted = {
        level: asked.level,
        requestId: asked.request_id,
        nodeId: asked.node_id,
        since: since === undefined ? undefined : since * 1000,
      };
      if (follow === "true")
        return followOn({ reply, doors, wanted, count, followers, isStopping: stopping.signal.aborted });
      const { lines, isCut } = await doors.read(wanted, count);
      return { lines, is_cut: isCut };
    },
  );
}

interface Follow {
  readonly reply: FastifyReply;
  readonly doors: LogDoors;
  readonly wanted: LinesAsked;
  readonly count: number;
  readonly followers: Set<AbortController>;
  readonly isStopping: boolean;
}

/** The newest lines and all that follow, as one JSON object per line, until the client leaves or the router stops. */
async function followOn({ reply, doors, wanted, count, followers, isStopping }: Follow): Promise<FastifyReply> {
  if (isStopping) throw new HerdError("HERD_SHUTTING_DOWN", "");
  if (followers.size >= MOST_FOLLOWERS) throw new HerdError("HERD_TOO_MANY_LISTENERS", String(MOST_FOLLOWERS));
  const follower = new AbortController();
  followers.add(follower);
  const { raw } = reply.hijack();
  raw.once("close", () => follower.abort());
  const headers = {
    "content-type": "application/x-ndjson",
    "cache-control": "no-store",
    "x-request-id": reply.request.id,
  };
  raw.writeHead(200, headers);
  raw.flushHeaders();
  const life = setInterval(() => raw.write("\n"), SIGN_OF_LIFE_MS);
  const take = (line: Line): Promise<void> => written(raw, `${JSON.stringify(line)}\n`, follower.signal);
  try {
    await doors.follow(wanted, { lines: count, signal: follower.signal, take });
  } finally {
    clearInterval(life);
    followers.delete(follower);
    raw.end();
  }
  return reply;
}

/** Resolves when the client can take more. */
function written(raw: FastifyReply["raw"], text: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted || raw.write(text)) return Promise.resolve();
  return new Promise((resolve) => {
    // One that has stopped reading would keep its place for ever.
    const stall = setTimeout(() => raw.destroy(), LONGEST_STALL_MS);
    const end = (): void => {
      clearTimeout(stall);
      raw.off("drain", end);
      signal.removeEventListener("abort", end);
      resolve();
    };
    raw.once("drain", end);
    signal.addEventListener("abort", end, { once: true });
  });
}
