import { type JsonNode, toPlain } from "../../json/parse-json.ts";
import type { ContentBlock, MessagesBody } from "./messages-request.ts";

/** What a stream names as its prompt's tokens before the model has counted them: a quarter of the bytes. */
export function estimateTokens(body: MessagesBody): number {
  const messages = body.messages ?? [];
  const lengths = [
    lengthOfSystem(body.system),
    ...messages.flatMap(({ role, content }) => [bytesIn(role), ...content.map(lengthOfBlock)]),
    ...(body.tools ?? []).map((tool) => bytesIn(tool.name) + bytesIn(tool.description) + lengthOf(tool.input_schema)),
  ];
  const tokens = Math.floor(lengths.reduce((sum, length) => sum + length, 0) / 4);
  return messages.length > 0 || body.system !== undefined ? Math.max(1, tokens) : tokens;
}

function lengthOfSystem(system: JsonNode | undefined): number {
  if (system?.kind === "string") return bytesIn(system.value);
  if (system?.kind !== "array") return lengthOf(system);
  const blocks = system.items.map(toPlain) as ({ text?: unknown } | null)[];
  return blocks.reduce((sum, block) => sum + bytesIn(block?.text), 0);
}

function lengthOfBlock(block: ContentBlock): number {
  const isTool = block.type === "tool_use" || block.type === "tool_result";
  return bytesIn(block.text) + bytesIn(block.thinking) + (isTool ? bytesIn(JSON.stringify(plainBlock(block))) : 0);
}

/** The block as Go would print it again. */
function plainBlock(block: ContentBlock): object {
  const { type, id, name, input, tool_use_id, content, is_error } = block;
  return { type, id, name, input: plain(input), tool_use_id, content: plain(content), is_error: is_error || undefined };
}

const plain = (node: JsonNode | undefined): unknown => (node === undefined ? undefined : toPlain(node));

function lengthOf(node: JsonNode | undefined): number {
  return node === undefined || node.kind === "null" ? 0 : bytesIn(JSON.stringify(toPlain(node)));
}

function bytesIn(text: unknown): number {
  return typeof text === "string" ? Buffer.byteLength(text) : 0;
}
