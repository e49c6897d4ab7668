import { setTimeout as pause } from "node:timers/promises";
import { zstdDecompressSync } from "node:zlib";
import { withCleanup } from "../../../support/cleanup.ts";
import { compareAnswers } from "../compare/compare-answers.ts";
import { type Difference, differencesOf } from "../compare/differences.ts";
import { intendedDifferences } from "../compare/intended.ts";
import { plainAnswer } from "../compare/plain-answer.ts";
import type { Row, Verdict } from "../compare/verdict.ts";
import { bodyOf, headerOf, type WireAnswer, type WireRequest } from "../wire/message.ts";
import { sendWire } from "../wire/send.ts";
import { groupOf, UNPACKED } from "./recorded-differences.ts";
import type { RecordedExchange } from "./recorded-exchange.ts";
import { startListStage } from "./recorded-stage.ts";
import { RECORDING_HEADER, type ReplayFront } from "./replay-front.ts";
import { recordedLists } from "./served-lists.ts";

/** A router with a replay as its only node. */
export interface RecordedRun {
  readonly router: URL;
  readonly front: ReplayFront;
  /** No answer takes longer, ms. */
  readonly timeoutMs: number;
  readonly onRow?: (row: Row) => void;
}

/** How long an answer whose end the recorder did not wait for is listened to, ms: everything has been passed on by then. */
const LISTEN_MS = 700;
/** What a node has told and learned of its models is in the router's lists after this at the latest, ms. */
const LIST_MS = 3_000;
const LOOK_EVERY_MS = 50;

/** Sends every recorded request through the router and compares the answer with the recorded bytes. */
export async function runRecordings(exchanges: readonly RecordedExchange[], run: RecordedRun): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const exchange of exchanges) {
    const row = await runOne(exchange, run);
    rows.push(row);
    run.onRow?.(row);
  }
  return rows;
}

/** A list needs a node with the recorded models, and a router that has heard of them. */
async function runOne(exchange: RecordedExchange, run: RecordedRun): Promise<Row> {
  const lists = recordedLists(exchange);
  if (lists === undefined) return await tryOnce(exchange, run);
  return await withCleanup(async (cleanup) => {
    const router = await startListStage(cleanup, lists);
    const deadline = performance.now() + LIST_MS;
    for (;;) {
      const row = await tryOnce(exchange, { ...run, router });
      if (row.verdict.kind !== "different" || performance.now() > deadline) return row;
      await pause(LOOK_EVERY_MS);
    }
  });
}

async function tryOnce(exchange: RecordedExchange, run: RecordedRun): Promise<Row> {
  const { name, request, answer: recorded, isLeft } = exchange;
  const sent = namedRequest(exchange, run.router);
  const answer = await sendWire(run.router, sent, isLeft ? LISTEN_MS : run.timeoutMs);
  const place = isRedirect(recorded) ? headerOf(recorded.headers, "location") : undefined;
  const followed =
    place === undefined ? undefined : await sendWire(run.router, { ...sent, path: place }, run.timeoutMs);
  const verdict = judge(exchange, { answer, followed }, run.front);
  return {
    route: `${request.method} ${request.path}`,
    step: name,
    direct: recorded.status,
    router: answer.status,
    verdict,
  };
}

interface Came {
  readonly answer: WireAnswer;
  readonly followed: WireAnswer | undefined;
}

function judge(
  { name, request, answer: recorded }: RecordedExchange,
  { answer, followed }: Came,
  front: ReplayFront,
): Verdict {
  const direct = plainAnswer(recorded);
  const verdict = compareAnswers({
    route: routeOf(request),
    step: name,
    direct,
    again: direct,
    router: plainAnswer(answer),
    intended: intendedDifferences,
    ...(followed === undefined ? {} : { followed: plainAnswer(followed) }),
  });
  const sent = sentDifferences({ name, request }, front);
  const found = [...(verdict.kind === "different" ? verdict.differences : []), ...sent.differences];
  if (found.length === 0) return sent.isUnpacked ? withName(verdict, UNPACKED) : verdict;
  const group = groupOf(name);
  const isMeant = group?.accepts({ status: answer.status, body: bodyOf(answer).toString("utf8") }) === true;
  return isMeant
    ? { kind: "intended", names: [group.name], isInForm: false }
    : { kind: "different", differences: found };
}

/** As the route table names it. */
function routeOf({ method, path }: WireRequest): string {
  return `${method} ${path.split("?")[0]?.replace(/^\/v1\/models\/.+$/, "/v1/models/:id")}`;
}

function withName(verdict: Verdict, name: string): Verdict {
  const names = verdict.kind === "intended" ? verdict.names : [];
  return { kind: "intended", names: [...names, name], isInForm: false };
}

interface Sent {
  readonly differences: readonly Difference[];
  /** A compressed body went to the node as what it holds. */
  readonly isUnpacked: boolean;
}

/** In what the node's request differs from the recorded one. What the router answers by itself needs no node. */
function sentDifferences({ name, request }: Pick<RecordedExchange, "name" | "request">, front: ReplayFront): Sent {
  const { method, path, headers, body = Buffer.alloc(0) } = request;
  const got = front.received(name).at(-1);
  if (got === undefined) return { differences: [], isUnpacked: false };
  const isUnpacked =
    headerOf(headers, "content-encoding") === "zstd" && headerOf(got.headers, "content-encoding") === undefined;
  const wanted = isUnpacked ? zstdDecompressSync(body) : body;
  const line = { at: "line", direct: `${method} ${path}`, router: `${got.method} ${got.path}` };
  const found = [line, ...differencesOf(plainBody(wanted), plainBody(got.body))].filter(
    ({ direct, router }) => direct !== router,
  );
  return {
    differences: found.map((difference) => ({ ...difference, at: `the node's request: ${difference.at}` })),
    isUnpacked,
  };
}

const plainBody = (body: Buffer) => ({
  ...plainAnswer({ status: 0, headers: [], chunks: [], framing: "none", isContinued: false, endedBy: "complete" }),
  body: body.toString("latin1"),
});

const isRedirect = ({ status }: WireAnswer): boolean => status === 301 || status === 307;

/** The recorded request for this router: its address stands where the recorder's was. A redirect is the router's own affair. */
function namedRequest({ name, request, answer }: RecordedExchange, { host, port }: URL): WireRequest {
  const headers = request.headers.map(
    ([key, value]) => [key, value.replace(/127\.0\.0\.1:1152[12]/, host).replace(/:1152[12]$/, `:${port}`)] as const,
  );
  const own = headerOf(request.headers, "host") === undefined ? [["Host", ""] as const] : [];
  const chosen = isRedirect(answer) ? [] : [[RECORDING_HEADER, name] as const];
  return { ...request, headers: [...own, ...headers, ...chosen] };
}
