import type { NodeId } from "@herd/shared";
import { hasRoute } from "../domain/backend-routes.ts";
import type { Holder, ModelSnapshot } from "../domain/fleet-snapshot.ts";
import type { ReplySink, ReplyTap, ReplyTapReading } from "../domain/reply.ts";
import type { RequestFacts } from "../domain/request.ts";
import type { OpenedBody } from "../domain/request-body.ts";
import type { ReplyTranslator } from "../domain/translation.ts";
import type { AttemptResult, FailedAttempt, HeldAnswer } from "./attempt-result.ts";
import { loadFirst } from "./load-first.run.ts";
import type { Pools } from "./pools.run.ts";
import { Relay } from "./relay/relay.run.ts";
import type { RunningAttempts } from "./running-attempts.ts";

/** What attempts need from outside. */
export interface AttemptDependencies {
  readonly pools: Pools;
  readonly running: RunningAttempts;
  /** ms on the monotonic clock. */
  readonly now: () => number;
  /** Signature headers for a call to a node's gateway (name, value …); none for other routes. */
  readonly signCall: (node: NodeId, call: { readonly method: string; readonly path: string }) => readonly string[];
  readonly stallCapMs: number;
  /** Loads by the router itself before a request that needs one. */
  readonly loadsFirst: boolean;
}

/** One try at one candidate. */
export interface AttemptOrder {
  readonly candidate: Pick<Holder, "node" | "backend"> & { readonly model: Pick<ModelSnapshot, "name"> };
  readonly facts: RequestFacts;
  /** Path and query on the backend; the client's own when absent. */
  readonly path?: string | undefined;
  readonly body: Uint8Array | OpenedBody;
  /** Turns the reply into the client's dialect, where the backend has another. */
  readonly translator?: ReplyTranslator | undefined;
  /** Tells a node's error in the client's dialect, where the node told it in another. */
  readonly toldInDialect?: ((answer: HeldAnswer) => HeldAnswer) | undefined;
  /** The client's headers that go along. */
  readonly headers: readonly string[];
  readonly needsLoad: boolean;
  readonly sink: ReplySink;
  readonly tap: ReplyTap;
  readonly ownHeaders: () => readonly string[];
  readonly failureRecord: (reading: ReplyTapReading, detail: string) => string | undefined;
  readonly onFirstByte: () => void;
  readonly onLoadEnded: () => void;
  /** The router's own load has put the model into memory. */
  readonly onLoaded: () => void;
}

/** A running attempt. */
export interface RunningAttempt {
  readonly result: Promise<AttemptResult>;
  /** The client has gone. */
  readonly cancel: () => void;
  /** The router's own load goes on, also after the attempt has ended; `onLoadEnded` will tell its end. */
  readonly isLoading: () => boolean;
}

/** Starts an attempt: the load first where one is needed, then the request itself. Never rejects. */
export function startAttempt(dependencies: AttemptDependencies, order: AttemptOrder): RunningAttempt {
  let relay: Relay | undefined;
  let endEarly: (result: AttemptResult) => void = () => undefined;
  const early = new Promise<AttemptResult>((resolve) => {
    endEarly = resolve;
  });
  let hasEnded = false;
  const forget = dependencies.running.add(order.candidate.node.nodeId, (detail) => {
    hasEnded = true;
    if (relay === undefined) endEarly(unreachable(detail));
    else relay.fail("unreachable", detail);
  });
  const sendRequest = (): Promise<AttemptResult> =>
    new Promise((settle) => {
      relay = dispatchRelay(dependencies, order, settle);
    });
  let isLoading = needsOwnLoad(dependencies, order);
  const endLoading = (): void => {
    isLoading = false;
  };
  const loaded = isLoading ? orderLoad(dependencies, order).finally(endLoading) : undefined;
  const run =
    loaded === undefined
      ? sendRequest()
      : Promise.race([early, loaded.then((failed) => failed ?? (hasEnded ? early : sendRequest()))]);
  return {
    result: run.catch(broughtDown).finally(forget),
    cancel: () => {
      hasEnded = true;
      if (relay === undefined) endEarly({ kind: "cancelled", firstByteAt: undefined, usage: undefined });
      else relay.cancel();
    },
    isLoading: () => isLoading,
  };
}

/** A call that cannot even be made, for example to an address that is none. */
const broughtDown = (cause: unknown): AttemptResult => ({
  ...unreachable(cause instanceof Error ? cause.message : String(cause)),
  isRefused: false,
});

