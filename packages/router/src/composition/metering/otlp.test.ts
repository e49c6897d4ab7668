import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { chatAnswer } from "../testing/scripted-node.ts";
import { type BusyRouter, startBusyRouter } from "./testing/busy-router.ts";

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly content: Readonly<Record<string, unknown>>;
}

interface Collector {
  readonly url: string;
  readonly received: Received[];
  readonly close: () => Promise<void>;
}

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A collector that takes whatever comes and keeps it, or answers with this status; with 0 it never answers. */
async function startCollector(status = 200): Promise<Collector> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const content = JSON.parse(Buffer.concat(chunks).toString()) as Received["content"];
      received.push({ path: request.url ?? "", headers: request.headers, content });
      if (status !== 0) response.writeHead(status, { "content-type": "application/json" }).end("{}");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async (): Promise<void> => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  closers.push(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, close };
}

async function startSending(otlpEndpoint: string): Promise<BusyRouter> {
  const busy = await startBusyRouter({ otlpEndpoint, otlpIntervalS: 1 });
  closers.push(busy.close);
  return busy;
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code?: number };
}

/** What lies under these keys, lists laid out flat. */
function under<Item>(content: unknown, ...keys: readonly string[]): readonly Item[] {
  let items: unknown[] = [content];
  for (const key of keys) items = items.flatMap((item) => (item as Record<string, unknown>)[key] ?? []);
  return items as Item[];
}

const spansOf = ({ received }: Collector): readonly Span[] =>
  received.flatMap(({ content }) => under<Span>(content, "resourceSpans", "scopeSpans", "spans"));

const attribute = (span: Span | undefined, key: string): unknown =>
  Object.values(span?.attributes.find((one) => one.key === key)?.value ?? {})[0];

const MESSAGES = [{ role: "user", content: "hi" }];
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER = "00f067aa0ba902b7";

test("a request is a span in its caller's trace, and what the node is sent names the attempt's span", async () => {
  const collector = await startCollector();
  const busy = await startSending(collector.url);
  const node = await busy.router.addNode(undefined, { id: "seen", models: ["seen"] });
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  const answered = busy.chat({ model: "seen", messages: MESSAGES }, { traceparent, tracestate: "a=b" });
  const call = await node.call("/api/chat");
  call.response.end(
    '{"message":{"content":"x"},"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":4}\n',
  );
  await answered;
  const ofTrace = () => spansOf(collector).filter(({ traceId }) => traceId === TRACE);
  await expect.poll(() => ofTrace().length, { timeout: 10_000 }).toBe(2);
  const server = ofTrace().find(({ parentSpanId }) => parentSpanId === CALLER);
  const client = ofTrace().find(({ parentSpanId }) => parentSpanId === server?.spanId);
  expect([server?.name, server?.kind, client?.name, client?.kind]).toEqual([
    "POST /api/chat",
    2,
    "chat seen:latest",
    3,
  ]);
  expect(call.headers["traceparent"]).toBe(`00-${TRACE}-${client?.spanId}-01`);
  expect(call.headers["tracestate"]).toBe("a=b");
  expect(attribute(server, "gen_ai.operation.name")).toBe("chat");
  expect(attribute(server, "gen_ai.response.model")).toBe("seen:latest");
  expect(attribute(server, "gen_ai.usage.output_tokens")).toBe(4);
  expect(attribute(server, "http.response.status_code")).toBe(200);
  expect(attribute(client, "server.address")).toBe("seen");
  expect(JSON.stringify(collector.received)).not.toContain('"hi"');
  expect(BigInt(server?.endTimeUnixNano ?? 0) > BigInt(server?.startTimeUnixNano ?? 0)).toBe(true);
});

test("failed attempts and what was tried after them are spans of one request", async () => {
  const collector = await startCollector();
  const busy = await startSending(collector.url);
  await busy.chat({ model: "broken-model", fallback_models: ["m"], messages: MESSAGES });
  const failed = () =>
    spansOf(collector).filter((span) => span.kind === 3 && attribute(span, "server.address") === "failing");
  await expect.poll(() => failed().length, { timeout: 10_000 }).toBeGreaterThan(0);
  const [attempt] = failed();
  expect(attempt?.status.code).toBe(2);
  expect(attribute(attempt, "error.type")).toBe("node-fault");
  const parent = spansOf(collector).find(({ spanId }) => spanId === attempt?.parentSpanId);
  expect(parent?.kind).toBe(2);
});

interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly isMonotonic: boolean; readonly dataPoints: readonly { readonly asDouble: number }[] };
  readonly histogram?: {
    readonly dataPoints: readonly {
      readonly count: number;
      readonly explicitBounds: number[];
      readonly bucketCounts: number[];
    }[];
  };
}

