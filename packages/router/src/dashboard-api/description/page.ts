import type { JsonSchema, OpenApiDocument, Operation } from "./open-api-document.ts";
import { pageStyle } from "./page-style.ts";

/** All routes as a page: a line each, which unfolds to what may be sent. Without script. */
export function pageOf({ info, paths }: OpenApiDocument): string {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = Map.groupBy(rows, ({ operation }) => operation.tags[0] ?? "");
  const parts = [...groups].map(([tag, group]) => `<h2>${escaped(tag)}</h2>\n${group.map(routeOf).join("\n")}`);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(info.title)}: all routes</title><style>${pageStyle}</style></head>
<body><main>
<h1>${escaped(info.title)} ${escaped(info.version)}: all routes</h1>
<p>${escaped(info.description)}</p>
<p>The same for programs: <a href="/openapi.json">/openapi.json</a></p>
${parts.join("\n")}
</main></body>
</html>
`;
}

interface Row {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

const routeOf = ({ path, method, operation }: Row): string => `<details>
<summary><b>${escaped(method.toUpperCase())}</b><span>${escaped(path)}</span><span class="what">${escaped(operation.summary)}</span></summary>
<div><p>${escaped(operation.description)}</p>
<p>Who may: <code>${escaped(operation["x-herd-access"])}</code></p>
${fieldsTable([...(operation.parameters ?? []).map(parameterField), ...bodyFields(operation)])}
</div></details>`;

/** What may be sent, and where. */
interface Field {
  readonly name: string;
  readonly place: string;
  readonly isRequired: boolean;
  readonly schema: JsonSchema;
  readonly text: string;
}

const parameterField = (parameter: object): Field => {
  const { name, in: place, required, description, schema } = parameter as Readonly<Record<string, unknown>>;
  return {
    name: String(name),
    place: String(place),
    isRequired: required === true,
    schema: objectOf(schema),
    text: typeof description === "string" ? description : "",
  };
};

function bodyFields({ requestBody }: Operation): readonly Field[] {
  const content = objectOf(objectOf(requestBody)["content"]);
  const schema = objectOf(objectOf(content["application/json"])["schema"]);
  const required = Array.isArray(schema["required"]) ? (schema["required"] as readonly unknown[]) : [];
  return Object.entries(objectOf(schema["properties"])).map(([name, property]) => ({
    name,
    place: "body",
    isRequired: required.includes(name),
    schema: objectOf(property),
    text: "",
  }));
}

function fieldsTable(fields: readonly Field[]): string {
  if (fields.length === 0) return "";
  const lines = fields.map(
    ({ name, place, isRequired, schema, text }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${escaped(place)}${isRequired ? ", required" : ""}</td><td><code>${escaped(typeText(schema))}</code> ${escaped(text)}</td></tr>`,
  );
  return `<table>\n<tr><th>Name</th><th>Where</th><th>What</th></tr>\n${lines.join("\n")}\n</table>`;
}

/** Its type with bounds, choices and default, in one line. */
function typeText(schema: JsonSchema): string {
  const choices = schema["enum"] ?? (schema["const"] === undefined ? undefined : [schema["const"]]);
  if (Array.isArray(choices)) return choices.map(String).join(" | ") + defaultText(schema);
  const either = schema["anyOf"];
  if (Array.isArray(either)) return either.map((one) => typeText(objectOf(one))).join(" | ") + defaultText(schema);
  const bounds = [boundText("from", schema["minimum"]), boundText("to", schema["maximum"])].join("");
  return `${String(schema["type"] ?? "any")}${bounds}${defaultText(schema)}`;
}

/** Bounds that every whole number has say nothing. */
const boundText = (word: string, bound: unknown): string =>
  typeof bound === "number" && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? ` ${word} ${bound}` : "";

const defaultText = (schema: JsonSchema): string =>
  schema["default"] === undefined ? "" : `, default ${JSON.stringify(schema["default"])}`;

const objectOf = (value: unknown): JsonSchema =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {};

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => escapes[sign] ?? "");
