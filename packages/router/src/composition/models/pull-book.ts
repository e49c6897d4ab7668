import type { ChangeAnswer, PullWish } from "../../dashboard-api/models/model-routes.ts";
import { textLines } from "../../domain/text-lines.ts";
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
  readonly stream: (wish: PullWish) => AsyncIterable<Uint8Array>;
  readonly all: () => readonly Pull[];
  readonly cancel: (id: string) => boolean;
}

const MOST_REMEMBERED = 100;

/** Builds it, empty. @param now Unix epoch ms */
export function createPullBook(ownPort: OwnPort, now: () => number): PullBook {
  const pulls = new Map<string, { readonly shown: Pull; readonly stop: AbortController }>();
  let count = 0;
  const begin = ({ model, nodeId }: PullWish) => {
    count += 1;
    const shown: Pull = {
      ...{ id: `pull-${count}`, model, node_id: nodeId ?? "", status: "starting", completed: 0, total: 0 },
      ...{ started_at: now() / 1000, ended_at: null, error: null },
    };
    const pull = { shown, stop: new AbortController() };
    pulls.set(shown.id, pull);
    const [oldest] = pulls.keys();
    if (pulls.size > MOST_REMEMBERED && oldest !== undefined) pulls.delete(oldest);
    return pull;
  };
  const run = async function* (wish: PullWish): AsyncGenerator<Uint8Array, ChangeAnswer> {
    const { shown, stop } = begin(wish);
    const end = (answer: ChangeAnswer): ChangeAnswer => {
      shown.ended_at = now() / 1000;
      shown.status = answer.kind === "done" ? "success" : "failed";
      shown.error = answer.kind === "done" ? null : answer.error;
      return answer;
    };
    try {
      return end(yield* relay({ ownPort, wish, shown, signal: stop.signal }));
    } catch (error) {
      const why = stop.signal.aborted ? "it was cancelled" : error instanceof Error ? error.message : String(error);
      return end({ kind: "refused", status: 502, error: why });
    }
  };
  return {
    pull: async (wish) => {
      const records = run(wish);
      for (;;) {
        const step = await records.next();
        if (step.done === true) return step.value;
      }
    },
    stream: run,
    all: () => [...pulls.values()].map(({ shown }) => shown).reverse(),
    cancel: (id) => {
      const pull = pulls.get(id);
      if (pull === undefined || pull.shown.ended_at !== null) return false;
      pull.stop.abort();
      return true;
    },
  };
}

interface Relaying {
  readonly ownPort: OwnPort;
  readonly wish: PullWish;
  readonly shown: Pull;
  readonly signal: AbortSignal;
}

/** Passes the records on and notes how far it is. @throws Error when the router does not answer, or it was cancelled. */
async function* relay({ ownPort, wish, shown, signal }: Relaying): AsyncGenerator<Uint8Array, ChangeAnswer> {
  const { model, nodeId } = wish;
  const body = JSON.stringify({ model, stream: true, ...(nodeId === undefined ? {} : { node_id: nodeId }) });
  const response = await fetch(`${ownPort.url()}/api/pull`, { method: "POST", body, signal });
  shown.node_id = response.headers.get("x-fleet-node") ?? shown.node_id;
  let last: Told = {};
  for await (const line of textLines(response.body ?? [])) {
    last = JSON.parse(line) as Told;
    const { status = shown.status, completed = shown.completed, total = shown.total } = last;
    Object.assign(shown, { status, completed, total });
    yield Buffer.from(`${line}\n`);
  }
  return last.status === "success" ? { kind: "done", nodeId: shown.node_id } : refusalOf(response, last);
}

function refusalOf({ ok, status, headers }: Response, { error = "the pull ended early" }: Told): ChangeAnswer {
  return { kind: "refused", status: ok ? 502 : status, error, hint: headers.get("x-herd-hint") ?? undefined };
}

interface Told {
  readonly status?: string;
  readonly error?: string;
  readonly completed?: number;
  readonly total?: number;
}