test("the collector gets the metrics that Prometheus gets, by OpenTelemetry's names", async () => {
  const collector = await startCollector();
  await startSending(collector.url);
  const metrics = (): readonly Metric[] =>
    under<Metric>(
      collector.received.filter(({ path }) => path === "/v1/metrics").at(-1)?.content ?? {},
      "resourceMetrics",
      "scopeMetrics",
      "metrics",
    );
  const named = (name: string) => metrics().find((metric) => metric.name === name);
  const total = () => (named("herd.requests")?.sum?.dataPoints ?? []).reduce((sum, { asDouble }) => sum + asDouble, 0);
  await expect.poll(total, { timeout: 10_000 }).toBe(13);
  expect(named("herd.requests")?.sum?.isMonotonic).toBe(true);
  const duration = named("gen_ai.server.request.duration");
  expect(duration?.unit).toBe("s");
  const [point] = duration?.histogram?.dataPoints ?? [];
  expect(point?.bucketCounts).toHaveLength((point?.explicitBounds.length ?? 0) + 1);
  expect(Number(point?.count)).toBeGreaterThan(0);
  expect(JSON.stringify(metrics())).not.toContain("\\u001b");
});

test.each([
  [
    "is away",
    async () => {
      const gone = await startCollector();
      await gone.close();
      closers.pop();
      return gone.url;
    },
  ],
  ["refuses everything", async () => (await startCollector(400)).url],
  ["is broken", async () => (await startCollector(500)).url],
  ["never answers", async () => (await startCollector(0)).url],
])(
  "a collector that %s disturbs no request, and is told once",
  async (_what, start) => {
    const busy = await startSending(await start());
    const told = () => busy.router.logLines.filter((line) => line.includes("the collector does not take"));
    await expect.poll(() => told().length, { timeout: 15_000 }).toBe(1);
    for (let at = 0; at < 20; at += 1) expect(await busy.chat({ model: "m", messages: MESSAGES })).toBe(200);
    const before = Date.now();
    await busy.router.stop();
    expect(Date.now() - before).toBeLessThan(10_000);
    expect(told()).toHaveLength(1);
  },
  30_000,
);

test("without a collector a sound traceparent is passed on as it is, and a malformed one is not", async () => {
  const busy = await startBusyRouter();
  closers.push(busy.close);
  const node = await busy.router.addNode(undefined, { id: "seen", models: ["seen"] });
  const send = async (headers: Readonly<Record<string, string>>, count: number) => {
    const answered = busy.chat({ model: "seen", messages: MESSAGES }, headers);
    const call = await node.call("/api/chat", count);
    call.response.end('{"message":{"content":"x"},"done":true,"done_reason":"stop"}\n');
    await answered;
    return [call.headers["traceparent"], call.headers["tracestate"]];
  };
  const sound = `00-${TRACE}-${CALLER}-00`;
  expect(await send({ traceparent: sound, tracestate: "a=b" }, 1)).toEqual([sound, "a=b"]);
  expect(await send({ traceparent: "00-abc", tracestate: "a=b" }, 2)).toEqual([undefined, undefined]);
  expect(await send({}, 3)).toEqual([undefined, undefined]);
});

test("a collector that is set, changed or taken away while the router runs is heeded at once", async () => {
  const [first, second] = [await startCollector(), await startCollector()];
  const busy = await startBusyRouter({ otlpIntervalS: 1 });
  closers.push(busy.close);
  const set = async (changes: object) => {
    const headers = { "content-type": "application/json" };
    const body = JSON.stringify(changes);
    const answer = await fetch(`${busy.router.url}/dashboard/api/settings`, { method: "POST", headers, body });
    expect([answer.status, await answer.text()]).toMatchObject([200, expect.stringContaining("updated")]);
  };
  const sentTo = async (collector: Collector): Promise<void> => {
    const before = spansOf(collector).length;
    await expect
      .poll(
        async () => {
          await busy.chat({ model: "m", messages: MESSAGES });
          return spansOf(collector).length;
        },
        { timeout: 15_000 },
      )
      .toBeGreaterThan(before);
  };
  await busy.chat({ model: "m", messages: MESSAGES });
  await set({ otlp_endpoint: first.url });
  await sentTo(first);
  await set({ otlp_endpoint: second.url });
  await sentTo(second);
  await set({ otlp_endpoint: "" });
  const node = await busy.router.addNode(chatAnswer, { id: "seen", models: ["seen"] });
  const traceParent = async () => {
    expect(await busy.chat({ model: "seen", messages: MESSAGES })).toBe(200);
    return node.calls.at(-1)?.headers["traceparent"];
  };
  await expect.poll(traceParent, { timeout: 10_000 }).toBeUndefined();
}, 60_000);
