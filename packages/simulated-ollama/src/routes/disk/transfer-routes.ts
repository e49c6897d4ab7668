/** POST /api/pull and /api/push. */
import { pullRequest, pushRequest } from "../../disk/disk-requests.ts";
import { pullModel } from "../../disk/pull-model.ts";
import { pushModel } from "../../disk/push-model.ts";
import type { Exchange } from "../../http/exchange.ts";
import { parseModelName } from "../../models/model-name.ts";
import type { SimulatedNode } from "../../node.ts";
import { missingBody, readBody } from "../../requests/read-body.ts";
import { badRequest } from "./bad-request.ts";
import { answerProgress } from "./progress-answer.ts";

/** POST /api/pull. */
export async function pullRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const body = readBody(pullRequest, exchange.body, missingBody);
  if (!body.ok) return await exchange.reply.whole(badRequest(body.error));
  const name = parseModelName(body.value.model || body.value.name || "");
  if (name === undefined) return await exchange.reply.whole(badRequest("invalid model name"));
  const wish = { name, isInsecure: body.value.insecure ?? false, signal: exchange.signal };
  await answerProgress(pullModel(wish, node.storage), exchange, body.value.stream ?? true);
}

/** POST /api/push. */
export async function pushRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const body = readBody(pushRequest, exchange.body, missingBody);
  if (!body.ok) return await exchange.reply.whole(badRequest(body.error));
  const name = body.value.model || body.value.name || "";
  if (name === "") return await exchange.reply.whole(badRequest("model is required"));
  const wish = { name, isInsecure: body.value.insecure ?? false, signal: exchange.signal };
  await answerProgress(pushModel(wish, node.storage), exchange, body.value.stream ?? true);
}
