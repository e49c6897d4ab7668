import { ask } from "./ask.ts";

/** Posts a body to `/api/generate`; how long it took to the end of the answer, ms, and the answer. */
export async function uploadMs(port: number, body: Buffer): Promise<{ readonly ms: number; readonly text: string }> {
  const startedAt = performance.now();
  const headers = { "content-type": "application/json" };
  const { text } = await ask({ port, path: "/api/generate", body, headers });
  return { ms: performance.now() - startedAt, text };
}
