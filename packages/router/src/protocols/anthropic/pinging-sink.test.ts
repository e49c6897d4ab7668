import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { ReplySink } from "../../domain/reply.ts";
import { PING_INTERVAL_MS, PingingSink } from "./pinging-sink.ts";

const PING = 'event: ping\ndata: {"type":"ping"}\n\n';
const STREAM_HEAD = { status: 200, headers: ["Content-Type", "text/event-stream", "X-Fleet-Node", "n"] };
const JSON_HEAD = (status: number) => ({ status, headers: ["Content-Type", "application/json", "Retry-After", "1"] });

/** A clock that moves when it is told to. */
function createTimers() {
  let now = 0;
  const due = new Map<() => void, number>();
  return {
    startTimer: (call: () => void, ms: number) => {
      due.set(call, now + ms);
      return () => void due.delete(call);
    },
    pass: (ms: number) => {
      now += ms;
      for (const [call, at] of [...due]) if (at <= now && due.delete(call)) call();
    },
    waiting: () => due.size,
  };
}

/** A sink that notes what it is told; as slow as a test wants. */
function createNotes() {
  const notes: string[] = [];
  let isTaking = true;
  let resume: () => void = () => undefined;
  const sink: ReplySink = {
    begin: ({ status, headers }) => void notes.push(`begin ${status} ${headers.join(" ")}`),
    write: (chunk) => {
      notes.push(Buffer.from(chunk).toString());
      return isTaking;
    },
    onDrain: (call) => {
      resume = call;
    },
    end: () => void notes.push("end"),
    destroy: () => void notes.push("destroy"),
  };
  const control = {
    notes,
    sink,
    block: () => {
      isTaking = false;
    },
    drain: () => {
      isTaking = true;
      resume();
    },
  };
  return control;
}

function createPinging(sink: ReplySink, isStream = true) {
  const timers = createTimers();
  const pinging = new PingingSink(sink, {
    requestId: "r-1",
    isStream: () => isStream,
    startTimer: timers.startTimer,
    newErrorId: () => "req_1",
  });
  return { timers, pinging };
}

const HEAD = "begin 200 Content-Type text/event-stream Cache-Control no-cache X-Request-Id r-1";

describe("an answer that begins in time", () => {
  it("passes as it is, and no ping ever follows", () => {
    const { notes, sink } = createNotes();
    const { timers, pinging } = createPinging(sink);
    timers.pass(PING_INTERVAL_MS - 1);
    pinging.begin(STREAM_HEAD);
    pinging.write(Buffer.from("a"));
    timers.pass(10 * PING_INTERVAL_MS);
    pinging.end();
    expect(notes).toEqual(["begin 200 Content-Type text/event-stream X-Fleet-Node n", "a", "end"]);
    expect(timers.waiting()).toBe(0);
  });

  it("keeps its status and headers when it is an error", () => {
    const { notes, sink } = createNotes();
    const { pinging } = createPinging(sink);
    pinging.begin(JSON_HEAD(503));
    pinging.write(Buffer.from("{}"));
    pinging.end();
    expect(notes).toEqual(["begin 503 Content-Type application/json Retry-After 1", "{}", "end"]);
  });
});

describe("an answer that keeps its client waiting", () => {
  it("begins with a ping, and has one more after each interval, until the node speaks", () => {
    const { notes, sink } = createNotes();
    const { timers, pinging } = createPinging(sink);
    for (let count = 0; count < 3; count += 1) timers.pass(PING_INTERVAL_MS);
    pinging.begin(STREAM_HEAD);
    timers.pass(10 * PING_INTERVAL_MS);
    pinging.write(Buffer.from("a"));
    pinging.end();
    expect(notes).toEqual([HEAD, PING, PING, PING, "a", "end"]);
  });

  it("has none when the client wants it in one piece", () => {
    const { notes, sink } = createNotes();
    const { timers, pinging } = createPinging(sink, false);
    timers.pass(5 * PING_INTERVAL_MS);
    expect([notes, timers.waiting()]).toEqual([[], 0]);
    pinging.begin(JSON_HEAD(200));
    expect(notes).toEqual(["begin 200 Content-Type application/json Retry-After 1"]);
  });

  it("has none once its client has gone, and needs no timer then", () => {
    const { notes, sink } = createNotes();
    const { timers, pinging } = createPinging(sink);
    timers.pass(PING_INTERVAL_MS);
    pinging.stop();
    timers.pass(10 * PING_INTERVAL_MS);
    expect([notes, timers.waiting()]).toEqual([[HEAD, PING], 0]);
  });

  it.each(["end", "destroy"] as const)("has none after its %s", (last) => {
    const { notes, sink } = createNotes();
    const { timers, pinging } = createPinging(sink);
    timers.pass(PING_INTERVAL_MS);
    pinging[last]();
    timers.pass(10 * PING_INTERVAL_MS);
    expect([notes, timers.waiting()]).toEqual([[HEAD, PING, last], 0]);
  });

  it("heaps up no pings for a client that takes nothing", () => {
    const { notes, sink, block, drain } = createNotes();
    const { timers } = createPinging(sink);
    block();
    for (let count = 0; count < 5; count += 1) timers.pass(PING_INTERVAL_MS);
    expect(notes).toEqual([HEAD, PING]);
    drain();
    timers.pass(PING_INTERVAL_MS);
    expect(notes).toEqual([HEAD, PING, PING]);
  });

  it("tells its writer of a client that is behind", () => {
    const { sink, block, drain } = createNotes();
    const { timers, pinging } = createPinging(sink);
    timers.pass(PING_INTERVAL_MS);
    pinging.begin(STREAM_HEAD);
    block();
    expect(pinging.write(Buffer.from("a"))).toBe(false);
    let isResumed = false;
    pinging.onDrain(() => {
      isResumed = true;
    });
    drain();
    expect(isResumed).toBe(true);
  });
});

