import { expect, test } from "vitest";
import { makeCatalogue } from "../testing/make-facts.ts";
import { createModelBook } from "./model-book.ts";

const book = createModelBook(
  makeCatalogue([
    { ollama_name: "qwen3:8b", aliases: ["qwen3:latest"], digest_prefix: "0123456789ab", category: "reasoning" },
    { ollama_name: "seer:latest", category: "vision" },
  ]),
);

test("a name is found in every spelling of its tag, a family is not", () => {
  for (const name of ["qwen3:8b", "Qwen3:8B", "qwen3", "registry.ollama.ai/library/qwen3:latest"])
    expect(book.find({ name })?.ollama_name, name).toBe("qwen3:8b");
  for (const name of ["qwen3:32b", "someone/qwen3:8b", "qwen3-8b", "qwen", "", "a b"])
    expect(book.find({ name }), name).toBeUndefined();
});

test("a download is found under any name, a part of a digest is not", () => {
  const rest = "f".repeat(52);
  expect(book.find({ name: "mine:1", digest: `0123456789AB${rest}` })?.ollama_name).toBe("qwen3:8b");
  expect(book.find({ name: "mine:1", digest: `sha256:0123456789ab${rest}` })?.ollama_name).toBe("qwen3:8b");
  expect(book.find({ name: "mine:1", digest: "0123" })).toBeUndefined();
  expect(book.find({ name: "mine:1", digest: "" })).toBeUndefined();
});

test("what a node says of a model goes before the catalogue, that before its name", () => {
  expect(book.categoryOf({ name: "qwen3:8b", capabilities: ["embedding"] })).toBe("embedding");
  expect(book.categoryOf({ name: "qwen3:8b", capabilities: ["completion", "vision"] })).toBe("reasoning");
  expect(book.categoryOf({ name: "x:1", capabilities: ["completion", "vision"] })).toBe("vision");
  expect(book.categoryOf({ name: "my-embedder:1" })).toBe("embedding");
  expect(book.categoryOf({ name: "supercoder:1" })).toBe("coding");
  expect(book.categoryOf({ name: "whatever:1" })).toBe("general");
});
