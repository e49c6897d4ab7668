import type { Dialect } from "../dialects/dialect.ts";
import { ollamaRefusal } from "../dialects/ollama-refusal.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Prepared } from "../inference/prepare-chat.ts";
import { sendLoad } from "../inference/send-chunks.ts";
import { serveInference } from "../inference/serve-inference.ts";
import type { SimulatedNode } from "../node.ts";

/** What a route adds to a prepared request. */
export interface PreparedRoute {
  readonly exchange: Exchange;
  readonly node: SimulatedNode;
  readonly dialect: Dialect;
}

/** Answers a prepared request of any dialect. */
export async function answerPrepared(prepared: Prepared, route: PreparedRoute): Promise<void> {
  const { exchange, node, dialect } = route;
  switch (prepared.kind) {
    case "refused": {
      const refuse = prepared.isNative ? ollamaRefusal : dialect.refuse;
      return await exchange.reply.whole(refuse(prepared.refusal));
    }
    case "unload":
      await node.scheduler.unload(prepared.model);
      return await sendLoad("unload", dialect, exchange);
    case "rendered":
      return await exchange.reply.whole(dialect.renderOnly(prepared.prompt));
    case "intent":
      return await serveInference(prepared.intent, exchange, node);
  }
}
