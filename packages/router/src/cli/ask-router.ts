/** The answer of a running router, or a sentence why there is none. */
export type RouterAnswer =
  | { readonly kind: "answer"; readonly content: unknown }
  | { readonly kind: "none"; readonly why: string };

const TIMEOUT_MS = 5_000;

/** Asks a running router over HTTP. Never rejects. */
export async function askRouter(url: string, path: string): Promise<RouterAnswer> {
  try {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const content: unknown = await response.json();
    if (response.ok) return { kind: "answer", content };
    const isTold = typeof content === "object" && content !== null && "error" in content;
    return { kind: "none", why: isTold ? String(content.error) : `the router answered ${response.status}` };
  } catch {
    return { kind: "none", why: `no router answers at ${url}; start it with: npm start` };
  }
}
