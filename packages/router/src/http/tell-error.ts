import type { FastifyReply, FastifyRequest } from "fastify";
import { type ErrorCode, errorEntry, type HerdError } from "../domain/errors.ts";

/** An error on its way to a client. */
export interface ToldError {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  readonly requestId: string;
}

/** A request and its answer. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** How errors become answers. */
export interface Teller {
  /** An error in the dialect that a path belongs to. */
  readonly encodeError: (path: string, error: ToldError) => { readonly contentType: string; readonly body: string };
  /** The methods a known path has, for 405; empty for an unknown path. */
  readonly methodsOf: (path: string) => readonly string[];
}

/** Told by headers alone: to a foreign name or page Ollama answers 403 without a body. */
const BARE: ReadonlySet<ErrorCode> = new Set(["HERD_HOST_REFUSED", "HERD_ORIGIN_REFUSED"]);

/** Tells an error in the dialect of the path, with its code and what to do in headers. A begun answer is cut. */
export function tellError(teller: Pick<Teller, "encodeError">, { request, reply }: Exchange, error: HerdError): void {
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  const entry = errorEntry(error.code);
  reply.code(entry.status).header("x-request-id", request.id);
  reply.header("x-herd-error", error.code).header("x-herd-hint", entry.hint);
  if (entry.isRetryable) reply.header("retry-after", "1");
  leaveRest({ request, reply });
  const { message } = error;
  if (BARE.has(error.code)) sendBare({ request, reply }, `${message}. ${entry.hint}\n`);
  else {
    const told = { status: entry.status, code: error.code, message, hint: entry.hint, requestId: request.id };
    const { contentType, body } = teller.encodeError(request.url, told);
    reply.header("content-type", contentType).send(Buffer.from(body));
  }
}

/** A known path with another method is a 405 with `Allow`; anything else is Go's plain 404. */
export function answerUnknown({ methodsOf }: Pick<Teller, "methodsOf">, { request, reply }: Exchange): FastifyReply {
  request.raw.resume();
  const methods = methodsOf(pathOf(request));
  reply.header("content-type", "text/plain").header("x-request-id", request.id);
  if (methods.length === 0) return reply.code(404).send("404 page not found");
  return reply.code(405).header("allow", methods.join(", ")).send("405 method not allowed");
}

/** The request's path without its query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split("?")[0] ?? "";
}

/** The rest of a body is of no use; the connection ends with the answer to it. */
export function leaveRest({ request, reply }: Exchange): void {
  if (request.raw.complete) return;
  request.raw.resume();
  reply.header("connection", "close");
}

/** Programs get no body, as from Ollama; who opens a page in a browser reads what is wrong. */
function sendBare({ request, reply }: Exchange, text: string): void {
  const isPage = request.headers.accept?.includes("text/html") === true;
  if (isPage) reply.header("content-type", "text/plain; charset=utf-8").send(text);
  else reply.send();
}
