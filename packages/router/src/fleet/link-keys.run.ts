import type { NodeId } from "@herd/shared";
import {
  deriveLinkSecret,
  type Identity,
  type LinkSecret,
  linkHeaders,
  type SteadyClock,
  signaturesMatch,
  signCall,
  signHeartbeat,
} from "@herd/shared/link";
import type { HeartbeatSignature } from "./enrolment.ts";

/** What a node's gateway is called with. */
interface NodeLink {
  readonly secret: LinkSecret;
  /** The node's clock minus the router's, ms. */
  readonly clockOffset: number;
}

/** The router's side of the secrets shared with agents. */
export class LinkKeys {
  readonly #identity: Identity;
  readonly #clock: SteadyClock;
  readonly #secrets = new Map<string, LinkSecret>();
  readonly #links = new Map<NodeId, NodeLink>();
  #nonce = 0;
  readonly #nonceStart: string;

  /** @param start a text that no earlier run of this router used; nonces are counted after it. */
  constructor({
    identity,
    clock,
    start,
  }: { readonly identity: Identity; readonly clock: SteadyClock; readonly start: string }) {
    this.#identity = identity;
    this.#clock = clock;
    this.#nonceStart = start;
  }

  get publicKey(): string {
    return this.#identity.publicKey;
  }

  /** Whether a heartbeat's body was signed by the key it names. */
  isGenuine({ publicKey, time, signature }: HeartbeatSignature, body: Uint8Array): boolean {
    const secret = this.#secretWith(publicKey);
    return secret !== undefined && signaturesMatch(signHeartbeat(secret, { time, body }), signature);
  }

  /** A genuine heartbeat came: from now on the node's gateway can be called. @param nodeTime its clock, Unix epoch ms. */
  linked(
    node: NodeId,
    { publicKey, nodeTime }: { readonly publicKey: string; readonly nodeTime: number | undefined },
  ): void {
    const secret = this.#secretWith(publicKey);
    if (secret === undefined) return;
    const clockOffset = nodeTime === undefined ? 0 : nodeTime - this.#clock.now();
    this.#links.set(node, { secret, clockOffset });
  }

  /** Signature headers for a call to a node's gateway: name, value …; none when no secret is shared. */
  sign(node: NodeId, { method, path }: { readonly method: string; readonly path: string }): readonly string[] {
    const link = this.#links.get(node);
    if (link === undefined) return [];
    this.#nonce += 1;
    const nonce = `${this.#nonceStart}-${this.#nonce.toString(36)}`;
    const time = Math.round(this.#clock.now() + link.clockOffset);
    const signature = signCall(link.secret, { method, path, time, nonce });
    return [linkHeaders.time, String(time), linkHeaders.nonce, nonce, linkHeaders.signature, signature];
  }

  #secretWith(publicKey: string): LinkSecret | undefined {
    let secret = this.#secrets.get(publicKey);
    if (secret !== undefined) return secret;
    try {
      secret = deriveLinkSecret(this.#identity, publicKey);
    } catch {
      // Not every 43 characters are a key: such a signature cannot be genuine.
      return undefined;
    }
    if (this.#secrets.size >= MOST_SECRETS) this.#secrets.clear();
    this.#secrets.set(publicKey, secret);
    return secret;
  }
}

/** Secrets can be derived again; the bound keeps a flood of keys from filling the memory. */
const MOST_SECRETS = 1_000;
