import { describe, expect, it } from "vitest";
import type { JsonObject } from "../neutral.ts";
import { type ClientRoute, clientDialects } from "./client-dialects.ts";
import {
  chatCompletionRules,
  completionRules,
  type MemberRules,
  messagesRules,
  nativeChatRules,
  nativeGenerateRules,
  responsesRules,
} from "./member-rules.ts";

/** Every member that the makers of the APIs document, by route. */
const documented: Readonly<Record<ClientRoute, readonly [rules: MemberRules, names: string]>> = {
  "/v1/chat/completions": [
    chatCompletionRules,
    `audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens messages
     metadata modalities model n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_retention
     reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature
     tool_choice tools top_logprobs top_p user verbosity web_search_options`,
  ],
  "/v1/completions": [
    completionRules,
    `best_of echo frequency_penalty logit_bias logprobs max_tokens model n presence_penalty prompt seed stop stream
     stream_options suffix temperature top_p user`,
  ],
  "/v1/responses": [
    responsesRules,
    `background context_management conversation include input instructions max_output_tokens max_tool_calls metadata model
     parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_retention reasoning safety_identifier
     service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user`,
  ],
  "/v1/messages": [
    messagesRules,
    `cache_control container context_management inference_geo max_tokens mcp_servers messages metadata model output_config
     output_format service_tier speed stop_sequences stream system temperature thinking tool_choice tools top_k top_p`,
  ],
  "/api/chat": [
    nativeChatRules,
    `format keep_alive logprobs messages model options shift stream think tools top_logprobs truncate _debug_render_only`,
  ],
  "/api/generate": [
    nativeGenerateRules,
    `context format height images keep_alive logprobs model options prompt raw shift steps stream suffix system template
     think top_logprobs truncate width _debug_render_only`,
  ],
};

const members = Object.entries(documented).flatMap(([route, [, names]]) =>
  names
    .split(/\s+/)
    .filter((name) => name !== "")
    .map((name) => [route as ClientRoute, name] as const),
);

const chat: JsonObject = { messages: [{ role: "user", content: "hi" }] };
const bases: Readonly<Record<ClientRoute, JsonObject>> = {
  "/v1/chat/completions": { ...chat, logprobs: true },
  "/v1/completions": { prompt: "hi" },
  "/v1/responses": { input: "hi" },
  "/v1/messages": chat,
  "/api/chat": { ...chat, logprobs: true },
  "/api/generate": { prompt: "hi", logprobs: true },
};

/** Values of which every reader takes or refuses at least one. */
const probes = [{ odd: 1 }, ["odd"], "odd", 7, true, { effort: "low" }, { type: "enabled" }];

describe("documented members", () => {
  it.each(members)("of %s: %s is read, refused, or left out with a reason", (route, name) => {
    const rule = documented[route][0][name];
    const plain = bases[route];
    const without = JSON.stringify(clientDialects[route].decode(plain));
    const shown = probes.map((probe) => JSON.stringify(clientDialects[route].decode({ ...plain, [name]: probe })));
    const hasEffect = shown.some((one) => one !== without);
    if (rule?.kind === "silent") {
      expect(rule.why).not.toBe("");
      expect(hasEffect).toBe(false);
    } else expect(hasEffect).toBe(true);
  });

  it.each(members)("of %s: %s is as good as absent when it is null", (route, name) => {
    const { [name]: _, ...plain } = bases[route];
    expect(clientDialects[route].decode({ ...plain, [name]: null })).toEqual(clientDialects[route].decode(plain));
  });
});
