/** Remembers the nonces of accepted calls, so that none is accepted twice. */
export interface NonceMemory {
  /** Takes the nonce of a call stated for `time` (ms). False: it was used before, or is older than what is remembered. */
  accept(nonce: string, time: number): boolean;
}

/** What a nonce memory is built from. */
export interface NonceMemoryOptions {
  /** Calls stated for this time (ms) or earlier are refused from the start. */
  readonly notBefore: number;
  /** Most nonces that are remembered. Default 100,000, about 10 MB. */
  readonly capacity?: number;
}

interface Generation {
  readonly nonces: Set<string>;
  latest: number;
}

/**
 * Keeps two generations of nonces. When the younger is full the older is forgotten, and from then on calls no newer than
 * the newest one forgotten are refused: memory stays bounded and still no call is ever accepted twice.
 */
export function createNonceMemory({ notBefore, capacity = 100_000 }: NonceMemoryOptions): NonceMemory {
  const generation = (): Generation => ({ nonces: new Set(), latest: notBefore });
  let younger = generation();
  let older = generation();
  let floor = notBefore;

  const makeRoom = (): void => {
    if (younger.nonces.size < capacity / 2) return;
    floor = Math.max(floor, older.latest);
    older = younger;
    younger = generation();
  };
  const accept = (nonce: string, time: number): boolean => {
    if (time <= floor || younger.nonces.has(nonce) || older.nonces.has(nonce)) return false;
    makeRoom();
    younger.nonces.add(nonce);
    younger.latest = Math.max(younger.latest, time);
    return true;
  };
  return { accept };
}
