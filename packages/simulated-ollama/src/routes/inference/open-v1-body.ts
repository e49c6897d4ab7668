import { zstdDecompressSync } from "node:zlib";
import { ollamaRefusal } from "../../dialects/ollama-refusal.ts";
import type { WholeAnswer } from "../../http/answer.ts";
import type { Exchange } from "../../http/exchange.ts";
import { parseJson } from "../../json/parse-json.ts";
import { cloudHint } from "../../models/model-name.ts";

/** The body of a `/v1` request, or the answer of a node without a cloud to a model of the cloud. */
export type OpenedBody =
  | { readonly kind: "body"; readonly bytes: Buffer }
  | { readonly kind: "refused"; readonly answer: WholeAnswer };

/** What every `/v1` route with a JSON body does before its own reader: undo zstd, and look for a cloud model. */
export function openV1Body(exchange: Exchange): OpenedBody {
  const bytes = plainBody(exchange);
  // Most bodies need no reader here: one that does not hold the word cannot name such a model.
  const isSuspect = /cloud/i.test(bytes.toString("latin1"));
  if (!isSuspect || cloudHint(modelIn(bytes)) !== "cloud") return { kind: "body", bytes };
  const text = "ollama cloud is disabled: remote model is unavailable";
  return { kind: "refused", answer: ollamaRefusal({ status: 403, text, stage: "route" }) };
}

/** The only compression that is undone; every other one reaches the JSON reader as it is. */
function plainBody(exchange: Exchange): Buffer {
  if (exchange.header("content-encoding") !== "zstd") return exchange.body;
  try {
    return zstdDecompressSync(exchange.body);
  } catch {
    // Not what it says it is: the JSON reader names the first byte.
    return exchange.body;
  }
}

/** The value of `model`, in exactly this letter case; empty when there is none. */
function modelIn(bytes: Buffer): string {
  const parsed = parseJson(bytes);
  if (!parsed.ok || parsed.node.kind !== "object") return "";
  const found = parsed.node.members.findLast((member) => member.name === "model")?.value;
  return found?.kind === "string" ? found.value : "";
}
