import { z } from "zod";

const SCHEME = /^(https?):\/\//i;
/** `host:port`, `:port` or `[address]:port`, then maybe a path. */
const WITH_PORT = /^(?:[\w.-]*|\[[0-9a-f:.]+\]):\d+(?:\/|$)/i;
/** What a server binds to in order to listen everywhere; a client cannot rely on reaching it there. */
const EVERYWHERE = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["[::]", "[::1]"],
]);

/**
 * The URL of a server with OpenAI's API, in canonical form: without a slash at its end, and without the `/v1` under which such
 * servers name themselves. Accepts `host:port`, `:port` (this machine) and URLs of http and https; credentials are refused.
 */
export const backendUrl = z
  .string()
  .transform((text, check) => readBackendUrl(text) ?? refuse(check))
  .pipe(z.string());

function refuse(check: z.core.$RefinementCtx<string>): never {
  check.addIssue({ code: "custom", message: "not the URL of a server" });
  return z.NEVER;
}

function readBackendUrl(text: string): string | undefined {
  const trimmed = text.trim();
  const url = URL.parse(SCHEME.test(trimmed) ? trimmed : withScheme(trimmed));
  if (url === null || !isPlain(url)) return undefined;
  const hostname = EVERYWHERE.get(url.hostname) ?? url.hostname;
  const port = url.port === "" ? "" : `:${url.port}`;
  const path = url.pathname.replace(/\/+$/, "").replace(/\/v1$/, "").replace(/\/+$/, "");
  return `${url.protocol}//${hostname}${port}${path}`;
}

/** Without a scheme only a port tells an address from any other word. */
function withScheme(text: string): string {
  if (!WITH_PORT.test(text)) return "";
  return `http://${text.startsWith(":") ? "127.0.0.1" : ""}${text}`;
}

function isPlain(url: URL): boolean {
  const isHttp = url.protocol === "http:" || url.protocol === "https:";
  return isHttp && url.hostname !== "" && url.username === "" && url.password === "" && url.search + url.hash === "";
}
