import { defaultCatalogue } from "../disk/default-catalogue.ts";
import type { InventedModel, SimulatedModel } from "../options.ts";
import { demoModels } from "./demo-models.ts";

const PREFIX = "demo-";
/** What a model is taken for when its name tells no number of parameters, in billions. */
const USUAL_PARAMETERS = 7;
/** Well-known names that tell nothing, in billions of parameters. */
const KNOWN_PARAMETERS: Readonly<Record<string, number>> = { codestral: 22.2, mixtral: 46.7 };
/** Bytes per parameter at four bits and a half. */
const BYTES_PER_PARAMETER = 0.6;
/** Larger ones would make nobody happier. */
const LARGEST_BYTES = 24e9;

/** What a pull in the demo brings: any name succeeds, as a simulated model with `demo-` before its name. */
export function inventModel(asked: string): InventedModel {
  const name = demoName(asked);
  const known = [...Object.values(demoModels), ...defaultCatalogue].find((model) => isNamed(model, asked));
  const model =
    known === undefined ? guessed(name) : { ...known, name, sizeBytes: Math.min(LARGEST_BYTES, known.sizeBytes) };
  return {
    model,
    notice: `this is the demo: nothing is downloaded; a simulated model will be listed as ${name}`,
  };
}

/** `codestral` becomes `demo-codestral`; a host or folder before the name is dropped. */
function demoName(asked: string): string {
  const last = asked.split("/").at(-1) ?? asked;
  return last.startsWith(PREFIX) ? last : PREFIX + last;
}

const isNamed = ({ name }: SimulatedModel, asked: string): boolean => withTag(name) === withTag(asked);
const withTag = (name: string): string => (name.includes(":") ? name : `${name}:latest`).toLowerCase();

function guessed(name: string): SimulatedModel {
  const told = /(?:^|[^\d.])(\d+(?:\.\d+)?)b(?![a-z])/i.exec(name)?.[1];
  const base = name.slice(PREFIX.length).split(":")[0] ?? "";
  const billions = Number(told ?? (Object.hasOwn(KNOWN_PARAMETERS, base) ? KNOWN_PARAMETERS[base] : USUAL_PARAMETERS));
  const isEmbedding = /embed|minilm|bge/i.test(name);
  return {
    name,
    sizeBytes: Math.round(Math.min(LARGEST_BYTES, Math.max(0.1, billions) * BYTES_PER_PARAMETER * 1e9)),
    capabilities: isEmbedding ? ["embedding"] : ["completion", "tools"],
    contextLength: 32_768,
    parameterSize: `${billions}B`,
    quantization: "Q4_K_M",
    family: isEmbedding ? "bert" : "llama",
  };
}
