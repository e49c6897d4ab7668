import { connect } from "node:net";
import { type Dispatcher, Pool } from "undici";

/**
 * Why a call to a local backend gave nothing. `silent`: a connection stood but no whole answer came in time; `starting`: it said
 * that it is not ready yet.
 */
export class BackendCallError extends Error {
  readonly kind: "refused" | "silent" | "unreadable" | "starting";
  constructor(kind: BackendCallError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BackendCallError";
    this.kind = kind;
  }
}

/** A whole answer, whatever its status. */
export interface BackendAnswer {
  readonly status: number;
  readonly text: string;
  /** The header `Server`; empty when there is none. */
  readonly software: string;
}

/** Longest that a connection may take, ms. */
export const QUICK_MS = 2_000;
/** Longest answer that is read; a model's licence and template are well below. */
const LONGEST_ANSWER_BYTES = 32 * 2 ** 20;

/** Connections for the few calls that the agent itself makes. @param origin scheme, host and port */
export const poolFor = (origin: string): Pool =>
  new Pool(origin, { connections: 4, connect: { timeout: QUICK_MS }, maxResponseSize: LONGEST_ANSWER_BYTES });

/** Makes one call and reads its answer. @throws BackendCallError of the kinds `refused` and `silent` */
export async function callBackend(
  pool: Pool,
  call: Dispatcher.RequestOptions,
  timeoutMs: number,
): Promise<BackendAnswer> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { statusCode, headers, body } = await pool.request({ ...call, signal });
    return { status: statusCode, text: await body.text(), software: String(headers["server"] ?? "") };
  } catch (error) {
    throw callErrorOf(call.path, error, signal.aborted);
  }
}

/** The JSON of an answer. @throws BackendCallError of the kind `unreadable` when it is none */
export function jsonOf(path: string, { text }: BackendAnswer): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw noJson(path, error);
  }
}

const noJson = (path: string, cause: unknown): BackendCallError =>
  new BackendCallError("unreadable", `${path} answered no JSON`, { cause });

function callErrorOf(path: string, cause: unknown, isTimeout: boolean): BackendCallError {
  return isTimeout
    ? new BackendCallError("silent", `${path} did not answer in time`, { cause })
    : new BackendCallError("refused", `no connection (${codeOf(cause)})`, { cause });
}

/** Any error as one about a call. */
export function asCallError(error: unknown): BackendCallError {
  if (error instanceof BackendCallError) return error;
  return new BackendCallError("unreadable", error instanceof Error ? error.message : String(error), { cause: error });
}

/** Whether a port takes connections; no request is made, so that nothing appears in the server's log. Never throws. */
export function takesConnections({ hostname, port, protocol }: URL): Promise<boolean> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const usual = protocol === "https:" ? 443 : 80;
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || usual), timeout: QUICK_MS });
    const finish = (outcome: boolean): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once("connect", () => finish(true));
    socket.once("timeout", () => finish(false));
    socket.once("error", () => finish(false));
  });
}

function codeOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return String(code ?? message ?? error);
}
