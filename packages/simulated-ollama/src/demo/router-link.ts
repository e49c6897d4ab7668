import { request } from "node:http";
import type { Heartbeat, RouterIdentity } from "@herd/shared";
import {
  createIdentity,
  createPeerClock,
  createSteadyClock,
  deriveLinkSecret,
  type LinkSecret,
  linkHeaders,
  signHeartbeat,
} from "@herd/shared/link";

/** Reports one machine to the router under a key that lives as long as the program. */
export interface RouterLink {
  /** Sends one report. Rejects when the router cannot be reached or does not want it. */
  report(heartbeat: Heartbeat): Promise<void>;
}

/** Longest that an answer of the router is waited for, ms. */
const ANSWER_MS = 5_000;

/** Makes a link with a new key. @param routerUrl without a slash at the end. */
export function createRouterLink(routerUrl: string): RouterLink {
  const identity = createIdentity();
  const own = createSteadyClock({ wallAtStart: Date.now(), monotonic: () => performance.now() });
  const clock = createPeerClock(own.now);
  let secret: LinkSecret | undefined;
  const meet = async (): Promise<LinkSecret> => {
    const router = (await call(routerUrl, { path: "/fleet/identity" })) as RouterIdentity;
    clock.learn(router.router_time_ms);
    return deriveLinkSecret(identity, router.public_key);
  };
  return {
    report: async (heartbeat) => {
      secret ??= await meet();
      const body = Buffer.from(JSON.stringify(heartbeat));
      const time = clock.next();
      const headers = {
        "content-type": "application/json",
        [linkHeaders.key]: identity.publicKey,
        [linkHeaders.time]: String(time),
        [linkHeaders.signature]: signHeartbeat(secret, { time, body }),
      };
      try {
        await call(routerUrl, { path: "/heartbeat", headers, body });
      } catch (error) {
        // The next report begins anew, with the router's key and clock as they are then.
        secret = undefined;
        throw error;
      }
    },
  };
}

interface Call {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** One call; the answer's JSON. Rejects for any status but 200. */
export function call(origin: string, { path, headers = {}, body }: Call): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? "GET" : "POST";
    const signal = AbortSignal.timeout(ANSWER_MS);
    const sent = request(`${origin}${path}`, { method, headers: { ...headers }, signal }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(parts).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${path} answered ${response.statusCode}: ${text.slice(0, 200)}`));
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
