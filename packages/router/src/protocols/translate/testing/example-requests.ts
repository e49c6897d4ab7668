/** Requests in every dialect that can be asked of any backend, each with what it shows. */
export type Examples = readonly (readonly [title: string, body: object])[];

const model = { sizeBytes: 1e9, contextLength: 8192, parameterSize: "1B", quantization: "Q4_K_M", family: "llama" };

/** The models that the requests name, for a simulated Ollama. */
export const exampleModels = [
  { ...model, name: "able:1b", capabilities: ["completion", "tools", "vision", "insert"] },
  { ...model, name: "thinker:1b", capabilities: ["completion", "tools", "thinking"] },
];

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
const user = (content: unknown) => [{ role: "user", content }];
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const weather = { type: "function", function: { name: "get_weather", description: "Weather", parameters } };
const schema = { type: "object", properties: { name: { type: "string" }, age: { type: "integer" } } };
const call = { function: { name: "get_weather", arguments: { city: "Paris" } } };
const tool = { type: "function", name: "get_weather", description: "Weather", parameters };
const claude = { max_tokens: 40, messages: user("Tell me something") };

export const chatCompletions: Examples = [
  ["plain text", { model: "able:1b", messages: user("Tell me <something> & more") }],
  ["a length limit", { model: "able:1b", messages: user("count"), max_tokens: 5 }],
  ["stop texts", { model: "able:1b", messages: user("count"), stop: ["e", "a"], seed: 3 }],
  ["one stop text", { model: "able:1b", messages: user("count"), stop: "the" }],
  ["a system message", { model: "able:1b", messages: [{ role: "system", content: "Be brief" }, ...user("Hi")] }],
  ["tools", { model: "able:1b", messages: user("Call get_weather for Paris"), tools: [weather] }],
  [
    "an answered tool call",
    {
      model: "able:1b",
      tools: [weather],
      messages: [
        ...user("Call get_weather for Paris"),
        {
          role: "assistant",
          content: "",
          tool_calls: [
            { id: "call_1", type: "function", function: { name: "get_weather", arguments: '{"city":"Paris"}' } },
          ],
        },
        { role: "tool", tool_call_id: "call_1", content: "sunny" },
      ],
    },
  ],
  ["thinking", { model: "thinker:1b", messages: user("Why?"), reasoning_effort: "high" }],
  ["no thinking", { model: "thinker:1b", messages: user("Why?"), reasoning_effort: "none" }],
  ["thinking unasked", { model: "thinker:1b", messages: user("Why?") }],
  ["any JSON", { model: "able:1b", messages: user("JSON"), response_format: { type: "json_object" } }],
  [
    "a schema",
    {
      model: "able:1b",
      messages: user("JSON"),
      response_format: { type: "json_schema", json_schema: { name: "person", schema } },
    },
  ],
  [
    "a picture",
    {
      model: "able:1b",
      messages: user([
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
      ]),
    },
  ],
  ["log probabilities", { model: "able:1b", messages: user("Hi"), max_tokens: 4, logprobs: true, top_logprobs: 2 }],
  ["a model that is not there", { model: "nothing:1b", messages: user("Hi") }],
];

export const completions: Examples = [
  ["plain text", { model: "able:1b", prompt: "Once upon a time" }],
  ["a length limit", { model: "able:1b", prompt: "Once", max_tokens: 3 }],
  ["a stop text", { model: "able:1b", prompt: "Once", stop: ["e"] }],
  ["a gap to fill", { model: "able:1b", prompt: "def add(", suffix: "return c" }],
  ["nothing but a load", { model: "able:1b", prompt: "" }],
];

export const responses: Examples = [
  ["plain text", { model: "able:1b", input: "Tell me something" }],
  ["instructions and a limit", { model: "able:1b", instructions: "Be brief", input: user("Hi"), max_output_tokens: 4 }],
  ["tools", { model: "able:1b", input: "Call get_weather for Paris", tools: [tool] }],
  ["thinking", { model: "thinker:1b", input: "Why?", reasoning: { effort: "high" } }],
  ["a schema", { model: "able:1b", input: "JSON", text: { format: { type: "json_schema", name: "p", schema } } }],
];

export const messages: Examples = [
  ["plain text", { ...claude, model: "able:1b" }],
  ["a system prompt and a limit", { ...claude, model: "able:1b", system: "Be brief", max_tokens: 3 }],
  [
    "tools",
    {
      ...claude,
      model: "able:1b",
      messages: user("Call get_weather for Paris"),
      tools: [{ name: "get_weather", input_schema: parameters }],
    },
  ],
  ["thinking", { ...claude, model: "thinker:1b", thinking: { type: "enabled", budget_tokens: 1024 } }],
  [
    "a picture",
    {
      ...claude,
      model: "able:1b",
      messages: user([
        { type: "image", source: { type: "base64", media_type: "image/png", data: PIXEL } },
        { type: "text", text: "What is this?" },
      ]),
    },
  ],
];

export const nativeChats: Examples = [
  ["plain text", { model: "able:1b", messages: user("Tell me <something> & more") }],
  ["a length limit", { model: "able:1b", messages: user("count"), options: { num_predict: 5 } }],
  ["stop texts", { model: "able:1b", messages: user("count"), options: { stop: ["e", "a"], seed: 3 } }],
  ["a system message", { model: "able:1b", messages: [{ role: "system", content: "Be brief" }, ...user("Hi")] }],
  ["tools", { model: "able:1b", messages: user("Call get_weather for Paris"), tools: [weather] }],
  [
    "an answered tool call",
    {
      model: "able:1b",
      tools: [weather],
      messages: [
        ...user("Weather?"),
        { role: "assistant", content: "", tool_calls: [call] },
        { role: "tool", tool_name: "get_weather", content: "sunny" },
      ],
    },
  ],
  ["a level of thinking", { model: "thinker:1b", messages: user("Why?"), think: "high" }],
  ["thinking", { model: "thinker:1b", messages: user("Why?"), think: true }],
  ["no thinking", { model: "thinker:1b", messages: user("Why?"), think: false }],
  ["a schema", { model: "able:1b", messages: user("JSON"), format: schema }],
  ["a picture", { model: "able:1b", messages: [{ role: "user", content: "", images: [PIXEL] }] }],
  [
    "log probabilities",
    { model: "able:1b", messages: user("Hi"), options: { num_predict: 4 }, logprobs: true, top_logprobs: 2 },
  ],
  ["log probabilities alone", { model: "able:1b", messages: user("Hi"), options: { num_predict: 4 }, logprobs: true }],
  ["a load", { model: "able:1b", messages: [] }],
  ["a context that is not the server's", { model: "able:1b", messages: user("Hi"), options: { num_ctx: 4096 } }],
  ["a model that is not there", { model: "nothing:1b", messages: user("Hi") }],
];

export const nativeGenerations: Examples = [
  ["plain text", { model: "able:1b", prompt: "Once" }],
  ["a system prompt", { model: "able:1b", system: "Be brief", prompt: "Once" }],
  ["a load", { model: "able:1b" }],
];
