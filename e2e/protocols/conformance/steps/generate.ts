import { pixel, schema, short, steady } from "./samples.ts";
import { type Body, NOBODY, type Scenario, single, tell, wishes } from "./step.ts";

const route = "POST /api/generate";

const generate = (name: string, more: object = {}) =>
  tell(route, name, { body: ({ model }) => ({ model, prompt: "The sky is", options: short, ...more }) });

const bare = (name: string, body: (model: string) => Body) => tell(route, name, { body: ({ model }) => body(model) });

const answered = [
  generate("stream"),
  generate("whole", { stream: false }),
  generate("cut by num_predict", { options: { ...steady, num_predict: 1 } }),
  generate("raw", { raw: true }),
  generate("system and template", { stream: false, system: "Be brief.", template: "{{ .System }} {{ .Prompt }}" }),
  generate("format json", { format: "json", stream: false }),
  generate("format schema", { format: schema }),
  generate("context sent back", { stream: false, context: [1, 2, 3] }),
  generate("logprobs", { stream: false, logprobs: true, options: { ...steady, num_predict: 2 } }),
  generate("keep_alive", { stream: false, keep_alive: "10m" }),
  generate("images", { stream: false, images: [pixel] }),
];

const refused = [
  generate("bad type: prompt", { prompt: 7 }),
  generate("bad value: image", { images: ["***"] }),
  generate("raw with system", { raw: true, system: "Be brief." }),
  generate("bad type: keep_alive", { keep_alive: "soon" }),
];

const withoutModel = [
  bare("empty body", () => ""),
  bare("bad JSON", () => "{bad"),
  bare("no model", () => ({ prompt: "hi" })),
  bare("empty model", () => ({ model: "", prompt: "hi" })),
  bare("unknown model", () => ({ model: NOBODY, prompt: "hi" })),
];

const lifecycle: Scenario = {
  wish: wishes.completion,
  steps: [
    bare("load", (model) => ({ model })),
    bare("load with an empty prompt", (model) => ({ model, prompt: "", keep_alive: "10m" })),
    bare("unload", (model) => ({ model, prompt: "", keep_alive: 0 })),
    generate("stream after an unload"),
  ],
};

/** The native completion of texts. */
export const generateScenarios: readonly Scenario[] = [
  lifecycle,
  ...single([...answered, ...refused], wishes.completion),
  ...single(withoutModel),
  ...single([generate("suffix", { stream: false, suffix: " blue" })], wishes.insert),
  ...single([generate("suffix on a model without insert", { suffix: " blue" })], wishes.withoutInsert),
  ...single([generate("think on a model that does not", { think: true })], wishes.withoutThinking),
  ...single([generate("think, stream", { think: true })], wishes.thinking),
  ...single(
    [generate("on an embedding model"), bare("load of an embedding model", (model) => ({ model }))],
    wishes.embedding,
  ),
];
