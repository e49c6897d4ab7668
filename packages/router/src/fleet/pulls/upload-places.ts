import type { NodeId } from "@herd/shared";

/** A place is remembered for this long after it was last used, ms. */
const HOLDS_MS = 3_600_000;
/** Clients, and files, that are remembered; the one that was used longest ago is forgotten first. */
const MOST_PLACES = 1_000;

/** Where an upload goes on: on one node all calls of a client, and by digest the files that arrived. Instants are ms. */
export class UploadPlaces {
  readonly #byClient = new Places<NodeId>();
  readonly #byDigest = new Places<ReadonlySet<NodeId>>();

  /** The node that a client's uploads go to. */
  nodeOf(client: string, now: number): NodeId | undefined {
    return this.#byClient.get(client, now);
  }

  keep(client: string, node: NodeId, now: number): void {
    this.#byClient.set(client, node, now);
  }

  /** The next call of this client may go elsewhere. */
  forget(client: string): void {
    this.#byClient.delete(client);
  }

  /** Nodes that were seen to have a file. @param digest in any of its spellings */
  nodesWith(digest: string, now: number): ReadonlySet<NodeId> {
    return this.#byDigest.get(digitsOf(digest), now) ?? NOWHERE;
  }

  noteFile(digest: string, node: NodeId, now: number): void {
    this.#byDigest.set(digitsOf(digest), new Set([...this.nodesWith(digest, now), node]), now);
  }
}

const NOWHERE: ReadonlySet<NodeId> = new Set();

/** `sha256:…` and `sha256-…` are one. */
const digitsOf = (digest: string): string => digest.slice(-64).toLowerCase();

class Places<Value> {
  readonly #known = new Map<string, { readonly value: Value; readonly usedAt: number }>();

  get(key: string, now: number): Value | undefined {
    const found = this.#known.get(key);
    if (found === undefined || now - found.usedAt > HOLDS_MS) return undefined;
    this.set(key, found.value, now);
    return found.value;
  }

  set(key: string, value: Value, now: number): void {
    this.#known.delete(key);
    this.#known.set(key, { value, usedAt: now });
    const oldest = this.#known.keys().next();
    if (this.#known.size > MOST_PLACES && oldest.done !== true) this.#known.delete(oldest.value);
  }

  delete(key: string): void {
    this.#known.delete(key);
  }
}
