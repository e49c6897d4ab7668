import type { BackendReading, Heartbeat, ServedModel } from "@herd/shared";
import { modelKeyOf } from "../../domain/model-name.ts";
import { backendIdOf, memoryKeyOf, OLLAMA_ID } from "./backend-id.ts";
import { type ServedName, servedNamesOf } from "./served-names.ts";

/** The servers beside Ollama that a heartbeat shows. */
export const serversOf = ({ backends = [] }: Pick<Heartbeat, "backends">): readonly BackendReading[] =>
  backends.filter((backend) => backend.kind === "openai-compatible" && backendIdOf(backend) !== OLLAMA_ID);

/** A model of such a server with the name that clients use. */
export interface NamedModel extends ServedName {
  readonly served: ServedModel;
}

/** What a server offers, named. An agent that tells no facts tells names at least. */
export function namedModelsOf({ served, models }: Pick<BackendReading, "served" | "models">): readonly NamedModel[] {
  const all = served ?? models.map((name): ServedModel => ({ name, is_loaded: true, context_length: 0 }));
  const names = servedNamesOf(all.map(({ name }) => name));
  return all.flatMap((model) => {
    const named = names.get(model.name);
    return named === undefined ? [] : [{ ...named, served: model }];
  });
}

/** Every model that a heartbeat shows in memory, as `memoryKeyOf` names it. */
export function loadedKeysOf(heartbeat: Heartbeat): ReadonlySet<string> {
  const ofOllama = heartbeat.ollama.models_loaded.flatMap(({ name }) => {
    const key = modelKeyOf(name);
    return key === undefined ? [] : [memoryKeyOf(OLLAMA_ID, key)];
  });
  const ofServers = serversOf(heartbeat).flatMap((server) =>
    namedModelsOf(server).flatMap(({ key, served }) =>
      served.is_loaded ? [memoryKeyOf(backendIdOf(server), key)] : [],
    ),
  );
  return new Set([...ofOllama, ...ofServers]);
}

/** A heartbeat with its servers changed by `change`; undefined takes one out. */
export function withServers(
  heartbeat: Heartbeat,
  change: (server: BackendReading) => BackendReading | undefined,
): Heartbeat {
  const { backends } = heartbeat;
  if (backends === undefined) return heartbeat;
  const servers = new Set(serversOf(heartbeat));
  return {
    ...heartbeat,
    backends: backends.flatMap((backend) => (servers.has(backend) ? (change(backend) ?? []) : [backend])),
  };
}

/** The same server with nothing in memory. */
export const withNothingLoaded = (server: BackendReading): BackendReading => ({
  ...server,
  ...(server.served === undefined ? {} : { served: server.served.map((model) => ({ ...model, is_loaded: false })) }),
});

/** The same server without the models that do not fit. */
export function withoutModels(server: BackendReading, isKept: (model: NamedModel) => boolean): BackendReading {
  const kept = namedModelsOf(server).filter(isKept);
  return {
    ...server,
    models: kept.map(({ served }) => served.name),
    ...(server.served === undefined ? {} : { served: kept.map(({ served }) => served) }),
  };
}
