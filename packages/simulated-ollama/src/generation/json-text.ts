/** Makes a small value that satisfies a JSON schema, for `format` and for the arguments of tool calls. */
export function exampleOf(schema: unknown, depth = 0): unknown {
  if (!isRecord(schema) || depth > 8) return {};
  if ("const" in schema) return schema["const"];
  const options = schema["enum"];
  if (Array.isArray(options) && options.length > 0) return options[0];
  const choices = schema["anyOf"] ?? schema["oneOf"];
  if (Array.isArray(choices) && choices.length > 0) return exampleOf(choices[0], depth + 1);
  return exampleOfType(schema, depth);
}

/** The value as a model writes it: spread over lines, in pieces of one token each. */
export function jsonTokens(value: unknown): readonly string[] {
  return JSON.stringify(value, undefined, 2).match(/\s*[\p{L}\p{N}]+|\s*[^\s\p{L}\p{N}]/gu) ?? [];
}

function exampleOfType(schema: Record<string, unknown>, depth: number): unknown {
  const type = Array.isArray(schema["type"]) ? schema["type"][0] : schema["type"];
  switch (type) {
    case "string":
      return "sea";
    case "integer":
    case "number":
      return typeof schema["minimum"] === "number" ? schema["minimum"] : 1;
    case "boolean":
      return true;
    case "null":
      return null;
    case "array": {
      const least = typeof schema["minItems"] === "number" ? schema["minItems"] : 1;
      return Array.from({ length: least }, () => exampleOf(schema["items"], depth + 1));
    }
    default:
      return exampleOfObject(schema, depth);
  }
}

function exampleOfObject(schema: Record<string, unknown>, depth: number): unknown {
  const properties = schema["properties"];
  if (!isRecord(properties)) return {};
  return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, exampleOf(inner, depth + 1)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
