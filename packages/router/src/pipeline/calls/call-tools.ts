import type { BackendSnapshot } from "../../domain/fleet-snapshot.ts";
import type { Edit } from "../../domain/request.ts";
import type { Translation, TranslationTask } from "../../domain/translation.ts";
import type { WireRoute } from "../../domain/wire-route.ts";

/** What may be changed in requests. */
export interface CallRules {
  readonly contextProtection: "strip" | "warn" | "passthrough";
  /** Factor for the output limit of models that think; 1 = none. */
  readonly thinkingOverhead: number;
  /** Least limit that the factor leaves, tokens. */
  readonly thinkingMinPredict: number;
}

/** What preparing a call works with. */
export interface CallTools {
  readonly applyEdits: (body: Uint8Array, edits: readonly Edit[]) => Uint8Array;
  /** Makes a native body name this context, or none. */
  readonly editNumCtx: (body: Uint8Array, tokens: number | undefined) => readonly Edit[];
  readonly raiseOutputLimit: (
    body: Uint8Array,
    route: WireRoute | undefined,
    raise: (tokens: number) => number,
  ) => readonly Edit[];
  /** The route by which a backend that lacks this one serves it; undefined when there is none. */
  readonly targetRouteOf: (
    route: WireRoute,
    backend: Pick<BackendSnapshot, "kind" | "version">,
  ) => WireRoute | undefined;
  readonly translate: (task: TranslationTask) => Translation;
  /** The message inside a backend's error answer; undefined when there is none. */
  readonly errorMessageOf: (body: Uint8Array) => string | undefined;
  /** The rules of this moment. */
  readonly rules: () => CallRules;
}
