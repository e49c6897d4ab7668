import { Agent, type ClientRequest, type IncomingMessage, request as openRequest } from "node:http";
import type { SoakRequest } from "./mix.ts";

/** How a request ended for its client. */
export interface End {
  readonly what: string;
  /** A fleet with faults may end it so. */
  readonly isInOrder: boolean;
  /** Its last bytes, where there are any. */
  readonly tail?: string;
}

/** Longest wait for an end, ms: a request that hangs is one that failed. */
const LONGEST_MS = 60_000;
/** A client that leaves before the answer does so within this time, ms. */
const LEAVES_WITHIN_MS = 40;

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** Sends a request of the mix and waits for its end. Never rejects. */
export function send(port: number, request: SoakRequest, id: string): Promise<End> {
  return new Promise((resolve) => {
    const { body, leaving } = request;
    const call = open(port, request, id);
    const timer = setTimeout(() => {
      resolve({ what: "no end", isInOrder: false });
      call.destroy();
    }, LONGEST_MS);
    const end = (how: End): void => {
      clearTimeout(timer);
      resolve(how);
    };
    call.once("error", () => end(leaving === "never" ? { what: "no answer", isInOrder: false } : LEFT));
    call.once("response", (response) => watch(call, response, { request, end }));
    if (leaving === "before-body") leaveWithinBody(call, body ?? "", end);
    else call.end(body);
    if (leaving === "before-answer") setTimeout(() => call.destroy(), LEAVES_WITHIN_MS * Math.random());
  });
}

function open(port: number, { path, body, leaving }: SoakRequest, id: string): ClientRequest {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  return openRequest({
    host: "127.0.0.1",
    port,
    path,
    method: body === undefined ? "GET" : "POST",
    // A connection that is left cannot be used again.
    agent: leaving === "never" ? agent : false,
    headers: { "content-type": "application/json", "x-request-id": id, ...length },
  });
}

const LEFT: End = { what: "the client left", isInOrder: true };

function leaveWithinBody(call: ClientRequest, body: string, end: (how: End) => void): void {
  call.write(body.slice(0, body.length / 2));
  setTimeout(() => {
    call.destroy();
    end(LEFT);
  }, LEAVES_WITHIN_MS * Math.random());
}

interface Watch {
  readonly request: SoakRequest;
  readonly end: (how: End) => void;
}

/** So much of an answer is kept: a mark that is cut in two is still found. */
const KEPT = 100;
/** Bytes after which a client leaves in the middle: about two records. */
const READS_BEFORE_LEAVING = 300;

function watch(call: ClientRequest, response: IncomingMessage, { request, end }: Watch): void {
  let tail = "";
  let size = 0;
  let hasLeft = false;
  const marks = { end: false, error: false };
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    const text = tail + chunk.toString("latin1");
    marks.end ||= text.includes(request.endMark);
    marks.error ||= text.includes('"error"');
    tail = text.slice(-KEPT);
    hasLeft ||= request.leaving === "mid-answer" && size > READS_BEFORE_LEAVING;
    if (hasLeft) call.destroy();
  });
  response.on("error", () => undefined);
  response.once("close", () => {
    // What had arrived when the client left may have been the whole answer; it has not been read.
    if (hasLeft || (!response.complete && request.leaving !== "never")) end(LEFT);
    else
      end({
        ...endOf(request, { status: response.statusCode ?? 0, isComplete: response.complete, tail, marks }),
        tail,
      });
  });
}

interface Answer {
  readonly status: number;
  readonly isComplete: boolean;
  /** Its last bytes. */
  readonly tail: string;
  /** What was seen in it. */
  readonly marks: { readonly end: boolean; readonly error: boolean };
}

function endOf(request: SoakRequest, { status, isComplete, tail, marks }: Answer): End {
  // An answer in one piece whose node dies while it is sent can only be cut.
  if (!isComplete) return { what: request.isStream ? "stream cut" : "answer cut", isInOrder: !request.isStream };
  if (status !== 200) return { what: `status ${status}`, isInOrder: isRightStatus(request, status) && marks.error };
  if (request.status !== 200) return { what: "bad body answered", isInOrder: false };
  if (!request.isStream) return { what: "whole", isInOrder: /[}\]]\s*$/.test(tail) };
  if (marks.error) return { what: "error told in the stream", isInOrder: true };
  if (marks.end) return { what: "whole", isInOrder: true };
  return { what: "stream without an end", isInOrder: false };
}

/** A fleet with faults may answer what it is asked with a fault of its nodes; what is wrong stays wrong. */
const isRightStatus = (request: SoakRequest, status: number): boolean =>
  request.status === 200 ? request.isRecorded && status >= 500 : status === request.status;
