import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import type { AttemptResult, HeldAnswer } from "../attempt-result.ts";
import { createMemorySink } from "../testing/memory-sink.ts";
import { chunkedBody } from "../testing/raw-client.run.ts";
import { createRecordTap } from "../testing/record-tap.ts";
import { RelayStage } from "../testing/relay-stage.run.ts";
import { Relay } from "./relay.run.ts";

let stage = new RelayStage();

afterEach(async () => {
  await stage.close();
  stage = new RelayStage();
});

const CHUNKED = "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n";

/** One HTTP chunk. */
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

describe("a reply", () => {
  test("reaches the client with the node's status, headers and bytes, and the router's headers", async () => {
    const node = await stage.node((_request, response) => {
      response.writeHead(200, { "Content-Type": "application/x-ndjson", "X-Own": "1" });
      response.write("one\n");
      response.end("done\n");
    });
    const { client, result } = await stage.relay(node);
    await client.until("0\r\n\r\n");
    const head = client.received().split("\r\n\r\n")[0] ?? "";
    expect(head).toContain("HTTP/1.1 200 OK");
    expect(head).toMatch(/Content-Type: application\/x-ndjson\r\nX-Own: 1/i);
    expect(head).toContain("X-Fleet-Node: a");
    expect(chunkedBody(client.received())).toEqual({ text: "one\ndone\n", isWhole: true });
    expect(await result).toMatchObject({ kind: "completed", status: 200, usage: { outputTokens: 1 } });
  });

  test("leaves only with its first byte: an early head is held back, and both come together", async () => {
    let answer: ServerResponse | undefined;
    const node = await stage.node((_request, response) => {
      answer = response;
      response.writeHead(200, { "Content-Type": "text/plain" });
      response.flushHeaders();
    });
    const { client, response } = await stage.relay(node);
    const front = await response;
    await expect.poll(() => answer?.headersSent).toBe(true);
    expect([front.headersSent, client.received()]).toEqual([false, ""]);
    const first = once(client.socket, "data") as Promise<[Buffer]>;
    answer?.write("one\n");
    const [bytes] = await first;
    expect(bytes.toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*one\n/);
    answer?.end("done\n");
  });

  test("passes on piece by piece as it comes", async () => {
    let answer: ServerResponse | undefined;
    const node = await stage.node((_request, response) => {
      answer = response;
      response.write("one\n");
    });
    const { client } = await stage.relay(node);
    await client.until("one\n");
    answer?.write("two");
    await client.until("two");
    answer?.end("\ndone\n");
    await client.until("0\r\n\r\n");
  });

  test("with a length keeps it, and needs no closing record", async () => {
    const node = await stage.node((_request, response) => {
      response.writeHead(200, { "Content-Length": "5" });
      response.end("whole");
    });
    const { client, result } = await stage.relay(node);
    await client.until("whole");
    expect(client.received()).toMatch(/content-length: 5/i);
    expect(client.received()).not.toMatch(/transfer-encoding/i);
    expect((await result).kind).toBe("completed");
  });

  test.each([
    ["with an empty body of length 0", 200, { "Content-Length": "0" }],
    ["of status 204", 204, {}],
  ] as const)("%s is whole", async (_title, status, headers) => {
    const node = await stage.node((_request, response) => response.writeHead(status, headers).end());
    const { client, result } = await stage.relay(node);
    await client.until(`HTTP/1.1 ${status}`);
    expect(await result).toMatchObject({ kind: "completed", status });
    expect(client.received()).not.toContain("failure");
  });

  test("that was announced by 1xx answers is the one that counts", async () => {
    const node = await stage.rawNode((socket) => {
      socket.write("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
      socket.write(`${CHUNKED}${chunk("done\n")}0\r\n\r\n`);
    });
    const { client, result } = await stage.relay(node);
    await client.until("done");
    expect(await result).toMatchObject({ kind: "completed", status: 200 });
  });

  test("with trailers ends as any other", async () => {
    const node = await stage.rawNode((socket) => {
      socket.write(`${CHUNKED}${chunk("done\n")}0\r\nX-Checksum: 1\r\n\r\n`);
    });
    const { client, result } = await stage.relay(node);
    await client.until("0\r\n\r\n");
    expect((await result).kind).toBe("completed");
  });

  test("without any framing ends with its connection", async () => {
    const node = await stage.rawNode((socket) => {
      socket.end("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\none\ndone\n");
    });
    const { client, result } = await stage.relay(node);
    await client.until("0\r\n\r\n");
    expect(chunkedBody(client.received()).text).toBe("one\ndone\n");
    expect((await result).kind).toBe("completed");
  });
});

describe("an error answer", () => {
  test("is held whole, so that another attempt can take its place", async () => {
    const node = await stage.node((_request, response) => {
      response.writeHead(500, { "Content-Type": "application/json; charset=utf-8" });
      response.write('{"error":"model runner has ');
      response.end('unexpectedly stopped"}');
    });
    const { client, result } = await stage.relay(node);
    const failed = await result;
    expect(failed).toMatchObject({ kind: "failed", failureClass: "node-fault", status: 500, isRefused: false });
    const answer = failed.kind === "failed" ? failed.answer : undefined;
    expect(Buffer.from(answer?.body ?? []).toString()).toBe('{"error":"model runner has unexpectedly stopped"}');
    expect(answer?.headers.join(": ")).toMatch(/content-type: application\/json; charset=utf-8/i);
    expect(client.received()).toBe("");
  });

  test("without a body is held, too", async () => {
    const node = await stage.node((_request, response) => response.writeHead(403).end());
    const { result } = await stage.relay(node);
    expect(await result).toMatchObject({ failureClass: "stale-inventory", status: 403, answer: { status: 403 } });
  });

  test("that never ends is not held for ever: beyond a megabyte it is relayed", async () => {
    const node = await stage.node((_request, response) => {
      response.writeHead(500);
      response.write(Buffer.alloc(3 << 20, "x"));
    });
    const { client } = await stage.relay(node);
    await client.until("HTTP/1.1 500");
  });

  test("that never ends is cut where it is told in another dialect", async () => {
    const gone = Promise.withResolvers<void>();
    const node = await stage.node((_request, response) => {
      response.once("close", () => gone.resolve());
      response.writeHead(400);
      response.write(Buffer.alloc(3 << 20, "x"));
    });
    const toldInDialect = (answer: HeldAnswer) => ({ ...answer, body: Buffer.from(`${answer.body.length} bytes`) });
    const { client, result } = await stage.relay(node, { toldInDialect });
    const failed = await result;
    expect(failed).toMatchObject({ kind: "failed", status: 400, answer: { body: Buffer.from(`${1 << 20} bytes`) } });
    await gone.promise;
    expect(client.received()).toBe("");
  });

  test("that is cut counts as a connection that was lost", async () => {
    const node = await stage.rawNode((socket) => {
      socket.end("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 100\r\n\r\nhalf");
    });
    const { client, result } = await stage.relay(node);
    expect(await result).toMatchObject({ kind: "failed", failureClass: "unreachable", answer: undefined });
    expect(client.received()).toBe("");
  });
});

describe("an answer of the node's gateway", () => {
  test.each(["refused", "unreachable", "unauthorised"])("'%s' is never relayed", async (mark) => {
    for (const status of [200, 403, 502]) {
      const node = await stage.node((_request, response) => {
        response.writeHead(status, { "X-Herd-Gateway": mark });
        response.end("words of the gateway\n".repeat(100_000));
      });
      const { client, result } = await stage.relay(node);
      expect(await result).toMatchObject({
        kind: "failed",
        failureClass: "unreachable",
        detail: `gateway: ${mark}`,
        answer: undefined,
      });
      expect(client.received()).toBe("");
    }
  });
});

describe("a node that cannot be reached", () => {
  test("is told apart when nobody listens there", async () => {
    const port = await stage.node(() => undefined);
    await stage.close();
    stage = new RelayStage();
    const { result, client } = await stage.relay(port);
    expect(await result).toMatchObject({ kind: "failed", failureClass: "unreachable", isRefused: true });
    expect(client.received()).toBe("");
  });

  test("resets, closes or talks nonsense before the first byte: nothing has left", async () => {
    const answers = [
      (socket: { resetAndDestroy: () => void }) => socket.resetAndDestroy(),
      (socket: { end: () => void }) => socket.end(),
      (socket: { end: (text: string) => void }) => socket.end("this is no HTTP\r\n\r\n"),
      (socket: { end: (text: string) => void }) => socket.end(CHUNKED),
    ];
    for (const answer of answers) {
      const { result, client } = await stage.relay(await stage.rawNode(answer as never));
      expect(await result).toMatchObject({ kind: "failed", failureClass: "unreachable", isRefused: false });
      expect(client.received()).toBe("");
    }
  });

  test("ends its answer cleanly before the first byte: nothing has left, another may answer", async () => {
    const node = await stage.rawNode((socket) => socket.end(`${CHUNKED}0\r\n\r\n`));
    const { result, client } = await stage.relay(node);
    expect(await result).toMatchObject({ kind: "failed", failureClass: "incomplete", answer: undefined });
    expect(client.received()).toBe("");
  });
});

describe("a stream that had its closing record", () => {
  const whole = `${CHUNKED}${chunk("one\ndone\n")}`;

  test.each(["end", "resetAndDestroy"] as const)("is whole when its connection then ends by %s", async (end) => {
    const node = await stage.rawNode((socket) => socket.write(whole, () => setTimeout(() => socket[end](), 20)));
    const { client, result } = await stage.relay(node);
    await client.until("0\r\n\r\n");
    expect(chunkedBody(client.received())).toEqual({ text: "one\ndone\n", isWhole: true });
    expect(await result).toMatchObject({ kind: "completed", status: 200 });
  });

  test.each([
    ["soon", { quietMs: 20 }],
    ["at the stall cap at the latest", { stallCapMs: 20 }],
  ])("is ended %s where the node leaves the connection open", async (_when, wishes) => {
    const gone = Promise.withResolvers<void>();
    const node = await stage.rawNode((socket) => {
      socket.once("close", () => gone.resolve());
      socket.write(whole);
    });
    const { client, result } = await stage.relay(node, wishes);
    await client.until("0\r\n\r\n");
    expect(chunkedBody(client.received())).toEqual({ text: "one\ndone\n", isWhole: true });
    expect((await result).kind).toBe("completed");
    await gone.promise;
  });

  test("but is cut before its length is not whole", async () => {
    const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 50\r\n\r\n";
    const node = await stage.rawNode((socket) => socket.end(`${head}one\ndone\n`));
    const { client, result } = await stage.relay(node);
    await client.ended;
    expect((await result).kind).toBe("broken");
  });

  test("is no more quiet than it may be while records are still to come", async () => {
    const node = await stage.node((_request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write("one\n");
      setTimeout(() => response.end("done\n"), 80);
    });
    const { client, result } = await stage.relay(node, { quietMs: 10 });
    await client.until("0\r\n\r\n");
    expect(chunkedBody(client.received()).text).toBe("one\ndone\n");
    expect((await result).kind).toBe("completed");
  });
});

describe("a begun reply that breaks", () => {
  test.each([
    ["at the end of a record", "one\n", "one\nfailure: "],
    ["inside a record", "one\ntw", "one\ntw\nfailure: "],
  ])("%s ends with the dialect's own error record, and cleanly", async (_where, sent, expected) => {
    for (const end of ["end", "resetAndDestroy"] as const) {
      const node = await stage.rawNode((socket) => socket.write(`${CHUNKED}${chunk(sent)}`, () => socket[end]()));
      const { client, result } = await stage.relay(node);
      await client.until("0\r\n\r\n");
      const { text, isWhole } = chunkedBody(client.received());
      expect([text.slice(0, expected.length), isWhole]).toEqual([expected, true]);
      expect(await result).toMatchObject({ kind: "broken", failureClass: "node-fault" });
    }
  });

  test("cleanly but without its closing record is incomplete, and says so", async () => {
    const node = await stage.rawNode((socket) => socket.end(`${CHUNKED}${chunk("one\n")}0\r\n\r\n`));
    const { client, result } = await stage.relay(node);
    await client.until("0\r\n\r\n");
    expect(chunkedBody(client.received()).text).toMatch(/^one\nfailure: .*closing record/);
    expect(await result).toMatchObject({ kind: "broken", failureClass: "incomplete" });
  });

  test("where no record can tell it is cut, never ended", async () => {
    const node = await stage.rawNode((socket) => socket.end(`${CHUNKED}${chunk('{"half":')}`));
    const { client, result } = await stage.relay(node, { failureRecord: () => undefined });
    expect(chunkedBody(await client.ended)).toEqual({ text: '{"half":', isWhole: false });
    expect((await result).kind).toBe("broken");
  });

  test("before its length is cut, never ended, whatever its dialect", async () => {
    const node = await stage.rawNode((socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf"));
    const { client, result } = await stage.relay(node);
    const received = await client.ended;
    expect(received.endsWith("half")).toBe(true);
    expect(await result).toMatchObject({ kind: "broken", failureClass: "node-fault" });
  });

  test("by an error record of the node's own passes as it is", async () => {
    const node = await stage.rawNode((socket) => socket.end(`${CHUNKED}${chunk("one\nerror runner died\n")}0\r\n\r\n`));
    const { client, result } = await stage.relay(node);
    await client.until("0\r\n\r\n");
    expect(chunkedBody(client.received()).text).toBe("one\nerror runner died\n");
    expect(await result).toMatchObject({ kind: "broken", failureClass: "node-fault", detail: "runner died" });
  });

  test("by an error that no client would see gets a record that can be seen", async () => {
    const node = await stage.rawNode((socket) => socket.end(`${CHUNKED}${chunk("error hidden\n")}0\r\n\r\n`));
    const { client } = await stage.relay(node);
    await client.until("0\r\n\r\n");
    expect(chunkedBody(client.received()).text).toBe("error hidden\nfailure: hidden\n");
  });
});

describe("a client that leaves", () => {
  test("before the first byte ends the node's work at once", async () => {
    const gone = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const node = await stage.node((_request, response) => {
      response.once("close", () => gone.resolve());
      asked.resolve();
    });
    const { client, result } = await stage.relay(node);
    await asked.promise;
    client.socket.destroy();
    await gone.promise;
    expect(await result).toEqual({ kind: "cancelled", firstByteAt: undefined, usage: undefined });
  });

  test("in the middle ends the node's work at once, and what came so far is known", async () => {
    const gone = Promise.withResolvers<void>();
    const node = await stage.node((_request, response) => {
      response.once("close", () => gone.resolve());
      response.write("one\ntwo\n");
    });
    const { client, result } = await stage.relay(node);
    await client.until("two");
    client.socket.destroy();
    await gone.promise;
    expect(await result).toMatchObject({ kind: "cancelled", usage: { contentRecords: 2 } });
  });

  test("right after the closing record has had everything: completed, and the node is left in peace for a while", async () => {
    let answer: ServerResponse | undefined;
    const node = await stage.node((_request, response) => {
      answer = response;
      response.write("one\ndone\n");
    });
    const { client, result } = await stage.relay(node, { quietMs: 100 });
    await client.until("done");
    client.socket.destroy();
    expect(await result).toMatchObject({ kind: "completed", status: 200 });
    expect(answer?.destroyed).toBe(false);
    await expect.poll(() => answer?.destroyed).toBe(true);
  });

  test("before the connection to the node is there never lets the request out", async () => {
    const { client, result, relay } = await stage.relay(await stage.node(() => undefined));
    (await relay).cancel();
    expect((await result).kind).toBe("cancelled");
    client.socket.destroy();
  });
});

describe("a client that reads slowly", () => {
  const PIECE = Buffer.alloc(1 << 16, "x");

  /** A node that writes as fast as it may; `written` counts. */
  async function fastNode() {
    const progress = { written: 0, isOver: false };
    const node = await stage.node((_request, response) => {
      response.once("close", () => {
        progress.isOver = true;
      });
      const write = (): void => {
        while (!progress.isOver) {
          progress.written += PIECE.length;
          if (!response.write(PIECE)) {
            response.once("drain", write);
            return;
          }
        }
      };
      write();
    });
    return { node, progress };
  }

  test("slows the node down instead of filling the memory", async () => {
    const { node, progress } = await fastNode();
    const { client, response } = await stage.relay(node);
    client.socket.pause();
    const front = await response;
    await expect.poll(() => front.writableNeedDrain).toBe(true);
    let before = -1;
    await expect
      .poll(() => {
        const isAtRest = progress.written === before;
        before = progress.written;
        return isAtRest;
      })
      .toBe(true);
    expect(front.writableLength).toBeLessThan(4 << 20);
    expect(progress.written).toBeLessThan(64 << 20);
    const stoppedAt = progress.written;
    client.socket.resume();
    await expect.poll(() => progress.written).toBeGreaterThan(stoppedAt + (8 << 20));
  });

  test("and stops for longer than a node may be silent is no fault of the node", async () => {
    const { node, progress } = await fastNode();
    const { client, result, response } = await stage.relay(node, { stallCapMs: 200 });
    client.socket.pause();
    await expect.poll(async () => (await response).writableNeedDrain).toBe(true);
    const stoppedAt = progress.written;
    await new Promise((resolve) => setTimeout(resolve, 500));
    client.socket.resume();
    await expect.poll(() => progress.written).toBeGreaterThan(stoppedAt + (8 << 20));
    client.socket.destroy();
    expect((await result).kind).toBe("cancelled");
    await expect.poll(() => progress.isOver).toBe(true);
  });

  test("and leaves before it has read the closing record was not served", async () => {
    const node = await stage.node((_request, response) => {
      response.write(Buffer.alloc(8 << 20, "x"));
      response.end("\ndone\n");
    });
    const { client, result, response } = await stage.relay(node);
    client.socket.pause();
    await expect.poll(async () => (await response).writableNeedDrain).toBe(true);
    client.socket.destroy();
    expect((await result).kind).toBe("cancelled");
  });
});

test("a client that leaves with the closing record still on its way to it was not served", () => {
  const results: AttemptResult[] = [];
  const relay = new Relay({
    sink: { ...createMemorySink(), write: () => false, onDrain: () => undefined },
    tap: createRecordTap(),
    now: () => 0,
    ownHeaders: () => [],
    onFirstByte: () => undefined,
    failureRecord: () => undefined,
    stallCapMs: 60_000,
    settle: (result) => results.push(result),
  });
  let isAborted = false;
  const abort = (): void => {
    isAborted = true;
  };
  const controller = { rawHeaders: [], pause: () => undefined, resume: () => undefined, abort } as never;
  relay.onRequestStart(controller);
  relay.onResponseStart(controller, 200);
  relay.onResponseData(controller, Buffer.from("one\ndone\n"));
  relay.cancel();
  expect([results, isAborted]).toMatchObject([[{ kind: "cancelled" }], true]);
});

describe("a node that says nothing", () => {
  test("before the first byte is given up after the cap", async () => {
    const { result, client } = await stage.relay(await stage.node(() => undefined), { stallCapMs: 50 });
    expect(await result).toMatchObject({ kind: "failed", failureClass: "stall", detail: "no byte for 0.05 s" });
    expect(client.received()).toBe("");
  });

  test("in the middle is given up with an error record, and its work is ended", async () => {
    const gone = Promise.withResolvers<void>();
    const node = await stage.node((_request, response) => {
      response.once("close", () => gone.resolve());
      response.write("one\n");
    });
    const { result, client } = await stage.relay(node, { stallCapMs: 100 });
    await client.until("0\r\n\r\n");
    await gone.promise;
    expect(await result).toMatchObject({ kind: "broken", failureClass: "stall" });
  });

  test("is not given up while it sends something in time", async () => {
    const node = await stage.node((_request, response) => {
      let count = 0;
      const timer = setInterval(() => {
        count += 1;
        if (count < 6) response.write("one\n");
        else {
          clearInterval(timer);
          response.end("done\n");
        }
      }, 60);
    });
    const { result } = await stage.relay(node, { stallCapMs: 200 });
    expect((await result).kind).toBe("completed");
  });
});

describe("a node that has vanished", () => {
  test("before the first byte lets the attempt move on", async () => {
    const { relay, result, client } = await stage.relay(await stage.node(() => undefined));
    (await relay).fail("unreachable", "it does not answer");
    expect(await result).toMatchObject({ kind: "failed", failureClass: "unreachable", detail: "it does not answer" });
    expect(client.received()).toBe("");
  });

  test("after it ends the reply with an error record", async () => {
    const node = await stage.node((_request, response) => void response.write("one\n"));
    const { relay, result, client } = await stage.relay(node);
    await client.until("one");
    (await relay).fail("unreachable", "it does not answer");
    await client.until("failure: it does not answer");
    expect(await result).toMatchObject({ kind: "broken", failureClass: "unreachable" });
  });
});

test("an attempt is settled once, whatever happens after it", async () => {
  const node = await stage.node((_request, response) => void response.end("done\n"));
  let settlements = 0;
  const { relay, result, client } = await stage.relay(node, { onFirstByte: () => undefined });
  void result.then(() => {
    settlements += 1;
  });
  await client.until("done");
  await result;
  const ended = await relay;
  ended.cancel();
  ended.fail("stall", "late");
  ended.onResponseEnd();
  await Promise.resolve();
  expect([settlements, (await result).kind]).toEqual([1, "completed"]);
});
