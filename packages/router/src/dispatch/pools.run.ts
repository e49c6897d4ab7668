import { Pool } from "undici";

/** Bounds of the connections to nodes. */
export interface PoolRules {
  /** Time to open a connection, ms. */
  readonly connectTimeoutMs: number;
}

/** Silence after which the operating system starts to ask whether the other end is still there, ms. */
const KEEP_ALIVE_PROBE_MS = 10_000;
/** Idle connections are kept this long, ms: shorter than any server we know closes them. */
const IDLE_CONNECTION_MS = 20_000;

/** Connection pools, one per origin, opened when first used. */
export class Pools {
  readonly #rules: PoolRules;
  readonly #pools = new Map<string, Pool>();

  constructor(rules: PoolRules) {
    this.#rules = rules;
  }

  /** @param origin scheme, host and port. */
  of(origin: string): Pool {
    let pool = this.#pools.get(origin);
    if (pool === undefined) {
      pool = new Pool(origin, {
        pipelining: 1,
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: IDLE_CONNECTION_MS,
        connect: { timeout: this.#rules.connectTimeoutMs, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_PROBE_MS },
      });
      this.#pools.set(origin, pool);
    }
    return pool;
  }

  /** Closes every connection at once. */
  async destroy(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }
}
