import type { FleetNodeView } from "@herd/shared";
import { contextText, counted, gibText } from "../../text/amounts.ts";

type LoadedModel = NonNullable<FleetNodeView["ollama"]>["models_loaded"][number];

/** Up to so many are shown at once; of more, the rest waits behind a click. */
const MOST_SHOWN = 4;

/** What the part about models needs. */
export interface NodeModelsProps {
  readonly node: FleetNodeView;
  /** All names wait behind a click. */
  readonly isCompact: boolean;
}

/** The models in a node's memory with their size and context, and how many lie on its disk. */
export function NodeModels({ node, isCompact }: NodeModelsProps) {
  const loaded = node.status === "offline" ? [] : (node.ollama?.models_loaded ?? []);
  const count = countsText(node, loaded.length);
  if (isCompact && loaded.length > 0) {
    return (
      <details class="models">
        <summary>{count}</summary>
        <ModelList models={loaded} />
      </details>
    );
  }
  return (
    <div class="models">
      <p class="models-count">{count}</p>
      <FirstModels models={loaded} />
    </div>
  );
}

function FirstModels({ models }: { readonly models: readonly LoadedModel[] }) {
  const shown = models.length > MOST_SHOWN ? models.slice(0, MOST_SHOWN - 1) : models;
  const rest = models.slice(shown.length);
  return (
    <>
      {shown.length > 0 && <ModelList models={shown} />}
      {rest.length > 0 && (
        <details>
          <summary>{rest.length} more</summary>
          <ModelList models={rest} />
        </details>
      )}
    </>
  );
}

function ModelList({ models }: { readonly models: readonly LoadedModel[] }) {
  return (
    <ul class="model-list">
      {models.map((model) => (
        <li key={model.name}>
          <span class="model-name">{model.name}</span> <span class="model-size">{gibText(model.size_gb)}</span>{" "}
          <span class="model-context">{contextWords(model.context_length)}</span>
        </li>
      ))}
    </ul>
  );
}

function contextWords(tokens: number): string {
  const text = contextText(tokens);
  return text === undefined ? "" : `${text} context`;
}

function countsText(node: FleetNodeView, loaded: number): string {
  const onDisk = node.ollama?.models_available.length ?? 0;
  if (node.status === "offline") return `${onDisk === 0 ? "No models" : counted(onDisk, "model")} on disk`;
  const inMemory = loaded === 0 ? "No model" : counted(loaded, "model");
  return `${inMemory} in memory · ${onDisk === 0 ? "none" : onDisk} on disk`;
}
