import { hasRoute } from "../../domain/backend-routes.ts";
import type { Candidate } from "../../domain/candidate.ts";
import type { ReplyTap } from "../../domain/reply.ts";
import type { Capability, Edit } from "../../domain/request.ts";
import type { OpenedBody, RequestBody } from "../../domain/request-body.ts";
import type { ReplyTranslator, TranslatedRequest, Untranslatable } from "../../domain/translation.ts";
import type { WireRoute } from "../../domain/wire-route.ts";
import type { RouteVoice } from "../incoming.ts";
import type { Journey } from "../journey.ts";
import type { CallTools } from "./call-tools.ts";
import { type ContextChange, contextChangeFor } from "./context-change.ts";
import { outputLimitEdits } from "./output-limit.ts";

/** What is sent to one candidate, and how its reply is read. */
export interface PreparedCall {
  readonly kind: "call";
  /** Path and query on the backend. */
  readonly path: string;
  readonly body: Uint8Array | OpenedBody;
  readonly tap: ReplyTap;
  /** Present where the backend lacks the client's dialect. */
  readonly translator: ReplyTranslator | undefined;
  /** What was changed in the body, for header and trace. */
  readonly labels: readonly string[];
  /** Further response headers: name, value … */
  readonly headers: readonly string[];
  /** The `num_ctx` that the node reads. */
  readonly numCtx: number | undefined;
}

/** For whom a call is made. */
export interface CallPlan {
  readonly tools: CallTools;
  readonly journey: Journey;
  readonly voice: RouteVoice;
  readonly candidate: Candidate;
}

/**
 * Puts the request into the words of one candidate: its own name for the model, the context its runner was loaded with,
 * its dialect. A candidate that takes the request as it is gets the client's own bytes.
 */
export function prepareCall(plan: CallPlan): PreparedCall | Untranslatable {
  const { tools, voice, candidate, journey } = plan;
  const { route } = voice;
  const missing = route === "/v1/audio/transcriptions" ? undefined : missingSense(candidate, journey.facts.needed);
  if (missing !== undefined)
    return { kind: "untranslatable", why: `"${journey.facts.model}" does not support ${missing}` };
  if (route === undefined || hasRoute(candidate.backend, route)) return directCall(plan);
  const target = tools.targetRouteOf(route, candidate.backend);
  return target === undefined || target === route ? directCall(plan) : translatedCall(plan, { route, target });
}

function directCall({ tools, journey, voice, candidate }: CallPlan): PreparedCall {
  const { facts, body } = journey;
  const limits = outputLimitEdits({ tools, facts, body, route: voice.route, candidate });
  const context = isNative(voice.route) ? contextChangeFor({ tools, journey, candidate, body }) : undefined;
  // Ollama needs some requests changed to obey them; other servers read what the client wrote.
  const own = candidate.backend.kind === "ollama" ? journey.edits : NO_EDITS;
  const changes = [own, modelEdits(journey, candidate), limits, context?.edits ?? NO_EDITS];
  // Most requests change in nothing, and cost no list of their own.
  const edits = changes.every((list) => list.length === 0) ? NO_EDITS : changes.flat();
  return {
    kind: "call",
    path: facts.path,
    body: edited(tools, body, edits),
    tap: voice.createTap(facts),
    translator: undefined,
    labels: edits.length === 0 ? NOTHING : labelsOf(edits),
    headers: joined(ignoredBy(candidate, facts.ignored), context?.headers ?? NOTHING),
    numCtx: context?.numCtx,
  };
}

function translatedCall(
  plan: CallPlan,
  { route, target }: { readonly route: WireRoute; readonly target: WireRoute },
): PreparedCall | Untranslatable {
  const { tools, journey, candidate } = plan;
  const { facts, body } = journey;
  if (!(body instanceof Uint8Array)) return { kind: "untranslatable", why: "an upload has no other form" };
  const limits = outputLimitEdits({ tools, facts, body, route, candidate });
  const translation = tools.translate({
    from: route,
    to: target,
    body: tools.applyEdits(body, [...journey.edits, ...limits]),
    model: nameOn(candidate),
    requestedModel: facts.model,
    isStream: facts.isStream,
  });
  if (translation.kind === "untranslatable") return translation;
  const context = isNative(translation.route)
    ? contextChangeFor({ tools, journey, candidate, body: translation.body })
    : undefined;
  return callOf(plan, { translation, limits, context });
}

interface Translated {
  readonly translation: TranslatedRequest;
  readonly limits: readonly Edit[];
  readonly context: ContextChange | undefined;
}

function callOf({ tools, journey, candidate }: CallPlan, { translation, limits, context }: Translated): PreparedCall {
  const edits = context?.edits ?? [];
  return {
    kind: "call",
    path: translation.route,
    body: tools.applyEdits(translation.body, edits),
    tap: translation.createTap(),
    translator: translation.createReply(),
    labels: [
      ...labelsOf([...journey.edits, ...modelEdits(journey, candidate), ...limits, ...edits]),
      `translated to ${translation.route}`,
    ],
    // Translation reads every parameter; what the backend cannot obey is all that is ignored.
    headers: [...ignoredHeader(translation.ignored ?? NOTHING), ...(context?.headers ?? NOTHING)],
    numCtx: context?.numCtx,
  };
}

const NOTHING: readonly string[] = [];
const NO_EDITS: readonly Edit[] = [];

const joined = (one: readonly string[], other: readonly string[]): readonly string[] =>
  one.length === 0 ? other : [...one, ...other];

const isNative = (route: WireRoute | undefined): boolean => route?.startsWith("/api/") === true;

/** What the candidate's own server calls the model. */
const nameOn = ({ model }: Candidate): string => model.backendName ?? model.name;

/** The client's own spelling stays wherever the backend understands it. */
function modelEdits({ facts }: Journey, candidate: Candidate): readonly Edit[] {
  const name = candidate.backend.kind === "ollama" ? facts.model : nameOn(candidate);
  if (name === facts.requestedModel) return NO_EDITS;
  const replacement = facts.modelForm === "text" ? name : JSON.stringify(name);
  // The server's own name may be a path of its machine, which is nobody else's business.
  const label = `model=${name === facts.model ? name : candidate.model.name}`;
  return [{ range: facts.modelRange, replacement, label }];
}

function edited(tools: CallTools, body: RequestBody, edits: readonly Edit[]): Uint8Array | OpenedBody {
  if (!(body instanceof Uint8Array)) return body.open(edits);
  return edits.length === 0 ? body : tools.applyEdits(body, edits);
}

const labelsOf = (edits: readonly Edit[]): readonly string[] => [...new Set(edits.map(({ label }) => label))];

/** What Ollama leaves out, other servers mostly obey. */
const ignoredBy = ({ backend }: Candidate, ignored: readonly string[]): readonly string[] =>
  backend.kind === "ollama" ? ignoredHeader(ignored) : NOTHING;

/** Servers other than Ollama may answer such a request as if they had failed; what they can see and hear, they tell. */
function missingSense({ backend, model }: Candidate, needed: readonly Capability[]): Capability | undefined {
  if (backend.kind === "ollama" || model.capabilities === undefined) return undefined;
  return SENSES.find((sense) => needed.includes(sense) && model.capabilities?.includes(sense) !== true);
}

const SENSES = ["vision", "audio"] as const satisfies readonly Capability[];

const ignoredHeader = (names: readonly string[]): readonly string[] =>
  names.length === 0 ? NOTHING : ["X-Fleet-Ignored", names.join(", ")];
