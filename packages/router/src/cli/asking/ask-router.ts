import { strangerAt } from "./stranger-at.ts";
import type { Trouble } from "./trouble.ts";
import { whoAnswers } from "./who-answers.ts";

/** One call of the router. */
export interface Question {
  readonly url: string;
  /** With its query. */
  readonly path: string;
  /** Default: GET. */
  readonly method?: "GET" | "POST" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Ends the call. */
  readonly signal?: AbortSignal | undefined;
  /** Longest silence, ms. Default: 10 s. */
  readonly withinMs?: number;
}

/** The answer of a running router, or why there is none. */
export type RouterAnswer = { readonly kind: "answer"; readonly content: unknown } | Trouble;

const USUAL_MS = 10_000;

/** Asks a running router over HTTP. Never rejects. */
export async function askRouter(question: Question): Promise<RouterAnswer> {
  const opened = await openAnswer(question);
  if (opened.kind === "none") return opened;
  try {
    const content = jsonOf(await opened.response.text());
    if (content !== undefined) return { kind: "answer", content: content.value };
    return strange(question);
  } catch (error) {
    return lost(question, error);
  } finally {
    opened.done();
  }
}

/** An answer whose body is still to come. `done` must be called when it has been read. */
export type OpenedAnswer =
  | { readonly kind: "opened"; readonly response: Response; readonly done: () => void }
  | Trouble;

/** Sends a question; resolves when the head of a good answer is there. Never rejects. */
export async function openAnswer(question: Question): Promise<OpenedAnswer> {
  const { url, path, method = "GET", body, signal, withinMs = USUAL_MS } = question;
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new DOMException("silent", "TimeoutError")), withinMs);
  const done = (): void => clearTimeout(timer);
  const payload = body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_TYPE };
  const signals = signal === undefined ? [silence.signal] : [silence.signal, signal];
  try {
    const response = await fetch(url + path, {
      method,
      ...payload,
      signal: AbortSignal.any(signals),
      redirect: "manual",
    });
    if (response.ok) return { kind: "opened", response, done };
    const text = await response.text();
    done();
    return await refusalOf(question, response, text);
  } catch (error) {
    done();
    return lost(question, error);
  }
}

const JSON_TYPE = { "content-type": "application/json" };

/** What a router says when it refuses stands in its body and headers; anything else is no router that knows this path. */
async function refusalOf(question: Question, response: Response, text: string): Promise<Trouble> {
  const told = jsonOf(text)?.value;
  const body: Readonly<Record<string, unknown>> = typeof told === "object" && told !== null ? { ...told } : {};
  const { status, headers } = response;
  const code = textOf(body["code"]) ?? headers.get("x-herd-error") ?? undefined;
  const why = textOf(body["error"]);
  const hint = textOf(body["hint"]) ?? headers.get("x-herd-hint") ?? undefined;
  if (code === undefined && (why === undefined || status === 404)) return strange(question, { status, why, hint });
  return {
    kind: "none",
    reason: "refused",
    status,
    code,
    why: why ?? `the router answered ${status}`,
    fix: fixOf(code, hint, question),
  };
}

/** The router names its own API; who types commands has commands for it. */
const OWN_HINTS: Readonly<Record<string, string>> = {
  HERD_UNKNOWN_NODE: "herd node list tells which machines there are",
  HERD_UNKNOWN_REQUEST: "herd traces lists the newest",
};

/** A command line has other words for what is only open on the router's own machine. */
function fixOf(code: string | undefined, hint: string | undefined, { url }: Question): string | undefined {
  if (code !== "HERD_ADMIN_ONLY") return OWN_HINTS[code ?? ""] ?? hint;
  const { hostname } = new URL(url);
  return `run this command on the router's machine (for example: ssh ${hostname}, then the same command without --router-url)`;
}

interface StrangeAnswer {
  readonly status?: number;
  readonly why?: string | undefined;
  readonly hint?: string | undefined;
}

async function strange(question: Question, { status, why, hint }: StrangeAnswer = {}): Promise<Trouble> {
  const who = await whoAnswers(question.url, question.signal);
  if (who.kind !== "herd") return strangerAt(question.url, who, status);
  const told = { kind: "none", status, code: undefined } as const;
  if (why !== undefined) return { ...told, reason: "refused", why, fix: hint };
  return {
    ...told,
    reason: "missing",
    why: `the router at ${question.url} (version ${who.version}) does not know ${question.path.split("?")[0] ?? ""}`,
    fix: "update herd on the router's machine, or use the herd command of that version",
  };
}

/** No answer, or not a whole one. */
function lost({ url, signal, withinMs = USUAL_MS }: Question, error: unknown): Trouble {
  const told = { kind: "none", status: undefined, code: undefined } as const;
  if (signal?.aborted === true) return { ...told, reason: "stopped", why: "stopped", fix: undefined };
  if (isTimeout(error))
    return {
      ...told,
      reason: "unreachable",
      why: `no router answers at ${url} (silent for ${withinMs / 1000} s)`,
      fix: "something listens there and says nothing: look at the terminal in which it runs, or start it anew",
    };
  return {
    ...told,
    reason: "unreachable",
    why: `no router answers at ${url} (${reasonOf(error)})`,
    fix: "start one with: npm start (or herd up); another machine's: --router-url http://HOST:11435",
  };
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.name === "TimeoutError";

/** `fetch` wraps what went wrong; the system's own word for it is what helps. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  return REASONS[code] ?? (code.startsWith("HPE_") ? "it speaks no HTTP" : code || cause.message);
}

/** The client's own codes in words. */
const REASONS: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: "the connection broke off",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  ECONNRESET: "the connection broke off",
  ENOTFOUND: "no machine of this name",
  EAI_AGAIN: "its name cannot be looked up now",
};

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

function jsonOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    // What is no JSON is told as such.
    return undefined;
  }
}
