import {
  choiceSetting,
  mapSetting,
  numberMapSetting,
  numberSetting,
  toggleSetting,
  wholeNumberSetting,
} from "@herd/shared";

/** What the router changes in requests, and what names mean in the APIs it speaks. */
export const dialectSettings = {
  modelAliases: mapSetting({
    meaning: "Other names for models, for programs with a hard-coded one; they hold in every dialect.",
    pairs: "names to models",
    default: {},
    example: '{"gpt-4o": "qwen3:32b"}',
    isLive: true,
  }),
  contextProtection: choiceSetting({
    meaning:
      "What becomes of a request's num_ctx on a node that has the model loaded with enough context; strip: it is sent what the model was loaded with, " +
      "warn: only reported, passthrough: nothing.",
    choices: ["strip", "warn", "passthrough"],
    default: "strip",
    isLive: true,
  }),
  dynamicNumCtx: toggleSetting({
    meaning: "Native requests without num_ctx get the one of num_ctx_overrides for their model.",
    default: false,
    isLive: true,
  }),
  numCtxAutoCalculate: toggleSetting({
    meaning:
      "With dynamic_num_ctx on, a model without an entry in num_ctx_overrides gets the context that its requests of the last 7 days have needed, " +
      "from 20 requests on; a longer prompt is left alone.",
    default: false,
    isLive: true,
  }),
  numCtxOverrides: numberMapSetting({
    meaning: "Context (num_ctx) for requests that carry none, by model; used when dynamic_num_ctx is on.",
    unit: "tokens",
    pairs: "models to tokens",
    min: 4,
    max: 10_000_000,
    example: '{"qwen3:32b": 16384}',
    isLive: true,
  }),
  thinkingOverhead: numberSetting({
    meaning: "Factor by which the output limit of a request is raised for a model that thinks; 1 leaves it as it is.",
    unit: "times",
    default: 1,
    min: 1,
    max: 100,
    isLive: true,
  }),
  thinkingMinPredict: wholeNumberSetting({
    meaning: "Least output limit that thinking_overhead leaves to a model that thinks.",
    unit: "tokens",
    default: 1024,
    min: 1,
    max: 1_000_000,
    isLive: true,
  }),
  anthropicModelMap: mapSetting({
    meaning:
      "Models for the names of Anthropic's clients, on /v1/messages; the name default stands for every other claude-*.",
    pairs: "names to models",
    default: {},
    example: '{"default": "qwen3-coder:30b", "claude-haiku-4-5": "qwen3:14b"}',
    isLive: true,
  }),
  anthropicAutoRoute: toggleSetting({
    meaning: "A claude-* name that nothing maps is served by the best chat model of the fleet.",
    default: true,
    isLive: true,
  }),
  anthropicPing: toggleSetting({
    meaning:
      "A streamed /v1/messages that still waits after 10 s is answered with ping events; later failures are then error events of a status 200.",
    default: false,
    isLive: true,
  }),
};
