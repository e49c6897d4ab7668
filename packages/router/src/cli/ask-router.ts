/** The answer of a running router, or a sentence why there is none. */
export type RouterAnswer =
  | { readonly kind: "answer"; readonly content: unknown }
  | { readonly kind: "none"; readonly why: string };

const TIMEOUT_MS = 5_000;

/** Asks a running router over HTTP. Never rejects. */
export async function askRouter(url: string, path: string): Promise<RouterAnswer> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url + path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    text = await response.text();
  } catch (error) {
    return { kind: "none", why: `no router answers at ${url} (${reasonOf(error)}); start it with: npm start` };
  }
  const content = jsonOf(text);
  if (content === undefined) return { kind: "none", why: `what answers at ${url} is no herd router` };
  if (response.ok) return { kind: "answer", content };
  const isTold = typeof content === "object" && content !== null && "error" in content;
  return { kind: "none", why: isTold ? String(content.error) : `the router answered ${response.status}` };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch` wraps what went wrong; the system's own word for it is what helps. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `silent for ${TIMEOUT_MS / 1000} s`;
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return "code" in cause ? String(cause.code) : cause.message;
}
