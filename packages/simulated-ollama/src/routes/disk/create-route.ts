import { type CreateWish, createModel } from "../../disk/create-model.ts";
import { createRequest, readLicenses, readParameters } from "../../disk/disk-requests.ts";
import type { Exchange } from "../../http/exchange.ts";
import type { Decoded } from "../../json/go-type.ts";
import { parseModelName } from "../../models/model-name.ts";
import type { SimulatedNode } from "../../node.ts";
import { missingBody, readBody } from "../../requests/read-body.ts";
import { badRequest } from "./bad-request.ts";
import { answerProgress } from "./progress-answer.ts";

/** POST /api/create. */
export async function createRoute(exchange: Exchange, node: SimulatedNode): Promise<void> {
  const body = readBody(createRequest, exchange.body, missingBody);
  const wish = body.ok ? readWish(body.value, exchange.signal) : body;
  if (!wish.ok) return await exchange.reply.whole(badRequest(wish.error));
  const isStream = !body.ok || (body.value.stream ?? true);
  await answerProgress(createModel(wish.value, node.storage), exchange, isStream);
}

type CreateBody = NonNullable<ReturnType<(typeof createRequest)["decode"]>>;

function readWish(body: CreateBody, signal: AbortSignal): Decoded<CreateWish> {
  const error = [body.files, body.adapters].map(fileError).find((text) => text !== undefined);
  if (error !== undefined) return { ok: false, error };
  const name = parseModelName(body.model || body.name || "");
  if (name === undefined) return { ok: false, error: "invalid model name" };
  const licenses = readLicenses(body.license);
  if (!licenses.ok) return licenses;
  const messages = body.messages?.map(({ role, content }) => ({ role: role ?? "", content: content ?? "" }));
  const value = {
    name,
    signal,
    from: body.from ?? "",
    files: body.files,
    adapters: body.adapters,
    quantize: body.quantize || body.quantization || "",
    template: body.template ?? "",
    system: body.system ?? "",
    licenses: licenses.value,
    parameters: readParameters(body.parameters),
    messages,
  };
  return { ok: true, value };
}

/** Names that would lead out of a folder, and files without a digest. */
function fileError(files: ReadonlyMap<string, string> | undefined): string | undefined {
  for (const [name, digest] of files ?? []) {
    const parts = name.split("/");
    if (parts.includes("") || parts.includes(".") || parts.includes("..")) return "file path must be relative";
    if (digest === "") return "invalid digest format";
  }
  return undefined;
}
