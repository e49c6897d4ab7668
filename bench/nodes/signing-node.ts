import type { RouterIdentity } from "@herd/shared";
import { createIdentity, deriveLinkSecret, type Identity, linkHeaders, signHeartbeat } from "@herd/shared/link";
import { ask } from "../load/ask.ts";
import { heartbeatBody, type NodePlan } from "./heartbeat-body.ts";

/** A node that signs its heartbeats as an agent does. */
export interface SigningNode {
  /** Posts one heartbeat; true when the router took it. */
  readonly beat: () => Promise<boolean>;
}

/** What the router told about itself, and when. */
interface RouterFacts {
  readonly publicKey: string;
  /** The router's clock minus that of this process, ms. */
  readonly offset: number;
}

/** Reads the router's key and clock. @throws Error when it does not answer */
export async function readRouterFacts(port: number): Promise<RouterFacts> {
  const { status, text } = await ask({ port, path: "/fleet/identity" });
  if (status !== 200) throw new Error(`the router does not tell its key: ${status} ${text}`);
  const identity = JSON.parse(text) as RouterIdentity;
  return { publicKey: identity.public_key, offset: identity.router_time_ms - performance.now() };
}

/** Every so many heartbeats one carries the whole inventory: once a minute at the usual interval. */
const FULL_EVERY = 12;

/** A node with a key of its own. `planOf` says how it is when it reports. */
export function createSigningNode(order: {
  readonly router: RouterFacts;
  readonly port: number;
  readonly planOf: () => NodePlan | Promise<NodePlan>;
  readonly identity?: Identity;
}): SigningNode {
  const { router, port, planOf, identity = createIdentity() } = order;
  const secret = deriveLinkSecret(identity, router.publicKey);
  let lastTime = 0;
  let accepted = 0;
  return {
    beat: async () => {
      const body = Buffer.from(JSON.stringify(heartbeatBody(await planOf(), accepted % FULL_EVERY === 0)));
      lastTime = Math.max(lastTime + 1, Math.floor(performance.now() + router.offset));
      const headers = {
        "content-type": "application/json",
        [linkHeaders.key]: identity.publicKey,
        [linkHeaders.time]: String(lastTime),
        [linkHeaders.signature]: signHeartbeat(secret, { time: lastTime, body }),
      };
      const { status } = await ask({ port, path: "/heartbeat", body, headers });
      if (status === 200) accepted += 1;
      return status === 200;
    },
  };
}
