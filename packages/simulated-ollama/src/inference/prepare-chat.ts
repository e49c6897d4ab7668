/** A chat, native or OpenAI, from its fields to an intent or a refusal. */
import type { Dialect, Refusal } from "../dialects/dialect.ts";
import { countTokens } from "../generation/count-tokens.ts";
import type { AnswerWish } from "../generation/plan-answer.ts";
import type { JsonNode } from "../json/parse-json.ts";
import type { LibraryModel } from "../models/library.ts";
import { withModelTexts } from "../models/model-messages.ts";
import type { SimulatedNode } from "../node.ts";
import { chooseTool, type OfferedTool } from "../requests/choose-tool.ts";
import { type InferenceOptions, readOptions } from "../requests/inference-options.ts";
import { readFormat } from "../requests/read-format.ts";
import { type ChatPrompt, fitChat, type PromptMessage, renderChat, tooLongText } from "../requests/render-prompt.ts";
import { checkModel, missingCapability, planThinking, type ThinkingPlan } from "./check-model.ts";
import type { Intent, Work } from "./intent.ts";

/** The fields of a chat, whatever route it came by. */
export interface ChatFields {
  readonly model: string;
  readonly messages: readonly PromptMessage[];
  readonly isStream: boolean;
  readonly format: JsonNode | undefined;
  readonly keepAliveMs: number | undefined;
  readonly tools: readonly OfferedTool[];
  readonly options: (JsonNode & { kind: "object" }) | undefined;
  /** `undefined` = the model decides: one that can think does. */
  readonly think: boolean | string | undefined;
  /** Thinking that the model cannot do is left out in silence. */
  readonly isThinkingRelaxed?: boolean;
  readonly truncate: boolean;
  readonly shift: boolean;
  /** `undefined` = no odds wanted. */
  readonly topLogprobs: number | undefined;
  readonly isRenderOnly: boolean;
}

/** What a chat comes to. */
export type Prepared =
  | { readonly kind: "intent"; readonly intent: Intent }
  | { readonly kind: "unload"; readonly model: LibraryModel }
  | { readonly kind: "rendered"; readonly prompt: string }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly isNative: boolean };

/** Checks a chat in Ollama's order. */
export function prepareChat(fields: ChatFields, dialect: Dialect, node: SimulatedNode): Prepared {
  const checked = checkModel(node.library, fields.model, true);
  if (!checked.ok) return refused(checked.status, checked.text, checked.isNative);
  const { model } = checked;
  const isEmpty = fields.messages.length === 0;
  if (isEmpty && fields.keepAliveMs === 0) return { kind: "unload", model };
  const isRelaxed = fields.isThinkingRelaxed === true;
  const thinking = planThinking(fields.think, model, { isKnown: node.features.separateThinking, isRelaxed });
  const lack = missingCapability(model, {
    requestedName: fields.model,
    route: "chat",
    tools: fields.tools.length > 0,
    insert: false,
    thinking: thinking.isThinking,
  });
  if (lack !== undefined) return refused(400, lack);
  const options = readOptions(fields.options, model, node.defaultContext);
  if (!options.ok) return refused(500, options.error);
  const heard = { ...fields, messages: withModelTexts(model, fields.messages) };
  if (fields.isRenderOnly) return { kind: "rendered", prompt: renderChat(promptOf(heard)) };
  const work: Work = isEmpty ? { kind: "load" } : chatWork({ ...heard, ...thinking, dialect }, options.value, node);
  const { plan } = options.value;
  const { keepAliveMs, isStream } = fields;
  return { kind: "intent", intent: { model, plan, keepAliveMs, isStream, dialect, work } };
}

/** A refusal by the route itself. */
export function refused(status: number, text: string, isNative = false): Prepared {
  return { kind: "refused", refusal: { status, text, stage: "route" }, isNative };
}

/** Thinking of an earlier turn is no part of the prompt; descriptions of tools come before the messages. */
function promptOf(fields: ChatFields): ChatPrompt {
  const preamble = fields.tools.length > 0 ? `${JSON.stringify(fields.tools)}\n` : "";
  return { preamble, messages: fields.messages };
}

function chatWork(
  fields: ChatFields & ThinkingPlan & { readonly dialect: Dialect },
  options: InferenceOptions,
  node: SimulatedNode,
): Work {
  const format = readFormat(fields.format);
  if (!format.ok) return { kind: "refuse", status: 500, text: format.error };
  const limit = options.plan.contextLength;
  const whole = promptOf(fields);
  const isTooLong = countTokens(renderChat(whole)) > limit;
  if (isTooLong && !fields.truncate) {
    return { kind: "refuse", status: 400, text: tooLongText };
  }
  const last = fields.messages.at(-1);
  const prompt = renderChat(fitChat(whole, limit));
  const wish: AnswerWish = {
    prompt,
    isFull: !fields.shift && countTokens(prompt) > limit,
    seed: options.seed,
    limit: options.numPredict,
    stops: options.stops,
    format: format.value,
    isThinking: fields.isThinking,
    thinksAloud: fields.thinksAloud,
    holdsText: fields.isStream && fields.tools.length > 0 && !node.features.streamedToolText,
    topLogprobs: node.features.logprobs ? fields.topLogprobs : undefined,
    toolCall: chooseTool({
      tools: fields.tools,
      userText: last?.role === "user" ? last.content : undefined,
      lastCall: fields.messages.findLast((message) => message.role === "assistant")?.calls?.at(-1),
      format: format.value,
      random: node.random,
    }),
  };
  return { kind: "answer", wish, dialect: fields.dialect };
}
