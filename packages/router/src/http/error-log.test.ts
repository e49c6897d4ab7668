import type { FastifyBaseLogger } from "fastify";
import { expect, test } from "vitest";
import { AccessPolicy } from "./access-policy.ts";
import { createOriginRule } from "./cors/origin-rule.ts";
import { HeldBytes } from "./held-bytes.ts";
import { createServer } from "./server.ts";

type Entry = Readonly<Record<string, unknown>>;

/** A logger that keeps what it is told, with what its parents were bound to. */
function keepingLog(entries: Entry[], bound: Entry = {}): FastifyBaseLogger {
  const keep = (facts: Entry): number => entries.push({ ...bound, ...facts });
  const silent = (): undefined => undefined;
  return {
    ...{ level: "error", error: keep, silent, fatal: keep, warn: keep, info: silent, debug: silent, trace: silent },
    child: (own: Entry) => keepingLog(entries, { ...bound, ...own }),
  } as unknown as FastifyBaseLogger;
}

test("an error inside the router is logged with the id of its request", async () => {
  const entries: Entry[] = [];
  const origins = createOriginRule([]);
  const rules = { lanNetworks: [], trustedProxies: [], allowedHosts: [], ownNames: [], ownNetworks: [] };
  const policy = new AccessPolicy({ ...rules, isListedOrigin: origins.isListed });
  const server = createServer({
    rules: () => ({ policy, origins }),
    held: new HeldBytes({ perBody: 1000, together: 1000 }),
    now: () => performance.now(),
    log: keepingLog(entries),
    encodeError: () => ({ contentType: "text/plain", body: "" }),
    methodsOf: () => [],
  });
  server.get("/broken", () => Promise.reject(new Error("broken")));
  const answer = await server.inject({ url: "/broken", headers: { "x-request-id": "r-9", host: "localhost" } });
  await server.close();
  expect(answer.statusCode).toBe(500);
  expect(entries).toMatchObject([{ request_id: "r-9", exception: { message: "broken" } }]);
});
