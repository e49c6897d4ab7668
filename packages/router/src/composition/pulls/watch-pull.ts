import { textLines } from "../../domain/text/text-lines.ts";

/** A pull to watch. */
export interface WatchedPull {
  /** The router's own address. */
  readonly url: string;
  readonly model: string;
  readonly requestId: string;
  /** The largest model that this node may take unasked, GiB. */
  readonly mostGb: (nodeId: string) => number;
}

const GIB = 2 ** 30;

/** Pulls a model and stops when it turns out too large. Resolves to why it has not come, or undefined. Never rejects. */
export async function watchPull(pull: WatchedPull): Promise<string | undefined> {
  const stop = new AbortController();
  try {
    const last = await readPull(pull, stop.signal);
    return last.status === "success" ? undefined : (last.error ?? "the pull ended early");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    stop.abort();
  }
}

/** The last record of a pull. @throws Error when the model is too large, or the router does not answer. */
async function readPull({ url, model, requestId, mostGb }: WatchedPull, signal: AbortSignal): Promise<PullRecord> {
  const body = JSON.stringify({ model, stream: true });
  const response = await fetch(`${url}/api/pull`, {
    method: "POST",
    headers: { "x-request-id": requestId },
    body,
    signal,
  });
  const most = mostGb(response.headers.get("x-fleet-node") ?? "") * GIB;
  const sizes = new PullSizes();
  let last: PullRecord = {};
  for await (const line of textLines(response.body ?? [])) {
    last = JSON.parse(line) as PullRecord;
    const size = sizes.with(last);
    if (size > most) throw new Error(tooLarge(size, most));
  }
  return last;
}

const tooLarge = (size: number, most: number): string =>
  `it has ${(size / GIB).toFixed(1)} GiB, and ${(most / GIB).toFixed(1)} may be pulled unasked (auto_pull_max_gb, or a quarter of the free disk)`;

interface PullRecord {
  readonly status?: string;
  readonly error?: string;
  readonly digest?: string;
  readonly total?: number;
}

/** What a pull has told of its files so far. */
class PullSizes {
  readonly #byDigest = new Map<string, number>();

  /** All sizes together, with this record's. Bytes. */
  with({ digest, total = 0 }: PullRecord): number {
    if (digest !== undefined) this.#byDigest.set(digest, total);
    return [...this.#byDigest.values()].reduce((sum, one) => sum + one, 0);
  }
}
