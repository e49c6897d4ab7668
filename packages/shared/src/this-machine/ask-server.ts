import { get } from "node:http";
import { get as getSecurely } from "node:https";

/** What a server answered to one GET. */
export interface ServerAnswer {
  readonly status: number;
  /** The beginning of the body, as far as it is read. */
  readonly text: string;
  /** The body as JSON; undefined when it is none, or longer than what is read. */
  readonly json: unknown;
  /** The header `Server`; empty when there is none. */
  readonly software: string;
  /** The header `X-Herd-Gateway`, which the gateway of an agent puts on its own answers; empty elsewhere. */
  readonly gateway: string;
}

/** Asks one path of a server; undefined when nothing that speaks HTTP answers in time. */
export type AskServer = (path: string) => Promise<ServerAnswer | undefined>;

const LONGEST_BODY = 64 * 1024;

/** How a server is asked. */
export interface Asking {
  /** For example `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Longest time for one whole answer, ms. */
  readonly withinMs: number;
  /** Longest body that is read, characters. Default 64 Ki. */
  readonly longest?: number;
}

/**
 * Builds a way to ask a server with plain GETs: no body, no credentials, no redirect followed, each on a connection of its
 * own that is closed with the answer. Never rejects.
 */
export function createAskServer({ origin, withinMs, longest = LONGEST_BODY }: Asking): AskServer {
  return (path) =>
    new Promise((resolve) => {
      const signal = AbortSignal.timeout(withinMs);
      const call = (origin.startsWith("https:") ? getSecurely : get)(
        `${origin}${path}`,
        { agent: false, signal, headers: { accept: "*/*" } },
        (reply) => {
          let text = "";
          const finish = (): void => {
            resolve({
              status: reply.statusCode ?? 0,
              text,
              json: jsonOf(text),
              software: String(reply.headers["server"] ?? ""),
              gateway: String(reply.headers["x-herd-gateway"] ?? ""),
            });
            call.destroy();
          };
          reply.setEncoding("utf8");
          reply.on("data", (part: string) => {
            text += part.slice(0, longest - text.length);
            if (text.length >= longest) finish();
          });
          reply.once("end", finish);
          reply.once("error", () => resolve(undefined));
        },
      );
      call.once("error", () => resolve(undefined));
    });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
