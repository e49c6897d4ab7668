import type { ModelSnapshot } from "../../domain/fleet-snapshot.ts";

/**
 * What `/api/show` says about a model of a server that has no such route: everything that its lists told. Clients read the
 * capabilities, the context length and the details; there is no template and no licence to tell.
 */
export function standInShow({ facts, capabilities, contextMax, name }: ModelSnapshot): object {
  const architecture = facts.family ?? "unknown";
  return {
    modelfile: `# ${name} is served by a server with OpenAI's API`,
    parameters: "",
    template: "",
    details: {
      parent_model: "",
      format: facts.format ?? "",
      family: facts.family ?? "",
      families: facts.families ?? null,
      parameter_size: facts.parameterSize ?? "",
      quantization_level: facts.quantization ?? "",
    },
    model_info: {
      "general.architecture": architecture,
      "general.basename": name,
      ...(contextMax === undefined ? {} : { [`${architecture}.context_length`]: contextMax }),
    },
    capabilities: capabilities ?? ["completion"],
    modified_at: facts.modifiedAt ?? "1970-01-01T00:00:00Z",
  };
}
