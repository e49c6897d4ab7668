import type { AddressInfo } from "node:net";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";
import { AccessPolicy, type AccessRules } from "../access-policy.ts";
import { createOriginRule } from "../cors/origin-rule.ts";
import { HeldBytes } from "../held-bytes.ts";
import { createServer } from "../server.ts";
import type { ToldError } from "../tell-error.ts";

/** A server on a loopback port with routes for tests. */
export interface TestServer {
  readonly port: number;
  readonly held: HeldBytes;
  /** Errors the server told, oldest first. */
  readonly told: readonly (ToldError & { readonly path: string })[];
  readonly close: () => Promise<void>;
}

/** What a test wants otherwise than usual. */
export interface TestServerWishes {
  readonly perBody?: number;
  readonly together?: number;
  readonly corsOrigins?: readonly string[];
  readonly rules?: Partial<AccessRules>;
  readonly addRoutes?: (server: FastifyInstance) => void;
  readonly methodsOf?: (path: string) => readonly string[];
}

const OPEN: Omit<AccessRules, "isListedOrigin"> = {
  lanNetworks: [],
  trustedProxies: [],
  allowedHosts: [],
  ownNames: [],
  ownNetworks: [],
};

/** Starts it. Errors are told as plain text: status, code and message. */
export async function startTestServer(wishes: TestServerWishes = {}): Promise<TestServer> {
  const held = new HeldBytes({ perBody: wishes.perBody ?? 1000, together: wishes.together ?? 3000 });
  const origins = createOriginRule(wishes.corsOrigins ?? []);
  const policy = new AccessPolicy({ ...OPEN, isListedOrigin: origins.isListed, ...wishes.rules });
  const told: (ToldError & { readonly path: string })[] = [];
  const server = createServer({
    rules: () => ({ policy, origins }),
    held,
    now: () => performance.now(),
    log: silentLog,
    encodeError: (path, error) => {
      told.push({ ...error, path });
      return { contentType: "text/plain", body: `${error.code}: ${error.message}` };
    },
    methodsOf: wishes.methodsOf ?? (() => []),
  });
  wishes.addRoutes?.(server);
  await server.listen({ host: "127.0.0.1", port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return { port, held, told, close: () => server.close() };
}

const ignore = (): void => undefined;

const silentLog: FastifyBaseLogger = {
  level: "silent",
  fatal: ignore,
  error: ignore,
  warn: ignore,
  info: ignore,
  debug: ignore,
  trace: ignore,
  silent: ignore,
  child: () => silentLog,
};
