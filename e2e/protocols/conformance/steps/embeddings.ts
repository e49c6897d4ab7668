import { type Body, NOBODY, type Scenario, type Step, single, tell, wishes } from "./step.ts";

const step =
  (route: string) =>
  (name: string, body: (model: string) => Body): Step =>
    tell(route, name, { body: ({ model }) => body(model) });

const embed = step("POST /api/embed");
const legacy = step("POST /api/embeddings");
const openAi = step("POST /v1/embeddings");
const tooLong = "word ".repeat(3_000);

const answered = [
  embed("one text", (model) => ({ model, input: "hello" })),
  embed("several texts", (model) => ({ model, input: ["a", "b", "c"] })),
  embed("dimensions", (model) => ({ model, input: "hello", dimensions: 4 })),
  embed("no input", (model) => ({ model })),
  embed("an empty text", (model) => ({ model, input: "" })),
  embed("an empty list", (model) => ({ model, input: [] })),
  embed("keep_alive", (model) => ({ model, input: "hello", keep_alive: "10m", dimensions: 4 })),
  embed("too long, cut", (model) => ({ model, input: tooLong, dimensions: 4 })),
  embed("too long, refused", (model) => ({ model, input: tooLong, truncate: false })),
  embed("bad type: input", (model) => ({ model, input: 7 })),
  embed("bad type: item", (model) => ({ model, input: ["a", 7] })),
  legacy("one text", (model) => ({ model, prompt: "hello" })),
  legacy("an empty text", (model) => ({ model, prompt: "" })),
  legacy("input in place of prompt", (model) => ({ model, input: "hello" })),
  openAi("float", (model) => ({ model, input: "hello", encoding_format: "float", dimensions: 4 })),
  openAi("base64", (model) => ({ model, input: "hello", encoding_format: "base64", dimensions: 4 })),
  openAi("several texts", (model) => ({ model, input: ["a", "b"], dimensions: 4 })),
  openAi("an empty text", (model) => ({ model, input: "", dimensions: 4 })),
  openAi("no input", (model) => ({ model })),
  openAi("tokens", (model) => ({ model, input: [1, 2, 3] })),
  openAi("bad encoding_format", (model) => ({ model, input: "hello", encoding_format: "hex" })),
];

const withoutModel = [embed, legacy, openAi].flatMap((one) => [
  one("empty body", () => ""),
  one("bad JSON", () => "{bad"),
  one("no model", () => ({ input: "hello", prompt: "hello" })),
  one("unknown model", () => ({ model: NOBODY, input: "hello", prompt: "hello" })),
]);

/** Vectors in all their dialects. */
export const embeddingScenarios: readonly Scenario[] = [
  ...single(answered, wishes.vectors),
  ...single(withoutModel),
  ...single([embed("on a completion model", (model) => ({ model, input: "hello", dimensions: 4 }))], wishes.completion),
];
