import { readFileSync } from "node:fs";

/** One exchange with a real llama-server. */
interface LlamaServerRecording {
  readonly request: { readonly path: string; readonly body: object };
  readonly response: { readonly status: number; readonly contentType: string; readonly chunks: readonly string[] };
}

const folder = new URL("../../../../fixtures/llama-server/", import.meta.url);

const llamaServerRecording = (name: string): LlamaServerRecording =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as LlamaServerRecording;

/** The body of the answer. */
export const llamaServerReply = (name: string): Uint8Array =>
  Buffer.from(llamaServerRecording(name).response.chunks.join(""));
