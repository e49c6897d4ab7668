/** A client on a plain socket: it sends exactly what it is given, and sees what HTTP libraries hide. */
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectSecure } from "node:tls";
import { headerOf, type WireAnswer, type WireRequest } from "./message.ts";
import { readAnswer } from "./read-answer.ts";

/** After this a body is sent although nobody has said `100 Continue`, ms. */
const CONTINUE_MS = 1_000;

/** Sends one request on a connection of its own and reads the answer. Never rejects: what fails is an answer without a status. */
export function sendWire(origin: URL, request: WireRequest, timeoutMs: number): Promise<WireAnswer> {
  return new Promise((resolve) => {
    const socket = openSocket(origin);
    let received = Buffer.alloc(0);
    let isBodySent = false;
    const sendBody = () => {
      if (isBodySent) return;
      isBodySent = true;
      socket.write(encodeBody(request));
    };
    const timers = [setTimeout(() => settle("timeout"), timeoutMs)];
    const settle = (endedBy: WireAnswer["endedBy"]) => {
      for (const timer of timers) clearTimeout(timer);
      socket.destroy();
      resolve({ ...withoutState(readAnswer(received, request.method)), endedBy });
    };
    socket.once(origin.protocol === "https:" ? "secureConnect" : "connect", () => {
      socket.write(encodeHead(origin, request));
      if (isExpecting(request)) timers.push(setTimeout(sendBody, CONTINUE_MS));
      else sendBody();
    });
    socket.on("data", (bytes) => {
      received = Buffer.concat([received, bytes]);
      const read = readAnswer(received, request.method);
      if (read.isContinued) sendBody();
      if (read.isComplete) settle("complete");
    });
    const endedEarly = () => {
      const { hasHead, framing } = readAnswer(received, request.method);
      settle(hasHead && framing === "none" ? "complete" : "cut");
    };
    socket.on("end", endedEarly);
    socket.on("error", endedEarly);
  });
}

function openSocket({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (protocol === "https:") return connectSecure({ host, port: Number(port || 443), servername: host });
  return connectPlain({ host, port: Number(port || 80), noDelay: true });
}

function encodeHead(origin: URL, request: WireRequest): Buffer {
  const { method, path, headers, body, framing, httpVersion = "HTTP/1.1" } = request;
  const host = headerOf(headers, "host");
  const own = host === undefined ? [["Host", origin.host] as const] : [];
  const framed =
    framing === "chunked"
      ? [["Transfer-Encoding", "chunked"] as const]
      : body === undefined
        ? []
        : [["Content-Length", String(body.length)] as const];
  const sent = [...own, ...headers, ...framed].filter(([name, value]) => name.toLowerCase() !== "host" || value !== "");
  const lines = [`${method} ${path} ${httpVersion}`, ...sent.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

/** A chunked body goes in two chunks, the border in its middle. */
function encodeBody({ body = Buffer.alloc(0), framing }: WireRequest): Buffer {
  if (framing !== "chunked") return body;
  const half = Math.ceil(body.length / 2);
  const parts = [body.subarray(0, half), body.subarray(half)].filter((part) => part.length > 0);
  const framed = parts.map((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]);
  return Buffer.concat([...framed.flat(), Buffer.from("0\r\n\r\n")]);
}

const isExpecting = ({ headers }: WireRequest): boolean =>
  headerOf(headers, "expect")?.toLowerCase() === "100-continue";

function withoutState({ hasHead: _, isComplete: __, ...answer }: ReturnType<typeof readAnswer>) {
  return answer;
}
