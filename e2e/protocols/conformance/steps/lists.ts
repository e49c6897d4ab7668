import { ask, jsonHeaders, NOBODY, plainHeaders, type Scenario, single, tell, wishes } from "./step.ts";

const paths = single([
  ask("GET /", "liveness text"),
  ask("HEAD /", "liveness text, HEAD"),
  ask("GET /api/version", "version"),
  ask("HEAD /api/version", "version, HEAD"),
  ask("GET /api/version", "HTTP/1.0", { httpVersion: "HTTP/1.0" }),
  ask("GET /api/version", "connection: close", { headers: () => [...plainHeaders, ["Connection", "close"]] }),
  ask("GET /api/status", "cloud status"),
  ask("GET /api/nope", "unknown path"),
  tell("POST /api/nope", "unknown path", { body: () => ({}) }),
  tell("POST /v1/rerank", "unknown path under /v1", { body: () => ({}) }),
  ask("GET /API/tags", "path in capitals"),
  ask("GET /api/chat", "wrong method"),
  ask("GET /api/delete", "wrong method"),
  ask("GET /api/show", "wrong method"),
  ask("HEAD /api/ps", "wrong method"),
  ask("HEAD /v1/models", "wrong method"),
  ask("GET /v1/responses/resp_1", "one stored response"),
  tell("POST /api/tags", "wrong method", { body: () => ({}) }),
  tell("POST /api/delete", "wrong method", { body: () => ({}) }),
  tell("PUT /v1/chat/completions", "wrong method", { body: () => ({}) }),
  ask("GET /api/tags", "trailing slash", { path: "/api/tags/" }),
  ask("GET /api/tags", "double slash", { path: "//api/tags" }),
  ask("GET /api/tags", "double slash with a query", { path: "//api/tags?x=1" }),
  ask("GET /api/tags", "dot segments", { path: "/api/../api/tags" }),
  ask("GET /api/tags", "a query", { path: "/api/tags?foo=bar" }),
]);

const unclean = single(
  [
    ["POST /api/chat", "trailing slash", "/api/chat/"],
    ["POST /api/chat", "double slash", "//api/chat"],
    ["POST /v1/chat/completions", "trailing slash", "/v1/chat/completions/"],
    ["POST /v1/chat/completions", "double slash", "/v1//chat/completions"],
  ].map(([route = "", name = "", path = ""]) =>
    tell(route, name, { path, body: () => ({ model: NOBODY, messages: [{ role: "user", content: "hi" }] }) }),
  ),
);

const lists = single([
  ask("GET /api/tags", "models"),
  ask("HEAD /api/tags", "models, HEAD"),
  ask("GET /v1/models", "models"),
  ask("GET /v1/models/:id", "unknown", { path: `/v1/models/${NOBODY}` }),
  ask("GET /v1/models/:id", "with a namespace", { path: `/v1/models/library/${NOBODY}` }),
]);

const oneModel: Scenario = {
  wish: wishes.completion,
  steps: [
    tell("POST /api/generate", "load for the lists", { body: ({ model }) => ({ model }) }),
    ask("GET /api/ps", "loaded models"),
    modelStep("known", (model) => model),
    modelStep("in capitals", (model) => model.toUpperCase()),
  ],
};

function modelStep(name: string, spelling: (model: string) => string) {
  const route = "GET /v1/models/:id";
  return {
    route,
    name,
    request: ({ model }: { readonly model: string }) => ({
      method: "GET",
      path: `/v1/models/${spelling(model)}`,
      headers: plainHeaders,
    }),
  };
}

const show = (name: string, more: (model: string) => object | string, userAgent?: string) =>
  tell("POST /api/show", name, {
    body: ({ model }) => more(model),
    headers: () => (userAgent === undefined ? jsonHeaders : [...jsonHeaders.slice(1), ["User-Agent", userAgent]]),
  });

const shown = [
  ...single(
    [
      show("a model", (model) => ({ model })),
      show("by the field name", (name) => ({ name })),
      show("empty model beside a name", (name) => ({ model: "", name })),
      show("verbose", (model) => ({ model, verbose: true })),
      show("in capitals", (model) => ({ model: model.toUpperCase() })),
      show("for Copilot Chat", (model) => ({ model }), "GitHubCopilotChat/0.1"),
    ],
    wishes.completion,
  ),
  ...single([show("an embedding model", (model) => ({ model }))], wishes.embedding),
  ...single([
    show("unknown", () => ({ model: NOBODY })),
    show("unknown without a tag", () => ({ model: "herd-conformance-nobody" })),
    show("no name", () => ({})),
    show("empty body", () => ""),
    show("bad JSON", () => "{model}"),
  ]),
];

/** Everything that is read from the server itself, and what paths and methods it refuses. */
export const listScenarios: readonly Scenario[] = [...paths, ...unclean, ...lists, oneModel, ...shown];
