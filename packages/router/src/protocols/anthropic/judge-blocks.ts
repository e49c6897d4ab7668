import { findTypeError } from "../go-types/find-type-error.ts";
import { goQuote } from "../json/go-quote.ts";
import { skipValue } from "../json/skip.ts";
import { stringAt } from "../json/text.ts";
import { valueKind } from "../json/value-kind.ts";
import { walkElements } from "../json/walk.ts";
import { toolParametersType } from "../ollama/request-types.ts";
import { createObjectReader, type ReadField } from "../reading/object-reader.ts";

/**
 * What Ollama finds wrong with blocks and tools of a body whose types are right, when it puts them into its own form:
 * the first such thing in its words. The base64 of images is left to the node.
 */
export const judgeBlocks = (body: Uint8Array, at: number): string | undefined => {
  const found: Found = { body, inMessages: undefined, inTools: undefined };
  readBody(found, at);
  return found.inMessages ?? found.inTools;
};

interface Found {
  readonly body: Uint8Array;
  /** Messages are looked at before tools, wherever they stand. */
  inMessages: string | undefined;
  inTools: string | undefined;
}

/** A block of a message, or a part of what a tool gave back. */
interface Block {
  readonly body: Uint8Array;
  type: string;
  id: string;
  name: string;
  /** Type of the image's source; undefined without one. */
  source: string | undefined;
  /** What is wrong with its own parts. */
  problem: string | undefined;
}

type TextField = "type" | "id" | "name";

const textField =
  <Name extends TextField>(name: Name): ReadField<{ readonly body: Uint8Array } & { [Key in Name]: string }> =>
  (target, at) => {
    if (valueKind(target.body, at) === "string") Object.assign(target, { [name]: stringAt(target.body, at) });
    return skipValue(target.body, at);
  };

/** The first problem among the elements of the array that starts at `at`; none where there is no array. */
const firstProblem = (
  body: Uint8Array,
  at: number,
  judge: (body: Uint8Array, at: number) => string | undefined,
): string | undefined => {
  if (valueKind(body, at) !== "array") return undefined;
  let problem: string | undefined;
  walkElements(body, at, (start) => {
    problem ??= judge(body, start);
    return skipValue(body, start);
  });
  return problem;
};

const readSource: ReadField<Block> = (block, at) => {
  const source = { body: block.body, type: "" };
  const end = readTyped(source, at);
  block.source = valueKind(block.body, at) === "object" ? source.type : undefined;
  return end;
};

const readTyped = createObjectReader<{ readonly body: Uint8Array; type: string }>({ type: textField("type") });

const blockOf = (body: Uint8Array): Block => ({
  body,
  type: "",
  id: "",
  name: "",
  source: undefined,
  problem: undefined,
});

const readPart = createObjectReader<Block>({ type: textField("type"), source: readSource });

const judgePart = (body: Uint8Array, at: number): string | undefined => {
  const part = blockOf(body);
  readPart(part, at);
  return part.type === "image" ? judgeSource(part, "invalid tool_result image source") : undefined;
};

const readBlock = createObjectReader<Block>({
  type: textField("type"),
  id: textField("id"),
  name: textField("name"),
  source: readSource,
  content: (block, at) => {
    block.problem = firstProblem(block.body, at, judgePart);
    return skipValue(block.body, at);
  },
});

const judgeBlock = (body: Uint8Array, at: number): string | undefined => {
  const block = blockOf(body);
  readBlock(block, at);
  switch (block.type) {
    case "image":
      return judgeSource(block, "invalid image source");
    case "tool_use":
      if (block.id === "") return "tool_use block missing required 'id' field";
      return block.name === "" ? "tool_use block missing required 'name' field" : undefined;
    case "tool_result":
      return block.problem;
    default:
      return undefined;
  }
};

const judgeSource = ({ source }: Block, missing: string): string | undefined => {
  if (source === undefined) return missing;
  return source === "base64" ? undefined : `invalid image source type: ${source}. Only base64 images are supported.`;
};

const readMessage = createObjectReader<{ readonly body: Uint8Array; problem: string | undefined }>({
  content: (message, at) => {
    message.problem = firstProblem(message.body, at, judgeBlock);
    return skipValue(message.body, at);
  },
});

const judgeMessage = (body: Uint8Array, at: number): string | undefined => {
  const message = { body, problem: undefined };
  readMessage(message, at);
  return message.problem;
};

interface Tool {
  readonly body: Uint8Array;
  type: string;
  name: string;
  /** Where its schema starts; -1 without one. */
  schemaAt: number;
}

const readTool = createObjectReader<Tool>({
  type: textField("type"),
  name: textField("name"),
  input_schema: (tool, at) => {
    tool.schemaAt = at;
    return skipValue(tool.body, at);
  },
});

/** A search of Anthropic's own has no schema; Ollama runs it itself. */
const judgeTool = (body: Uint8Array, at: number): string | undefined => {
  const tool: Tool = { body, type: "", name: "", schemaAt: -1 };
  readTool(tool, at);
  if (tool.type.startsWith("web_search") || tool.schemaAt === -1) return undefined;
  const problem = findTypeError(body, tool.schemaAt, toolParametersType);
  return problem === undefined ? undefined : `invalid input_schema for tool ${goQuote(tool.name)}: ${problem}`;
};

const readBody = createObjectReader<Found>({
  messages: (found, at) => {
    found.inMessages = firstProblem(found.body, at, judgeMessage);
    return skipValue(found.body, at);
  },
  tools: (found, at) => {
    found.inTools = firstProblem(found.body, at, judgeTool);
    return skipValue(found.body, at);
  },
});
