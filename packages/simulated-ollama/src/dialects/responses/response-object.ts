/**
 * The response object of `/v1/responses`. A single answer has its members in the order of a Go struct, a stream in that
 * of a Go map: alphabetical.
 */
import type { TimedClosing } from "../dialect.ts";
import type { EchoedFormat, EchoedTool, ResponseEcho } from "./response-echo.ts";

/** What changes between the response objects of one answer. Times are seconds since the epoch. */
export interface ResponseState {
  readonly id: string;
  readonly status: "in_progress" | "completed";
  readonly createdAt: number;
  readonly completedAt: number | null;
  /** Items in the order that their place asks for; `null` in a stream that wrote nothing. */
  readonly output: readonly object[] | null;
  /** `undefined` while it is not known. */
  readonly usage: ResponseUsage | undefined;
}

/** Tokens of prompt and answer. */
export type ResponseUsage = Pick<TimedClosing, "promptTokens" | "answerTokens">;

/** The object of a single answer. */
export function singleResponse(state: ResponseState, echo: ResponseEcho): object {
  const { effort, summary } = echo.reasoning ?? {};
  return {
    id: state.id,
    object: "response",
    created_at: state.createdAt,
    completed_at: state.completedAt,
    status: state.status,
    incomplete_details: null,
    model: echo.model,
    previous_response_id: null,
    instructions: echo.instructions,
    output: state.output,
    error: null,
    tools: echo.tools,
    tool_choice: "auto",
    truncation: echo.truncation,
    parallel_tool_calls: true,
    text: { format: echo.format },
    top_p: echo.topP,
    ...{ presence_penalty: 0, frequency_penalty: 0, top_logprobs: 0 },
    temperature: echo.temperature,
    reasoning: echo.reasoning === undefined ? null : { effort, summary },
    usage: state.usage === undefined ? null : singleUsage(state.usage),
    max_output_tokens: echo.maxOutputTokens,
    ...{ max_tool_calls: null, store: false, background: echo.background, service_tier: "default" },
    ...{ metadata: {}, safety_identifier: null, prompt_cache_key: null },
  };
}

/** The object inside the events of a stream. */
export function streamedResponse(state: ResponseState, echo: ResponseEcho): object {
  return {
    background: echo.background,
    completed_at: state.completedAt,
    created_at: state.createdAt,
    error: null,
    frequency_penalty: 0,
    id: state.id,
    incomplete_details: null,
    instructions: echo.instructions,
    max_output_tokens: echo.maxOutputTokens,
    ...{ max_tool_calls: null, metadata: {}, model: echo.model, object: "response" },
    output: state.output,
    ...{ parallel_tool_calls: true, presence_penalty: 0, previous_response_id: null, prompt_cache_key: null },
    reasoning: streamedReasoning(echo),
    ...{ safety_identifier: null, service_tier: "default", status: state.status, store: false },
    temperature: echo.temperature,
    text: { format: sortedFormat(echo.format) },
    tool_choice: "auto",
    tools: echo.tools.map(sortedTool),
    top_logprobs: 0,
    top_p: echo.topP,
    truncation: echo.truncation,
    usage: state.usage === undefined ? null : streamedUsage(state.usage),
  };
}

const details = {
  input_tokens_details: { cached_tokens: 0 },
  output_tokens_details: { reasoning_tokens: 0 },
} as const;

function singleUsage({ promptTokens: input_tokens, answerTokens: output_tokens }: ResponseUsage): object {
  return { input_tokens, output_tokens, total_tokens: input_tokens + output_tokens, ...details };
}

function streamedUsage({ promptTokens, answerTokens }: ResponseUsage): object {
  return {
    input_tokens: promptTokens,
    input_tokens_details: details.input_tokens_details,
    output_tokens: answerTokens,
    output_tokens_details: details.output_tokens_details,
    total_tokens: promptTokens + answerTokens,
  };
}

function streamedReasoning({ reasoning }: ResponseEcho): object | null {
  if (reasoning === undefined) return null;
  return { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null };
}

function sortedFormat({ type, name, schema, strict }: EchoedFormat): object {
  return { name, schema, strict, type };
}

function sortedTool({ type, name, description, strict, parameters }: EchoedTool): object {
  return { description, name, parameters, strict, type };
}
