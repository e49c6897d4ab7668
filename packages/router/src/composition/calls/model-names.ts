import type { ModelKey } from "@herd/shared";
import type { FleetSnapshot } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import { claudeModelOf } from "../../models/claude-names/claude-model-of.ts";
import type { ServeParts } from "../../pipeline/parts.ts";
import { type AutoContextSources, createAutoContexts } from "./auto-contexts.ts";

/** What names are looked up in. */
export interface NameSources extends AutoContextSources {
  /** The fleet with or without the machines of the demo. */
  readonly fleet: (withDemo: boolean) => FleetSnapshot;
}

/** The parts of serving that know what model names stand for. */
export function createModelNames(sources: NameSources): Pick<ServeParts, "aliasOf" | "numCtxFor" | "holdersOf"> {
  const { settings, fleet } = sources;
  const autoContextOf = createAutoContexts(sources);
  return {
    aliasOf: (model, { dialect, seesDemo, needed = [] }) => {
      const alias = lookUp(settings.modelAliases, model);
      if (alias !== undefined || dialect !== "anthropic") return alias ?? model;
      const { anthropicModelMap: map, anthropicAutoRoute: autoRoute } = settings;
      const models = fleet(seesDemo).holders;
      const served = claudeModelOf({ requested: model, map, autoRoute, models, needed }) ?? model;
      return lookUp(settings.modelAliases, served) ?? served;
    },
    numCtxFor: (key, promptTokens) =>
      settings.dynamicNumCtx
        ? (contextOf(settings.numCtxOverrides, key) ?? autoContextOf(key, promptTokens))
        : undefined,
    holdersOf: (key, seesDemo) => fleet(seesDemo).holders.get(key) ?? [],
  };
}

/** The entry for a name; other spellings of the same name count, too. */
function lookUp(entries: Readonly<Record<string, string>>, model: string): string | undefined {
  // A name such as `constructor` is a member of every object, but nobody's alias.
  if (Object.hasOwn(entries, model)) return entries[model];
  const key = modelKeyOf(model);
  const found = Object.keys(entries).find((name) => modelKeyOf(name) === key);
  return found === undefined ? undefined : entries[found];
}

const contextOf = (overrides: Readonly<Record<string, number>>, key: ModelKey): number | undefined =>
  Object.entries(overrides).find(([name]) => modelKeyOf(name) === key)?.[1];
