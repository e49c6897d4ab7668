import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import { toGib } from "@herd/shared";
import type { ChangeAnswer, PullStream, PullWish } from "../../dashboard-api/models/model-routes.ts";
import { textLines } from "../../domain/text/text-lines.ts";
import type { OwnPort } from "../measuring/own-port.ts";
import { PullLayers, type PullRecord, pullRecordOf } from "../pulls/pull-layers.ts";
import type { ListedPull, PullList } from "../pulls/pull-list.ts";

/** Pulls that are begun by the dashboard or the command line's API; each is a call of the router to itself. */
export interface PullBook {
  readonly pull: (wish: PullWish) => Promise<ChangeAnswer>;
  /** The records as they come; the pull ends with who reads them. */
  readonly stream: (wish: PullWish) => PullStream;
}

/** What pulls need from outside. */
export interface PullSources {
  readonly ownPort: OwnPort;
  readonly list: PullList;
  /** Bytes that a model takes on a disk that does not have it, and that are free there; undefined where nobody knows. */
  readonly sizeOf: (model: string, nodeId: string) => number | undefined;
  readonly freeOn: (nodeId: string) => number | undefined;
}

/** Builds it. */
export function createPullBook(sources: PullSources): PullBook {
  const begin = ({ model, nodeId }: PullWish): Begun => {
    const stop = new AbortController();
    const listed = sources.list.begin({ model, nodeId, origin: "dashboard", stop: () => stop.abort() });
    // Whoever leaves before the first record is read begins nothing that could tell the end.
    stop.signal.addEventListener("abort", () => listed.end("cancelled", "it was cancelled"), { once: true });
    return { listed, stop };
  };
  return {
    pull: (wish) => lastOf(runPull(sources, wish, begin(wish))),
    stream: (wish) => {
      const begun = begin(wish);
      const records = Readable.from(withEnd(runPull(sources, wish, begun)), { objectMode: false });
      return { records, leave: () => begun.stop.abort() };
    },
  };
}

interface Begun {
  readonly listed: ListedPull;
  readonly stop: AbortController;
}

async function lastOf(records: AsyncGenerator<Uint8Array, ChangeAnswer>): Promise<ChangeAnswer> {
  for (;;) {
    const step = await records.next();
    if (step.done === true) return step.value;
  }
}

/** The records, and the reason as the last one where the node has not told it: whoever reads them sees nothing else. */
async function* withEnd(records: AsyncGenerator<Uint8Array, ChangeAnswer>): AsyncGenerator<Uint8Array, void> {
  let isTold = false;
  for (;;) {
    const step = await records.next();
    if (step.done !== true) {
      isTold = pullRecordOf(Buffer.from(step.value).toString())?.error !== undefined;
      yield step.value;
      continue;
    }
    if (step.value.kind === "refused" && !isTold) yield Buffer.from(`${JSON.stringify(endOf(step.value))}\n`);
    return;
  }
}

const endOf = ({ error, hint }: Extract<ChangeAnswer, { kind: "refused" }>) => ({
  error,
  ...(hint === undefined ? {} : { hint }),
});

/** Passes the records on, and notes how it ended. */
async function* runPull(
  sources: PullSources,
  wish: PullWish,
  { listed, stop }: Begun,
): AsyncGenerator<Uint8Array, ChangeAnswer> {
  let answer: ChangeAnswer = { kind: "refused", status: 502, error: "it was cancelled" };
  try {
    answer = whyNoRoom(wish, sources) ?? (yield* relay({ ...sources, wish, listed, signal: stop.signal }));
  } catch (error) {
    if (!stop.signal.aborted) answer = refusalFor(error);
  } finally {
    if (answer.kind === "done") listed.end("success");
    else listed.end(stop.signal.aborted ? "cancelled" : "failed", answer.error);
  }
  return answer;
}

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

interface Relaying extends Pick<PullSources, "ownPort" | "freeOn" | "list"> {
  readonly wish: PullWish;
  readonly listed: ListedPull;
  readonly signal: AbortSignal;
}

/** Passes the records on and notes how far it is. @throws Error when the router does not answer, or it was cancelled. */
async function* relay(relaying: Relaying): AsyncGenerator<Uint8Array, ChangeAnswer> {
  const { freeOn, listed } = relaying;
  const response = await callOwnPull(relaying);
  listed.step({ node_id: response.headers.get("x-fleet-node") ?? listed.view().node_id });
  const free = freeOn(listed.view().node_id) ?? Number.POSITIVE_INFINITY;
  const layers = new PullLayers();
  let last: PullRecord = {};
  for await (const line of textLines(response.body ?? [])) {
    last = pullRecordOf(line) ?? {};
    const { completed, total } = layers.with(last);
    listed.step({ status: last.status ?? listed.view().status, completed, total });
    if (total - completed > free) throw new NoRoomError(noRoom(listed.view().node_id, total - completed, free));
    yield Buffer.from(`${line}\n`);
  }
  return last.status === "success" ? { kind: "done", nodeId: listed.view().node_id } : refusalOf(response, last);
}

/** The call stands in the list already. */
async function callOwnPull({ ownPort, list, listed, wish: { model, nodeId }, signal }: Relaying): Promise<Response> {
  const body = JSON.stringify({ model, stream: true, ...(nodeId === undefined ? {} : { node_id: nodeId }) });
  const requestId = `dashboard-pull-${randomUUID()}`;
  const forget = list.expect(requestId, { origin: "dashboard", listed });
  const headers = { "x-request-id": requestId };
  return await fetch(`${ownPort.url()}/api/pull`, { method: "POST", headers, body, signal }).finally(forget);
}

function refusalOf({ ok, status, headers }: Response, { error = "the pull ended early" }: PullRecord): ChangeAnswer {
  return { kind: "refused", status: ok ? 502 : status, error, hint: headers.get("x-herd-hint") ?? undefined };
}
