import type { ModelKey } from "@herd/shared";
import { modelKeyOf } from "../../domain/model-name.ts";
import type { Capability } from "../../domain/request.ts";
import { bestChatModel, type ModelPlace } from "./best-chat-model.ts";

/** What decides which model stands behind the name that a client of Anthropic's API asked for. */
export interface ClaudeNameQuestion {
  readonly requested: string;
  /** The setting `anthropic_model_map`: names to models; the name `default` stands for every other `claude*`. */
  readonly map: Readonly<Record<string, string>>;
  /** The setting `anthropic_auto_route`: a `claude*` that nothing maps goes to the best chat model. */
  readonly autoRoute: boolean;
  /** Who has which model, as `FleetSnapshot.holders` of the fleet that the caller may see. */
  readonly models: ReadonlyMap<ModelKey, readonly ModelPlace[]>;
  /** What the request needs of a model, as in `BodyFacts.needed`; the best chat model should have it. */
  readonly needed?: readonly Capability[];
}

const FAMILY = "claude";
const DEFAULT_KEY = "default";
/** The predecessor's mark of a model on an MLX server, which is a backend like any other here. */
const MLX_PREFIX = "mlx:";

/**
 * The model that serves a request to Anthropic's API, or undefined when nothing stands behind the name. In this order: a
 * key of the map in the very words of the request · a model that some node has under that name · any name with a tag, or
 * that does not begin with `claude`, is itself · the longest key that the name begins with, up to a `-`, so that
 * `claude-sonnet-4-5` also stands for its dated versions and `claude-haiku` for the family · the key `default` · the best
 * chat model of the fleet.
 */
export function claudeModelOf({ requested, map, autoRoute, models, needed = [] }: ClaudeNameQuestion) {
  const name = requested.trim().toLowerCase();
  const entries = Object.entries(map).flatMap(([key, model]) =>
    model.trim() === "" ? [] : [{ key: key.trim().toLowerCase(), model: model.trim() }],
  );
  const mapped = (wanted: string | undefined): string | undefined =>
    withoutMark(entries.find(({ key }) => key === wanted)?.model, models);
  const exact = mapped(name);
  if (exact !== undefined) return exact;
  if (isHeld(requested, models) || name.includes(":") || !name.startsWith(FAMILY)) return requested;
  const family = longestPrefix(
    name,
    entries.map(({ key }) => key),
  );
  return (
    mapped(family) ?? mapped(DEFAULT_KEY) ?? (autoRoute ? bestChatModel(models.values(), needed)?.name : undefined)
  );
}

const isHeld = (name: string, models: ClaudeNameQuestion["models"]): boolean => {
  const key = modelKeyOf(name);
  return key !== undefined && models.has(key);
};

const longestPrefix = (name: string, keys: readonly string[]): string | undefined =>
  keys.filter((key) => name.startsWith(`${key}-`)).toSorted((one, other) => other.length - one.length)[0];

const withoutMark = (model: string | undefined, models: ClaudeNameQuestion["models"]): string | undefined =>
  model?.startsWith(MLX_PREFIX) === true && !isHeld(model, models) ? model.slice(MLX_PREFIX.length) : model;
