import { Readable } from "node:stream";
import { toGib } from "@herd/shared";
import type { ChangeAnswer, PullStream, PullWish } from "../../dashboard-api/models/model-routes.ts";
import { textLines } from "../../domain/text/text-lines.ts";
import type { OwnPort } from "../measuring/own-port.ts";

/** A pull begun here, as it is shown. Sizes in bytes, times Unix epoch seconds. */
interface Pull {
  readonly id: string;
  readonly model: string;
  node_id: string;
  status: string;
  completed: number;
  total: number;
  readonly started_at: number;
  ended_at: number | null;
  error: string | null;
}

/** Pulls that were begun by the dashboard or the command line's API; each is a call of the router to itself. */
export interface PullBook {
  readonly pull: (wish: PullWish) => Promise<ChangeAnswer>;
  /** The records as they come; the pull ends with who reads them. */
  readonly stream: (wish: PullWish) => PullStream;
  readonly all: () => readonly Pull[];
  readonly cancel: (id: string) => boolean;
}

/** What pulls need from outside. */
export interface PullSources {
  readonly ownPort: OwnPort;
  /** Unix epoch ms. */
  readonly now: () => number;
  /** Bytes that a model takes on a disk that does not have it, and that are free there; undefined where nobody knows. */
  readonly sizeOf: (model: string, nodeId: string) => number | undefined;
  readonly freeOn: (nodeId: string) => number | undefined;
}

const MOST_REMEMBERED = 100;

/** Builds it, empty. */
export function createPullBook(sources: PullSources): PullBook {
  const pulls = new Map<string, Begun>();
  let count = 0;
  const begin = ({ model, nodeId }: PullWish): Begun => {
    count += 1;
    const shown: Pull = {
      ...{ id: `pull-${count}`, model, node_id: nodeId ?? "", status: "starting", completed: 0, total: 0 },
      ...{ started_at: sources.now() / 1000, ended_at: null, error: null },
    };
    const begun = { shown, stop: new AbortController() };
    pulls.set(shown.id, begun);
    const [oldest] = pulls.keys();
    if (pulls.size > MOST_REMEMBERED && oldest !== undefined) pulls.delete(oldest);
    return begun;
  };
  return {
    pull: (wish) => lastOf(runPull(sources, wish, begin(wish))),
    stream: (wish) => {
      const begun = begin(wish);
      const records = Readable.from(runPull(sources, wish, begun), { objectMode: false });
      return { records, leave: () => begun.stop.abort() };
    },
    all: () => [...pulls.values()].map(({ shown }) => shown).reverse(),
    cancel: (id) => {
      const pull = pulls.get(id);
      if (pull === undefined || pull.shown.ended_at !== null) return false;
      pull.stop.abort();
      return true;
    },
  };
}

interface Begun {
  readonly shown: Pull;
  readonly stop: AbortController;
}

async function lastOf(records: AsyncGenerator<Uint8Array, ChangeAnswer>): Promise<ChangeAnswer> {
  for (;;) {
    const step = await records.next();
    if (step.done === true) return step.value;
  }
}

/** Passes the records on, and notes how it ended. */
async function* runPull(
  sources: PullSources,
  wish: PullWish,
  { shown, stop }: Begun,
): AsyncGenerator<Uint8Array, ChangeAnswer> {
  let answer: ChangeAnswer = { kind: "refused", status: 502, error: "it was cancelled" };
  try {
    answer = whyNoRoom(wish, sources) ?? (yield* relay({ ...sources, wish, shown, signal: stop.signal }));
  } catch (error) {
    if (!stop.signal.aborted) answer = refusalFor(error);
  } finally {
    shown.ended_at = sources.now() / 1000;
    shown.status = statusOf(answer, stop.signal);
    shown.error = answer.kind === "done" ? null : answer.error;
  }
  return answer;
}

const statusOf = ({ kind }: ChangeAnswer, signal: AbortSignal): string => {
  if (kind === "done") return "success";
  return signal.aborted ? "cancelled" : "failed";
};

const refusalFor = (error: unknown): ChangeAnswer => ({
  kind: "refused",
  status: error instanceof NoRoomError ? 507 : 502,
  error: error instanceof Error ? error.message : String(error),
});

/** What is known before the first byte: the size, where some machine has the model. */
function whyNoRoom(
  { model, nodeId }: PullWish,
  { freeOn, sizeOf }: Pick<PullSources, "freeOn" | "sizeOf">,
): ChangeAnswer | undefined {
  if (nodeId === undefined) return undefined;
  const [size, free] = [sizeOf(model, nodeId), freeOn(nodeId)];
  if (size === undefined || free === undefined || size <= free) return undefined;
  return { kind: "refused", status: 507, error: noRoom(nodeId, size, free) };
}

const noRoom = (nodeId: string, needed: number, free: number): string =>
  `the disk of '${nodeId}' has ${toGib(free)} GiB left for models; ${toGib(needed)} GiB are needed`;

/** The model turned out larger than what is free. */
class NoRoomError extends Error {}

interface Relaying extends Pick<PullSources, "ownPort" | "freeOn"> {
  readonly wish: PullWish;
  readonly shown: Pull;
  readonly signal: AbortSignal;
}

/** Passes the records on and notes how far it is. @throws Error when the router does not answer, or it was cancelled. */
async function* relay({ ownPort, freeOn, wish, shown, signal }: Relaying): AsyncGenerator<Uint8Array, ChangeAnswer> {
  const { model, nodeId } = wish;
  const body = JSON.stringify({ model, stream: true, ...(nodeId === undefined ? {} : { node_id: nodeId }) });
  const response = await fetch(`${ownPort.url()}/api/pull`, { method: "POST", body, signal });
  shown.node_id = response.headers.get("x-fleet-node") ?? shown.node_id;
  const free = freeOn(shown.node_id) ?? Number.POSITIVE_INFINITY;
  const layers = new PullLayers();
  let last: Told = {};
  for await (const line of textLines(response.body ?? [])) {
    last = JSON.parse(line) as Told;
    Object.assign(shown, { status: last.status ?? shown.status, ...layers.with(last) });
    const left = shown.total - shown.completed;
    if (left > free) throw new NoRoomError(noRoom(shown.node_id, left, free));
    yield Buffer.from(`${line}\n`);
  }
  return last.status === "success" ? { kind: "done", nodeId: shown.node_id } : refusalOf(response, last);
}

function refusalOf({ ok, status, headers }: Response, { error = "the pull ended early" }: Told): ChangeAnswer {
  return { kind: "refused", status: ok ? 502 : status, error, hint: headers.get("x-herd-hint") ?? undefined };
}

/** How far all layers of a model are together, bytes. */
class PullLayers {
  readonly #layers = new Map<string, { completed: number; readonly total: number }>();

  with({ digest, total, completed = 0, status }: Told): { readonly completed: number; readonly total: number } {
    if (digest !== undefined && total !== undefined) this.#layers.set(digest, { completed, total });
    const all = [...this.#layers.values()];
    if (status === "success") for (const layer of all) layer.completed = layer.total;
    const sum = (of: "completed" | "total"): number => all.reduce((whole, layer) => whole + layer[of], 0);
    return { completed: sum("completed"), total: sum("total") };
  }
}

interface Told {
  readonly status?: string;
  readonly digest?: string;
  readonly error?: string;
  readonly completed?: number;
  readonly total?: number;
}
