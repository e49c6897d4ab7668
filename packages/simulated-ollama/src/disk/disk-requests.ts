/** The bodies of the routes that change the disk, with the names that Go's errors print. */
import { bool, type Decoded, type GoType, list, map, raw, struct, text } from "../json/go-type.ts";
import type { JsonNode } from "../json/parse-json.ts";
import type { ModelParameters } from "../options.ts";

/** What Go's types of both directions have in common. */
const transfer = { model: text, insecure: bool, username: text, password: text, stream: bool, name: text };

/** The body of `/api/pull`. */
export const pullRequest = struct("api.PullRequest", transfer);

/** The body of `/api/push`. */
export const pushRequest = struct("api.PushRequest", transfer);

/** The body of `/api/copy`. */
export const copyRequest = struct("api.CopyRequest", { source: text, destination: text });

/** The body of `/api/delete`. */
export const deleteRequest = struct("api.DeleteRequest", { model: text, name: text });

/** An object of texts. */
const textMap: GoType<ReadonlyMap<string, string>> = {
  decode(node, place) {
    if (node.kind === "null") return undefined;
    if (node.kind !== "object") {
      place.errors.push(
        `json: cannot unmarshal ${node.kind} into Go struct field ${place.struct}.${place.path.join(".")} of type map[string]string`,
      );
      return undefined;
    }
    const entries = node.members.map((member) => [member.name, text.decode(member.value, place) ?? ""] as const);
    return new Map(entries);
  },
};

/** The body of `/api/create`. */
export const createRequest = struct("api.CreateRequest", {
  model: text,
  stream: bool,
  quantize: text,
  from: text,
  remote_host: text,
  files: textMap,
  adapters: textMap,
  template: text,
  license: raw,
  system: text,
  parameters: map,
  messages: list("[]api.Message", struct("api.Message", { role: text, content: text })),
  renderer: text,
  parser: text,
  requires: text,
  info: map,
  name: text,
  quantization: text,
});

/** The licenses of a create request: one text or a list of them. */
export function readLicenses(node: JsonNode | undefined): Decoded<readonly string[] | undefined> {
  if (node === undefined || node.kind === "null") return { ok: true, value: undefined };
  if (node.kind === "string") return { ok: true, value: node.value === "" ? undefined : [node.value] };
  if (node.kind !== "array") {
    return { ok: false, error: `json: cannot unmarshal ${node.kind} into Go value of type []string` };
  }
  const wrong = node.items.find((item) => item.kind !== "string");
  if (wrong !== undefined)
    return { ok: false, error: `json: cannot unmarshal ${wrong.kind} into Go value of type string` };
  return { ok: true, value: node.items.flatMap((item) => (item.kind === "string" ? item.value : [])) };
}

/** The parameters of a create request; nulls and nested objects are left out. */
export function readParameters(node: (JsonNode & { kind: "object" }) | undefined): ModelParameters {
  const entries = (node?.members ?? []).flatMap(({ name, value }) => {
    const read = value.kind === "array" ? value.items.flatMap((item) => simpleValue(item) ?? []) : simpleValue(value);
    return read === undefined ? [] : [[name, read] as const];
  });
  return Object.fromEntries(entries);
}

function simpleValue(node: JsonNode): string | number | boolean | undefined {
  switch (node.kind) {
    case "string":
    case "bool":
      return node.value;
    case "number":
      return Number(node.text);
    default:
      return undefined;
  }
}
