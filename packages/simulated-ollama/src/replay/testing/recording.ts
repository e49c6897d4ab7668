import { readdirSync, readFileSync } from "node:fs";
import { recordedModels, type SimulatedModel } from "../../options.ts";

/** One recorded exchange; see the README beside the recordings. */
export interface Recording {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body?: string | null;
    readonly bodyBase64?: string | null;
    readonly httpVersion?: string;
  };
  readonly response: {
    readonly status: number | null;
    readonly headers: readonly (readonly [string, string])[];
    readonly transferEncoding: "chunked" | null;
    readonly chunks: readonly { readonly text?: string; readonly base64?: string }[];
    readonly endedBy: "complete" | "reset" | "timeout" | "client-abort";
  };
}

const folder = new URL("../../../fixtures/ollama-0.24.0/", import.meta.url);

/** All recordings, by name. */
export function readRecordings(): readonly Recording[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), "utf8")) as Recording);
}

/** One recording. Throws when there is none of this name. */
export function recordingNamed(name: string): Recording {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Recording;
}

/** The body of a recorded answer as text. */
function recordedText(recording: Recording): string {
  return recordedChunks(recording).join("");
}

/** The chunks of a recorded answer as texts. */
export function recordedChunks(recording: Recording): readonly string[] {
  return recording.response.chunks.map(
    (chunk) => chunk.text ?? Buffer.from(chunk.base64 ?? "", "base64").toString("utf8"),
  );
}

/** The recorded models and the variants that were made of one of them. */
export function recordedNode(): readonly SimulatedModel[] {
  const variants = {
    "smol-sys": [],
    "smol-ctx": [],
    "smol-tools": ["tools"],
    "smol-think": ["thinking"],
    "smol-insert": ["insert"],
  };
  const base = recordedModels.find((model) => model.family === "llama");
  if (base === undefined) throw new Error("the recorded llama is missing");
  const embedding = recordedModels.filter((model) => model.family === "bert");
  const { digest: _, ...shared } = base;
  return [
    ...recordedModels,
    ...Object.entries(variants).map(([name, more]) => ({ ...shared, name, capabilities: ["completion", ...more] })),
    ...embedding.map((model) => ({ ...model, name: "127.0.0.1:11522/library/mini:latest" })),
  ];
}

interface Listed {
  readonly name?: string;
  readonly id?: string;
  readonly size?: number;
  readonly digest?: string;
  readonly details?: { readonly family: string; readonly parameter_size: string; readonly quantization_level: string };
}

/** The models that a recorded list names, as descriptions. */
export function listedModels(recording: Recording): readonly SimulatedModel[] {
  const body = JSON.parse(recordedText(recording)) as { models?: readonly Listed[]; data?: readonly Listed[] | null };
  return (body.models ?? body.data ?? []).map((entry) => ({
    name: entry.name ?? entry.id ?? "",
    sizeBytes: entry.size ?? 1e8,
    capabilities: entry.details?.family === "bert" ? ["embedding"] : ["completion"],
    contextLength: 8192,
    parameterSize: entry.details?.parameter_size ?? "1B",
    quantization: entry.details?.quantization_level ?? "F16",
    family: entry.details?.family ?? "llama",
    ...(entry.digest === undefined ? {} : { digest: entry.digest }),
  }));
}
