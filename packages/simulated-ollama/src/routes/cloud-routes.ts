/** The routes around an account and the cloud, on a node whose environment has switched the cloud off. */
import { ollamaRefusal } from "../dialects/ollama-refusal.ts";
import { jsonAnswer, type WholeAnswer } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Route } from "../http/route-table.ts";
import { encodeGo } from "../json/encode-go.ts";
import { missingBody } from "../requests/read-body.ts";

/** All of them; none needs the node. */
export function cloudRoutes(): readonly Route[] {
  const entries: readonly (readonly [string, string, (exchange: Exchange) => WholeAnswer])[] = [
    ["/api/status", "GET", () => jsonAnswer(200, encodeGo({ cloud: { disabled: true, source: "env" } }))],
    ["/api/me", "POST", () => refusal(503, "account unavailable")],
    ["/api/signout", "POST", () => refusal(500, "there was an error signing out")],
    ["/api/user/keys/:key", "DELETE", () => refusal(500, "there was an error signing out")],
    ["/api/experimental/web_search", "POST", (exchange) => webAnswer(exchange, "web search")],
    ["/api/experimental/web_fetch", "POST", (exchange) => webAnswer(exchange, "web fetch")],
    ["/api/experimental/model-recommendations", "GET", () => jsonAnswer(200, encodeGo({ recommendations }))],
  ];
  return entries.map(([path, method, answer]) => ({
    path,
    methods: [method],
    handle: (exchange) => exchange.reply.whole(answer(exchange)),
  }));
}

function refusal(status: number, text: string): WholeAnswer {
  return ollamaRefusal({ status, text, stage: "route" });
}

function webAnswer({ body }: Exchange, what: string): WholeAnswer {
  if (body.toString("utf8").trim() === "") return refusal(400, missingBody);
  return refusal(403, `ollama cloud is disabled: ${what} is unavailable`);
}

/** A cloud model has limits, a local one the memory that it wants. */
const recommendations = [
  cloudModel("kimi-k2.6:cloud", { context_length: 262_144, max_output_tokens: 262_144 }),
  cloudModel("glm-5.1:cloud", { context_length: 202_752, max_output_tokens: 131_072 }),
  cloudModel("qwen3.5:cloud", { context_length: 262_144, max_output_tokens: 32_768 }),
  cloudModel("minimax-m2.7:cloud", { context_length: 204_800, max_output_tokens: 128_000 }),
  { model: "gemma4", description: "A model for this machine", vram_bytes: 12_000_000_000 },
  { model: "qwen3.5", description: "A model for this machine", vram_bytes: 14_000_000_000 },
];

function cloudModel(model: string, limits: object): object {
  return { model, description: "A large model elsewhere", ...limits };
}
