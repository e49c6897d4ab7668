import { BOUNDARY, multipart, pixel, silence } from "./samples.ts";
import { ask, type Extras, NOBODY, plainHeaders, type Scenario, type StepPlace, single, tell, wishes } from "./step.ts";

const form: Extras = {
  headers: () => [...plainHeaders, ["Content-Type", `multipart/form-data; boundary=${BOUNDARY}`]],
};

const transcription = (name: string, fields: (place: StepPlace) => Readonly<Record<string, string | Buffer>>) =>
  tell("POST /v1/audio/transcriptions", name, { ...form, body: (place) => multipart(fields(place)) });

const file = silence();

const speech = [
  transcription("model first", ({ model }) => ({ model, file, language: "en" })),
  transcription("file first", ({ model }) => ({ file, model })),
  transcription("as text", ({ model }) => ({ file, model, response_format: "text" })),
];

const speechRefused = [
  transcription("no model", () => ({ file })),
  transcription("no file", () => ({ model: NOBODY })),
  transcription("unknown model", () => ({ file, model: NOBODY })),
  tell("POST /v1/audio/transcriptions", "a JSON body", { body: () => ({ model: NOBODY }) }),
];

const images = [
  tell("POST /v1/images/generations", "on a text model", {
    body: ({ model }) => ({ model, prompt: "a cat", size: "64x64", response_format: "b64_json" }),
  }),
  tell("POST /v1/images/edits", "on a text model", { body: ({ model }) => ({ model, prompt: "a cat", image: pixel }) }),
];

const cloud = [
  tell("POST /api/me", "account", { body: () => "" }),
  tell("POST /api/experimental/web_search", "empty body", { body: () => "" }),
  ask("GET /api/experimental/model-recommendations", "recommendations"),
];

const atOllamaCom: Scenario = {
  onlySimulated: "speaks to ollama.com in the name of the backend's account",
  steps: [
    tell("POST /api/experimental/web_search", "a query", { body: () => ({ query: "herd" }) }),
    tell("POST /api/experimental/web_fetch", "a page", { body: () => ({ url: "http://127.0.0.1:1/" }) }),
    tell("POST /api/signout", "of the account", { body: () => "" }),
    ask("DELETE /api/user/keys/:encodedKey", "of the account", { path: "/api/user/keys/a2V5" }),
  ],
};

/** Speech, pictures, and what a node does at ollama.com. */
export const mediaScenarios: readonly Scenario[] = [
  ...single([...speech, ...images], wishes.completion),
  ...single(speechRefused),
  ...single(cloud),
  atOllamaCom,
];
