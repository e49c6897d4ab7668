/**
 * What becomes of the documented members of a request that have no place in a neutral one. `silent` ones never change the
 * answer (or no server of the model could act on them) and are left out; `refused` ones would change it, so a request
 * with one is not translated. Members that no API documents are left out, as every server does.
 */
import type { DecodeRequest, Json, NeutralRequest } from "../neutral.ts";
import { type Complaints, type Fields, fieldsOf, isObject, rejectMember } from "./fields.ts";

export type MemberRule =
  | { readonly kind: "silent"; readonly why: string }
  | {
      readonly kind: "refused";
      readonly why: string;
      /** Values that say what is done anyway; null, false and everything empty are harmless without being listed. */
      readonly harmless?: readonly Json[];
    };

export type MemberRules = Readonly<Record<string, MemberRule>>;

/** Makes a decoder of a reader: refused members and whatever the reader complains of are untranslatable. */
export const decodeWith =
  (rules: MemberRules, read: (fields: Fields) => NeutralRequest): DecodeRequest =>
  (body) => {
    const complaints: Complaints = { first: undefined };
    const fields = fieldsOf(body, "", complaints);
    judgeMembers(fields, rules);
    const request = read(fields);
    return complaints.first === undefined ? request : { untranslatable: complaints.first };
  };

const judgeMembers = (fields: Fields, rules: MemberRules): void => {
  for (const [name, value] of fields.members) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule?.kind === "refused" && !isEmpty(value) && rule.harmless?.includes(value) !== true) {
      rejectMember(fields, name, rule.why);
    }
  }
};

const silent = (why: string): MemberRule => ({ kind: "silent", why });
const refused = (why: string, harmless: readonly Json[] = []): MemberRule => ({ kind: "refused", why, harmless });

const isEmpty = (value: Json): boolean => {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === null || value === false || value === "";
};

const accounting = silent("it names, counts or bills the request and says nothing to the model");
const caching = silent("it only tells a server what to keep for later requests");
const routing = silent("the router has acted on it");
const oneAnswer = refused("this route gives one answer", [1]);
const rendering = refused("only Ollama's own route can show the rendered prompt");

const everywhere: MemberRules = {
  model: routing,
  fallback_models: routing,
  user: accounting,
  metadata: accounting,
};

const openaiEverywhere: MemberRules = {
  ...everywhere,
  store: accounting,
  service_tier: accounting,
  safety_identifier: accounting,
  prompt_cache_key: caching,
  prompt_cache_retention: caching,
};

export const chatCompletionRules: MemberRules = {
  ...openaiEverywhere,
  prediction: silent("it may make an answer faster and never another one"),
  audio: refused("spoken answers cannot be translated"),
  functions: refused("it is deprecated and has no translation; use tools"),
  function_call: refused("it is deprecated and has no translation; use tool_choice", ["auto", "none"]),
  verbosity: refused("no other API has a counterpart", ["medium"]),
  web_search_options: refused("no backend searches the web"),
  _debug_render_only: rendering,
};

export const completionRules: MemberRules = {
  ...openaiEverywhere,
  best_of: refused("no other API has a counterpart", [1]),
  echo: refused("no other API has a counterpart"),
  _debug_render_only: rendering,
};

export const responsesRules: MemberRules = {
  ...openaiEverywhere,
  background: silent("the answer is the same; it is given at once"),
  max_tool_calls: silent("it bounds tools that a server runs itself, and there are none"),
  stream_options: silent("it only pads the events"),
  truncation: silent("how a conversation that is too long is cut is the backend's own affair, as with Ollama"),
  context_management: silent("it lets a server forget what the request still holds"),
  conversation: refused("conversations are not stored"),
  previous_response_id: refused("responses are not stored; send the whole conversation as input"),
  prompt: refused("prompts are not stored"),
  n: oneAnswer,
};

export const messagesRules: MemberRules = {
  ...everywhere,
  service_tier: accounting,
  inference_geo: accounting,
  speed: accounting,
  cache_control: caching,
  context_management: silent("it lets a server forget what the request still holds"),
  container: refused("no backend runs code"),
  mcp_servers: refused("no backend calls MCP servers"),
  n: oneAnswer,
};

const nativeRules: MemberRules = { ...everywhere, n: oneAnswer, _debug_render_only: rendering };

export const nativeChatRules: MemberRules = nativeRules;

export const nativeGenerateRules: MemberRules = {
  ...nativeRules,
  context: refused("token numbers of one backend mean nothing to another"),
  width: refused("pictures cannot be made by a text route", [0]),
  height: refused("pictures cannot be made by a text route", [0]),
  steps: refused("pictures cannot be made by a text route", [0]),
};
