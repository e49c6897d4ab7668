/** A generate request from its fields to an intent or a refusal. */
import type { Dialect } from "../dialects/dialect.ts";
import { countTokens } from "../generation/count-tokens.ts";
import type { LibraryModel } from "../models/library.ts";
import type { SimulatedNode } from "../node.ts";
import type { generateRequest } from "../requests/chat-request.ts";
import { type InferenceOptions, readOptions } from "../requests/inference-options.ts";
import { readFormat } from "../requests/read-format.ts";
import { renderChat, tooLongText } from "../requests/render-prompt.ts";
import { checkModel, missingCapability, planThinking, type ThinkingPlan } from "./check-model.ts";
import type { Work } from "./intent.ts";
import { type Prepared, refused } from "./prepare-chat.ts";

/** The decoded body of `/api/generate`. */
export type GenerateFields = NonNullable<ReturnType<(typeof generateRequest)["decode"]>>;

/** Checks a generate request in Ollama's order. */
export function prepareGenerate(fields: GenerateFields, dialect: Dialect, node: SimulatedNode): Prepared {
  const checked = checkModel(node.library, fields.model ?? "", false);
  if (!checked.ok) return refused(checked.status, checked.text, checked.isNative);
  const { model } = checked;
  if (!fields.prompt && fields.keep_alive === 0) return { kind: "unload", model };
  const { separateThinking: isKnown, logprobs: knowsOdds } = node.features;
  const thinking = planThinking(fields.think, model, { isKnown, isRelaxed: false });
  const wrong = wrongFields(fields, model, thinking.isThinking);
  if (wrong !== undefined) return refused(400, wrong);
  const options = readOptions(fields.options, model, node.defaultContext);
  if (!options.ok) return refused(500, options.error);
  const heard = withSystem(fields, model);
  if (fields._debug_render_only === true) return { kind: "rendered", prompt: promptOf(heard) };
  const work = generateWork({ ...heard, ...thinking, knowsOdds, dialect }, options.value);
  const { plan } = options.value;
  const intent = { model, plan, keepAliveMs: fields.keep_alive, isStream: fields.stream ?? true, dialect, work };
  return { kind: "intent", intent };
}

/** The model's own system prompt, unless the request brings another one. */
function withSystem(fields: GenerateFields, model: LibraryModel): GenerateFields {
  return { ...fields, system: fields.system || (model.system ?? "") };
}

/** The text of the 400 for fields that contradict one another or the model. */
function wrongFields(fields: GenerateFields, model: LibraryModel, thinking: boolean): string | undefined {
  if (fields.raw === true && (fields.template || fields.system || fields.context?.length)) {
    return "raw mode does not support template, system, or context";
  }
  const insert = (fields.suffix ?? "") !== "";
  const requestedName = fields.model ?? "";
  return missingCapability(model, { requestedName, route: "generate", tools: false, insert, thinking });
}

interface GenerateWish extends GenerateFields, ThinkingPlan {
  /** The node reads `logprobs`. */
  readonly knowsOdds: boolean;
  readonly dialect: Dialect;
}

function generateWork(fields: GenerateWish, options: InferenceOptions): Work {
  if (!fields.prompt) return { kind: "load" };
  const format = readFormat(fields.format);
  if (!format.ok) return { kind: "refuse", status: 500, text: format.error };
  const prompt = promptOf(fields);
  const isTooLong = countTokens(prompt) > options.plan.contextLength;
  if (isTooLong && fields.truncate === false) return { kind: "refuse", status: 400, text: tooLongText };
  const wish = {
    prompt,
    seed: options.seed,
    limit: options.numPredict,
    stops: options.stops,
    format: format.value,
    isThinking: fields.isThinking,
    thinksAloud: fields.thinksAloud,
    toolCall: undefined,
    isFull: isTooLong && fields.shift === false,
    topLogprobs: fields.knowsOdds && fields.logprobs === true ? (fields.top_logprobs ?? 0) : undefined,
  };
  return { kind: "answer", wish, dialect: fields.dialect };
}

/** The prompt: as it is when raw or with a template of its own, else one user message in the model's template. */
function promptOf(fields: GenerateFields): string {
  const prompt = fields.prompt ?? "";
  const earlier = (fields.context ?? []).map((token) => ` t${token}`).join("");
  if (fields.raw === true) return prompt;
  if (fields.template) return `${earlier}${fields.system ?? ""} ${prompt}`;
  const system = fields.system ? [{ role: "system", content: fields.system }] : [];
  const user = { role: "user", content: `${prompt}${fields.suffix ?? ""}`, images: fields.images ?? [] };
  return `${earlier}${renderChat({ preamble: "", messages: [...system, user] })}`;
}
