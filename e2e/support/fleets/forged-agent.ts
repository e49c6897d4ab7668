import type { RouterIdentity } from "@herd/shared";
import { heartbeatExamples } from "@herd/shared";
import { createIdentity, deriveLinkSecret, type Identity, linkHeaders, signHeartbeat } from "@herd/shared/link";
import { ask, askJson, type Reply, type Target } from "../clients/http-call.ts";

/** A heartbeat as it goes over the wire: it can be sent again, or bent. */
export interface SealedHeartbeat {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Somebody who can sign heartbeats but is no agent. */
export interface ForgedAgent {
  readonly identity: Identity;
  /** A heartbeat that the router accepts, unless it has reasons; `fields` replace those of an ordinary one. */
  readonly seal: (fields: object, times?: { readonly aheadMs?: number }) => Promise<SealedHeartbeat>;
}

/** Makes one with a key of its own, which speaks to the router through `target`. */
export function createForgedAgent(target: Target, identity: Identity = createIdentity()): ForgedAgent {
  return {
    identity,
    seal: async (fields, { aheadMs = 0 } = {}) => {
      const router = await askJson<RouterIdentity>(target, { path: "/fleet/identity" });
      const time = Math.floor(router.router_time_ms + aheadMs);
      const body = JSON.stringify({ ...(heartbeatExamples.accepted as object), ...fields });
      const secret = deriveLinkSecret(identity, router.public_key);
      return {
        body,
        headers: {
          [linkHeaders.key]: identity.publicKey,
          [linkHeaders.time]: String(time),
          [linkHeaders.signature]: signHeartbeat(secret, { time, body: Buffer.from(body) }),
        },
      };
    },
  };
}

/** Posts a heartbeat, sealed or not. */
export const postHeartbeat = (target: Target, { body, headers }: SealedHeartbeat): Promise<Reply> =>
  ask(target, { path: "/heartbeat", body, headers: { "content-type": "application/json", ...headers } });
