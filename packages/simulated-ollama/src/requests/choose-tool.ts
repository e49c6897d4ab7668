import { exampleOf } from "../generation/json-text.ts";
import type { ToolCall } from "../generation/plan-answer.ts";
import { type JsonNode, toPlain } from "../json/parse-json.ts";

/** A tool of the request. */
export interface OfferedTool {
  readonly type?: string;
  readonly function?: { readonly name?: string; readonly description?: string; readonly parameters?: JsonNode };
}

/** What decides whether the simulated model calls a tool. */
export interface ToolChoice {
  readonly tools: readonly OfferedTool[];
  /** The last message, when it is the user's. */
  readonly userText: string | undefined;
  /** The tool that the model called in its last turn, if it did. */
  readonly lastCall: string | undefined;
  /** The schema of `format`. */
  readonly format: unknown;
  /** Gives numbers from 0 up to 1, for the call's id. */
  readonly random: () => number;
}

/**
 * The simulated model calls a tool when the user names it or when it called it in its turn before, and otherwise when
 * `format` asks for an object with a name and arguments: the ways in which the recorded calls were forced. Arguments
 * satisfy the tool's schema.
 */
export function chooseTool(choice: ToolChoice): ToolCall | undefined {
  if (choice.userText === undefined) return undefined;
  const { userText } = choice;
  const isWanted = (name: string) => userText.includes(name) || name === choice.lastCall;
  const named = choice.tools.find((tool) => tool.function?.name && isWanted(tool.function.name));
  const forced = forcedCall(choice.format);
  const id = callId(choice.random);
  if (forced !== undefined && choice.tools.length > 0) return { id, ...forced };
  if (named?.function?.name === undefined) return undefined;
  const schema = named.function.parameters === undefined ? {} : toPlain(named.function.parameters);
  return { id, name: named.function.name, arguments: exampleOf(schema) };
}

function forcedCall(format: unknown): { name: string; arguments: unknown } | undefined {
  if (format === undefined) return undefined;
  const example = exampleOf(format) as Record<string, unknown>;
  const { name } = example;
  if (typeof name !== "string" || !("arguments" in example)) return undefined;
  return { name, arguments: example["arguments"] };
}

function callId(random: () => number): string {
  const digits = Array.from({ length: 8 }, () => Math.floor(random() * 36).toString(36));
  return `call_${digits.join("")}`;
}