describe("an error after a ping", () => {
  const eventOf = (status: number, pieces: readonly string[], head = JSON_HEAD(status)) => {
    const { notes, sink } = createNotes();
    const { timers, pinging } = createPinging(sink);
    timers.pass(PING_INTERVAL_MS);
    pinging.begin(head);
    for (const piece of pieces) expect(pinging.write(Buffer.from(piece))).toBe(true);
    pinging.end();
    expect([notes[0], notes[1], notes.at(-1), notes.length]).toEqual([HEAD, PING, "end", 4]);
    const event = notes[2] ?? "";
    expect(event).toMatch(/^event: error\ndata: [^\r\n]+\n\n$/);
    return JSON.parse(event.split("data: ")[1] ?? "") as object;
  };

  it("of this dialect is told in its own words", () => {
    const told = { type: "error", error: { type: "overloaded_error", message: "busy" }, request_id: "req_9" };
    const text = JSON.stringify(told);
    expect(eventOf(503, [text.slice(0, 20), `${text.slice(20)}\n`])).toEqual(told);
    expect(eventOf(503, [JSON.stringify(told, null, 2).replaceAll("\n", "\r\n")])).toEqual(told);
  });

  it.each([
    [500, '{"error":"a native error"}', "api_error", "a native error"],
    [403, "", "permission_error", "the node answered with status 403 and no event stream"],
    [502, "<html>\nBad Gateway</html>", "api_error", "<html>\nBad Gateway</html>"],
    [200, '{"type":"message"}', "api_error", "the node answered with status 200 and no event stream"],
  ])("of status %i that says %j is put into its words", (...[status, text, type, message]) => {
    expect(eventOf(status, [text])).toEqual({ type: "error", error: { type, message }, request_id: "req_1" });
  });

  it("is kept within bounds", () => {
    const chunk = "x".repeat(60_000);
    expect(
      JSON.stringify(
        eventOf(
          500,
          Array.from({ length: 100 }, () => chunk),
        ),
      ).length,
    ).toBeLessThan(70_000);
  });
});

describe("on a real connection", () => {
  let server: Server | undefined;
  let socket: Socket | undefined;

  afterEach(async () => {
    socket?.destroy();
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
    server = undefined;
  });

  async function serve() {
    const listening = createServer().listen(0, "127.0.0.1");
    server = listening;
    await once(listening, "listening");
    const arrived = once(listening, "request") as Promise<[unknown, ServerResponse]>;
    const client = connect((listening.address() as AddressInfo).port, "127.0.0.1");
    socket = client;
    let received = "";
    client.on("data", (bytes: Buffer) => {
      received += bytes.toString();
    });
    client.on("error", () => undefined);
    client.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const [, raw] = await arrived;
    const sink: ReplySink = {
      begin: ({ status, headers }) => void raw.writeHead(status, headers as string[]),
      write: (chunk) => raw.destroyed || raw.write(chunk),
      onDrain: (resume) => void raw.once("drain", resume),
      end: () => void raw.end(),
      destroy: () => void raw.destroy(),
    };
    return { raw, client, received: () => received, ...createPinging(sink) };
  }

  it("one head goes out, at once with the first ping, and the stream goes on in it", async () => {
    const { client, timers, pinging, received } = await serve();
    timers.pass(PING_INTERVAL_MS);
    await expect.poll(received).toContain(PING);
    pinging.begin(STREAM_HEAD);
    pinging.write(Buffer.from("event: message_stop\n\n"));
    pinging.end();
    await once(client, "end");
    expect(received().match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(received()).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Type: text\/event-stream\r\n/);
    expect(received()).toContain("X-Request-Id: r-1\r\n");
    expect(received()).toContain("event: message_stop");
  });

  it("a client that leaves between two pings brings nothing down", async () => {
    const { raw, client, timers, pinging, received } = await serve();
    timers.pass(PING_INTERVAL_MS);
    await expect.poll(received).toContain(PING);
    const closed = once(raw, "close");
    client.destroy();
    await closed;
    timers.pass(PING_INTERVAL_MS);
    pinging.begin(STREAM_HEAD);
    expect(pinging.write(Buffer.from("a"))).toBe(true);
    pinging.end();
  });
});
