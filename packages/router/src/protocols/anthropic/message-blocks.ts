import { skipValue } from "../json/skip.ts";
import { countCharacters, stringAt } from "../json/text.ts";
import { isTrue, valueKind } from "../json/value-kind.ts";
import { walkElements } from "../json/walk.ts";
import type { Draft } from "../reading/draft.ts";
import { createObjectReader, type ReadField } from "../reading/object-reader.ts";
import { noteTally, readMessageList } from "../reading/prompt-tally.ts";

/** What a list of content blocks brings to a prompt. */
interface Tally {
  readonly body: Uint8Array;
  readonly ignored: Set<string>;
  characters: number;
  images: number;
}

/** One block on the way. Its type says which members count, and may come last. */
interface Block {
  readonly body: Uint8Array;
  readonly tally: Tally;
  type: string;
  text: number;
  thinking: number;
  name: number;
  input: number;
  /** What a tool gave back. */
  result: Parts;
}

/** What a text, or a list of plain parts, brings to a prompt; parts of other types are left out. */
interface Parts {
  readonly characters: number;
  readonly images: number;
  /** All bytes of it. */
  readonly length: number;
}

const NO_PARTS: Parts = { characters: 0, images: 0, length: 0 };

/** Blocks of Anthropic's API that Ollama leaves out of the prompt. */
const leftOut: ReadonlySet<string> = new Set([
  "document",
  "search_result",
  "redacted_thinking",
  "container_upload",
  "mcp_tool_use",
  "mcp_tool_result",
  "web_fetch_tool_result",
  "code_execution_tool_result",
]);

/** Counts the texts and images of the array of blocks that starts at `at`; returns the position after it. */
const readBlocks = (tally: Tally, at: number): number =>
  walkElements(tally.body, at, (start) => {
    const block: Block = {
      body: tally.body,
      tally,
      type: "",
      text: 0,
      thinking: 0,
      name: 0,
      input: 0,
      result: NO_PARTS,
    };
    const end = readBlock(block, start);
    addBlock(tally, block);
    return end;
  });

/** Characters of the string that starts at `at`; 0 for anything else. */
const charactersAt = (body: Uint8Array, at: number): number =>
  valueKind(body, at) === "string" ? countCharacters(body, at, skipValue(body, at)) : 0;

/** Notes a parameter that is there and has no effect on an Ollama node. */
export const noteIgnored =
  (name: string): ReadField<{ readonly body: Uint8Array; readonly ignored: Set<string> }> =>
  ({ body, ignored }, at) => {
    if (valueKind(body, at) !== "null") ignored.add(name);
    return skipValue(body, at);
  };

const counted =
  (field: "text" | "thinking" | "name"): ReadField<Block> =>
  (block, at) => {
    if (valueKind(block.body, at) === "string") block[field] = charactersAt(block.body, at);
    return skipValue(block.body, at);
  };

const readType: ReadField<{ readonly body: Uint8Array; type: string }> = (target, at) => {
  if (valueKind(target.body, at) === "string") target.type = stringAt(target.body, at);
  return skipValue(target.body, at);
};

interface Part {
  readonly body: Uint8Array;
  readonly ignored: Set<string>;
  type: string;
  text: number;
}

/** Reads a text, or an array of parts, that starts at `at`: the system prompt, or what a tool gave back. */
export const partsAt = (body: Uint8Array, at: number, ignored: Set<string>): Parts => {
  const length = skipValue(body, at) - at;
  if (valueKind(body, at) !== "array") return { characters: charactersAt(body, at), images: 0, length };
  let characters = 0;
  let images = 0;
  walkElements(body, at, (start) => {
    const part: Part = { body, ignored, type: "", text: 0 };
    const end = readPart(part, start);
    if (part.type === "text") characters += part.text;
    if (part.type === "image") images += 1;
    return end;
  });
  return { characters, images, length };
};

const readPart = createObjectReader<Part>({
  type: readType,
  text: (part, at) => {
    part.text = charactersAt(part.body, at);
    return skipValue(part.body, at);
  },
  cache_control: noteIgnored("cache_control"),
});

const readBlock = createObjectReader<Block>({
  type: readType,
  text: counted("text"),
  thinking: counted("thinking"),
  name: counted("name"),
  input: (block, at) => {
    const end = skipValue(block.body, at);
    block.input = valueKind(block.body, at) === "object" ? end - at : 0;
    return end;
  },
  content: (block, at) => {
    block.result = partsAt(block.body, at, block.tally.ignored);
    return at + block.result.length;
  },
  cache_control: ({ tally }, at, head) => noteIgnored("cache_control")(tally, at, head),
  is_error: ({ body, tally }, at) => {
    if (valueKind(body, at) === "bool" && isTrue(body, at)) tally.ignored.add("is_error");
    return skipValue(body, at);
  },
});

const addBlock = (tally: Tally, { type, text, thinking, name, input, result }: Block): void => {
  switch (type) {
    case "text":
      tally.characters += text;
      return;
    case "thinking":
      tally.characters += thinking;
      return;
    case "image":
      tally.images += 1;
      return;
    case "tool_use":
    case "server_tool_use":
      tally.characters += name + input;
      return;
    case "tool_result":
      tally.characters += result.characters;
      tally.images += result.images;
      return;
    case "web_search_tool_result":
      tally.characters += result.length;
      return;
    default:
      // Only names that are known: a client must not fill a header with its own.
      tally.ignored.add(leftOut.has(type) ? type : "messages.content");
  }
};

/** `messages`: the content of each is a text or blocks. A wrong type is left to the node. */
export const readMessages: ReadField<Draft> = (draft, at) => {
  const tally: Tally = { body: draft.body, ignored: draft.ignored, characters: 0, images: 0 };
  const end = readMessageList(draft, at, (start) => readMessage(tally, start));
  noteTally(draft, "messages", { characters: tally.characters, images: tally.images, audios: 0 });
  return end;
};

const readMessage = createObjectReader<Tally>({
  content: (tally, at) => {
    if (valueKind(tally.body, at) === "array") return readBlocks(tally, at);
    tally.characters += charactersAt(tally.body, at);
    return skipValue(tally.body, at);
  },
});
