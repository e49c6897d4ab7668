import { goJson } from "../go-value.ts";
import type { Json, JsonObject } from "../neutral.ts";

/**
 * The prompt tokens that Ollama names in the first event of a `/v1/messages` stream, before the model has counted them: a
 * quarter of the bytes of all texts, schemas and tool blocks, at least one where there is anything.
 */
export const estimateTokens = (body: JsonObject): number => {
  const messages = listIn(body["messages"]);
  const system = body["system"] ?? undefined;
  const total =
    lengthOfContent(system) +
    sumOf(messages, (message) => lengthOf(message["role"]) + lengthOfContent(message["content"])) +
    sumOf(listIn(body["tools"]), lengthOfTool);
  const tokens = Math.floor(total / 4);
  return tokens === 0 && (messages.length > 0 || system !== undefined) ? 1 : tokens;
};

const lengthOfTool = (tool: JsonObject): number => {
  const schema = tool["input_schema"];
  return lengthOf(tool["name"]) + lengthOf(tool["description"]) + (schema === undefined ? 0 : bytesIn(goJson(schema)));
};

const lengthOfContent = (content: Json | undefined): number =>
  typeof content === "string" ? bytesIn(content) : sumOf(listIn(content), lengthOfBlock);

/** A block of a tool counts as a whole, written as Ollama's own struct. */
const lengthOfBlock = (block: JsonObject): number => {
  const texts = lengthOf(block["text"]) + lengthOf(block["thinking"]);
  const isTool = block["type"] === "tool_use" || block["type"] === "tool_result";
  return texts + (isTool ? bytesIn(goJson(toolBlock(block))) : 0);
};

const toolBlock = (block: JsonObject): JsonObject => {
  const kept = blockMembers.flatMap((name) => {
    const value = block[name];
    return isLeftOut(name, value) ? [] : [[name, value ?? null] as const];
  });
  return Object.fromEntries(kept);
};

/** Go leaves out what is empty, but for a content that was sent. */
const isLeftOut = (name: string, value: Json | undefined): boolean =>
  value === undefined || value === null || (name !== "content" && (value === "" || value === false));

/** In the order of the struct. */
const blockMembers = [
  "type",
  "text",
  "source",
  "id",
  "name",
  "input",
  "tool_use_id",
  "content",
  "is_error",
  "thinking",
  "signature",
];

const listIn = (value: Json | undefined): readonly JsonObject[] => {
  if (!Array.isArray(value)) return [];
  return (value as readonly Json[]).filter(
    (item): item is JsonObject => typeof item === "object" && item !== null && !Array.isArray(item),
  );
};

const sumOf = (items: readonly JsonObject[], measure: (item: JsonObject) => number): number =>
  items.reduce((sum, item) => sum + measure(item), 0);

const lengthOf = (value: Json | undefined): number => (typeof value === "string" ? bytesIn(value) : 0);

const bytesIn = (text: string): number => Buffer.byteLength(text);
