// Reads many streams at one time and notes when their bytes arrive: on plain sockets, so that it costs as little as it can.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { MODEL } from "../load/chat.ts";
import { dialects } from "../load/dialects.ts";
import { paceHeader } from "../load/pace.ts";
import { RecordCount } from "../load/record-count.ts";
import type { StreamOrder, StreamReport, StreamSight } from "../load/stream-order.ts";

process.on("message", (order: StreamOrder) => void run(order).then((report) => process.send?.(report)));
process.on("disconnect", () => process.exit(0));

async function run(order: StreamOrder): Promise<StreamReport> {
  const sockets = await Promise.all(Array.from({ length: order.streams }, () => open(order.port)));
  const before = process.cpuUsage();
  const request = requestOf(order);
  const streams = await Promise.all(sockets.map((socket, at) => readStream(socket, { order, request, at })));
  const { user, system } = process.cpuUsage(before);
  return { streams, cpuMs: (user + system) / 1000 };
}

async function open(port: number): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  await once(socket, "connect");
  return socket;
}

/** The bytes that every stream is asked for with. */
function requestOf({ port, dialect, model = MODEL, pace }: StreamOrder): string {
  const { path, bodyFor } = dialects[dialect];
  const body = bodyFor(model);
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    paceHeader(pace).join(": "),
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

interface Turn {
  readonly order: StreamOrder;
  readonly request: string;
  readonly at: number;
}

async function readStream(socket: Socket, { order, request, at }: Turn): Promise<StreamSight> {
  const { dialect, pace, streams, spreadMs } = order;
  if (spreadMs > 0) await new Promise((resolve) => setTimeout(resolve, (at * spreadMs) / streams));
  const count = new RecordCount();
  const sentAt = performance.now();
  let lastAt = 0;
  let firstMs = Number.NaN;
  let largestGapMs = 0;
  const ended = new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      const now = performance.now();
      if (!count.take(chunk)) return;
      if (lastAt === 0) firstMs = now - sentAt;
      else largestGapMs = Math.max(largestGapMs, now - lastAt);
      lastAt = now;
      if (count.isEnded) socket.end();
    });
    socket.once("error", () => resolve());
    socket.once("close", () => resolve());
  });
  socket.write(request);
  await ended;
  const isWhole = count.isOk && count.isEnded && count.records === pace.chunks;
  return {
    firstMs,
    largestGapMs,
    totalMs: lastAt - sentAt,
    isWhole: isWhole && count.tail.includes(dialects[dialect].ending),
  };
}
