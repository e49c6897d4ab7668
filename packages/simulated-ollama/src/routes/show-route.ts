import { ollamaRefusal } from "../dialects/ollama-refusal.ts";
import { jsonAnswer, type WholeAnswer } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import { encodeGo } from "../json/encode-go.ts";
import { cloudHint } from "../models/model-name.ts";
import { showRecord } from "../models/show-record.ts";
import type { SimulatedNode } from "../node.ts";
import { showRequest } from "../requests/chat-request.ts";
import { missingBody, readBody } from "../requests/read-body.ts";

/** POST /api/show. */
export function showAnswer(exchange: Exchange, node: SimulatedNode): WholeAnswer {
  const refuse = (status: number, text: string) => ollamaRefusal({ status, text, stage: "route" });
  const body = readBody(showRequest, exchange.body, missingBody);
  if (!body.ok) return refuse(400, body.error);
  // Clients send an empty `model` beside a `name`: empty counts as absent.
  const name = body.value.model || body.value.name || "";
  if (name === "") return refuse(400, "model is required");
  if (cloudHint(name) === "cloud") return refuse(403, "ollama cloud is disabled: remote model details are unavailable");
  const model = node.library.find(name);
  if (model === undefined) return refuse(404, `model '${name}' not found`);
  // Copilot Chat reads the base name, so Ollama hands it the one that it asked for.
  const isCopilot = (exchange.header("user-agent") ?? "").startsWith("GitHubCopilotChat/");
  const record = showRecord(model, isCopilot ? name : undefined);
  const shown = node.features.shownCapabilities ? record : { ...record, capabilities: undefined };
  return jsonAnswer(200, encodeGo(shown));
}
