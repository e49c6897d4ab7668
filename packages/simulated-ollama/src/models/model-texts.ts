/** The texts that come with a model and that a description may leave out. */
import type { ModelParameters, SimulatedModel } from "../options.ts";

/** The template as given, or one that has what the capabilities need. */
export function templateOf(model: SimulatedModel): string {
  if (model.template !== undefined) return model.template;
  if (!model.capabilities.includes("completion")) return "{{ .Prompt }}";
  const has = (capability: string, text: string) => (model.capabilities.includes(capability) ? text : "");
  const tools = has("tools", "{{- if .Tools }}<|im_start|>system\n{{ .Tools }}<|im_end|>\n{{ end }}");
  const insert = has("insert", "{{- if .Suffix }}{{ .Prompt }}[{{ .Suffix }}]{{ end }}");
  const thinking = has("thinking", "{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}");
  const turn = `<|im_start|>{{ .Role }}\n${thinking}{{ .Content }}<|im_end|>\n`;
  return `${tools}${insert}{{- range .Messages }}${turn}{{ end }}<|im_start|>assistant\n`;
}

/** The capabilities that a template gives to a model, as Ollama looks for them. */
export function capabilitiesByTemplate(capabilities: readonly string[], template: string): readonly string[] {
  const kept = capabilities.filter((name) => !["tools", "insert", "thinking"].includes(name));
  const has = (name: string, pattern: RegExp) => (pattern.test(template) ? [name] : []);
  return [
    ...kept,
    ...has("tools", /\.Tools\b/),
    ...has("insert", /\.Suffix\b/),
    ...has("thinking", /\.Thinking\b|\$\.Think\b/),
  ];
}

/** The parameters as given, or the stop strings of the template above. */
export function parametersOf(model: SimulatedModel): ModelParameters {
  if (model.parameters !== undefined) return model.parameters;
  return model.capabilities.includes("completion") ? { stop: ["<|im_start|>", "<|im_end|>"] } : {};
}

/** Name and printed value of each parameter, by name; one entry per item of a list. */
export function parameterEntries(
  parameters: ModelParameters,
): readonly (readonly [string, string | number | boolean])[] {
  return Object.entries(parameters)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, value]) => (typeof value === "object" ? value : [value]).map((item) => [name, item] as const));
}
