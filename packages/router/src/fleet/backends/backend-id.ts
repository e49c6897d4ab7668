import type { BackendReading, ModelKey, NodeId } from "@herd/shared";

/** Every node's Ollama, whether it has one or not. */
export const OLLAMA_ID = "ollama";

/** A backend of a node. A node alone stands for its Ollama. */
export type BackendPlace = NodeId | { readonly node: NodeId; readonly backendId: string };

/** The node and the backend that a place names. */
export const placeOf = (place: BackendPlace): { readonly node: NodeId; readonly backendId: string } =>
  typeof place === "string" ? { node: place, backendId: OLLAMA_ID } : place;

/** The id of a backend is the path that leads to it on the gateway. */
export const backendIdOf = ({ path }: Pick<BackendReading, "path">): string => path.slice(1);

/**
 * Names a model on one backend of a node; a model of the Ollama is named by its key alone, of which no other such name can be
 * the beginning, since no key holds a blank.
 */
export const memoryKeyOf = (backendId: string, key: ModelKey): string =>
  backendId === OLLAMA_ID ? key : `${backendId} ${key}`;