function needsOwnLoad({ loadsFirst }: AttemptDependencies, { needsLoad, candidate, facts }: AttemptOrder): boolean {
  return loadsFirst && needsLoad && candidate.backend.kind === "ollama" && LOADING.has(facts.kind);
}

/** Kinds of requests for which a model has to be in memory. */
const LOADING: ReadonlySet<RequestFacts["kind"]> = new Set<RequestFacts["kind"]>(["chat", "generate", "embed"]);

/** A request without anything to do loads the model; models that only embed refuse to generate. */
function loadPathOf({ kind }: RequestFacts, backend: Holder["backend"]): string {
  if (kind !== "embed") return "/api/generate";
  return hasRoute(backend, "/api/embed") ? "/api/embed" : "/api/embeddings";
}

/** Resolves to the failure, or to undefined when the request itself may go. The load goes on when the client leaves. */
async function orderLoad(dependencies: AttemptDependencies, order: AttemptOrder): Promise<FailedAttempt | undefined> {
  const { candidate, facts } = order;
  const { route } = candidate.backend;
  const path = route.prefix + loadPathOf(facts, candidate.backend);
  const gone = new AbortController();
  // The load outlives an attempt whose client leaves, but not the machine it runs on.
  const forget = dependencies.running.add(candidate.node.nodeId, (detail) => gone.abort(new Error(detail)));
  const result = await loadFirst({
    pool: dependencies.pools.of(route.origin),
    path,
    headers: [...dependencies.signCall(candidate.node.nodeId, { method: "POST", path })],
    model: candidate.model.name,
    loadOptions: loadOptionsOf(facts),
    stallCapMs: dependencies.stallCapMs,
    signal: gone.signal,
  });
  forget();
  // Noted first: whoever is decided when the node may load again must already see the model in memory.
  if (result.kind === "loaded") order.onLoaded();
  order.onLoadEnded();
  if (result.kind !== "failed") return undefined;
  // Loads are ordered in Ollama's own dialect.
  const isOther = facts.dialect !== "ollama" && result.answer !== undefined && order.toldInDialect !== undefined;
  return isOther ? { ...result, answer: order.toldInDialect(result.answer) } : result;
}

/** The options that make a runner what it is, so that the request itself needs no other. */
function loadOptionsOf({ numCtx, loadOptions }: RequestFacts): Readonly<Record<string, number | boolean>> {
  const options: Record<string, number | boolean> = numCtx === undefined ? {} : { num_ctx: numCtx };
  for (const option of loadOptions === "" ? [] : loadOptions.split(",")) {
    const at = option.indexOf("=");
    options[option.slice(0, at)] = JSON.parse(option.slice(at + 1)) as number | boolean;
  }
  return options;
}

function dispatchRelay(
  dependencies: AttemptDependencies,
  order: AttemptOrder,
  settle: (result: AttemptResult) => void,
): Relay {
  const { candidate, facts } = order;
  const { route } = candidate.backend;
  const path = route.prefix + (order.path ?? facts.path);
  const relay = new Relay({
    sink: order.sink,
    tap: order.tap,
    now: dependencies.now,
    ownHeaders: order.ownHeaders,
    onFirstByte: () => {
      order.onLoadEnded();
      order.onFirstByte();
    },
    failureRecord: order.failureRecord,
    translator: order.translator,
    toldInDialect: order.translator === undefined ? undefined : order.toldInDialect,
    stallCapMs: dependencies.stallCapMs,
    settle,
  });
  const signature = dependencies.signCall(candidate.node.nodeId, { method: "POST", path });
  const headers = signature.length === 0 ? [...order.headers] : [...order.headers, ...signature];
  const { body } = order;
  const bytes = body instanceof Uint8Array ? body : body.stream;
  if (!(body instanceof Uint8Array)) headers.push("content-length", String(body.length));
  const isOurs = order.translator !== undefined;
  if (isOurs || (candidate.backend.kind === "openai-compatible" && body instanceof Uint8Array)) sayJson(headers);
  dependencies.pools.of(route.origin).dispatch({ method: "POST", path, headers, body: bytes as Uint8Array }, relay);
  return relay;
}

/**
 * A body that was read or written here is JSON, whatever the client called its own, and servers other than Ollama refuse it
 * under another name. Only a form with files is none.
 */
function sayJson(headers: string[]): void {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === "content-type");
  if (at === -1) headers.push("content-type", "application/json");
  else if (!headers[at + 1]?.toLowerCase().startsWith("multipart/")) headers[at + 1] = "application/json";
}

const unreachable = (detail: string): FailedAttempt => ({
  kind: "failed",
  failureClass: "unreachable",
  detail,
  status: undefined,
  answer: undefined,
  isRefused: true,
});
