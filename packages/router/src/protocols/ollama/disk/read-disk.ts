import { parseModelName } from "../../../domain/model-name.ts";
import { goQuote } from "../../json/go-quote.ts";
import { readName, readNullableStream } from "../../reading/fields.ts";
import type { RouteReader } from "../../reading/route-reader.ts";
import { createReader } from "../create-reader.ts";
import { refuse } from "../refuse.ts";
import { copyType, createType, deleteType, pushType } from "./disk-types.ts";
import { failedPush, unqualifiedName } from "./failed-push.ts";
import { textMember, textsInMember } from "./members.ts";

const eitherName: Parameters<typeof createReader>[0]["nameField"] = ({ model, name }) =>
  model === undefined || model.text === "" ? name : model;

/** Bodies of `/api/push`. */
export const pushReader: RouteReader = createReader({
  fields: { model: readName("model"), name: readName("name"), stream: readNullableStream },
  type: pushType,
  nameField: eitherName,
  refuseMissing: () => refuse(400, "model is required"),
  refuseInvalid: (written, isStream) => failedPush(unqualifiedName(written), { isStream, code: "HERD_BAD_REQUEST" }),
  kind: () => "push",
  isStreamByDefault: true,
});

/** Bodies of `/api/delete`. */
export const deleteReader: RouteReader = createReader({
  fields: { model: readName("model"), name: readName("name") },
  type: deleteType,
  nameField: eitherName,
  refuseMissing: () => refuse(400, "model is required"),
  refuseInvalid: (written) => refuse(400, `name ${goQuote(written)} is invalid`),
  kind: () => "delete",
  isStreamByDefault: false,
});

const sourceInvalid = (written: string) => refuse(400, `source ${goQuote(written)} is invalid`);

const sourceReader = createReader({
  fields: { source: readName("model") },
  type: copyType,
  nameField: ({ model }) => model,
  refuseMissing: sourceInvalid,
  refuseInvalid: sourceInvalid,
  kind: () => "copy",
  isStreamByDefault: false,
});

/** Bodies of `/api/copy`; the model is the source. */
export const copyReader: RouteReader = {
  read: (body) => {
    const reading = sourceReader.read(body);
    const refusal = reading.refusal ?? sourceReader.judge(body);
    if (refusal !== undefined) return { refusal };
    const destination = textMember(body, "destination") ?? "";
    const isName = parseModelName(destination).kind === "name";
    return isName ? reading : { refusal: refuse(400, `destination ${goQuote(destination)} is invalid`) };
  },
  judge: sourceReader.judge,
};

const plainCreateReader = createReader({
  fields: { model: readName("model"), name: readName("name"), stream: readNullableStream },
  type: createType,
  nameField: eitherName,
  refuseMissing: () => refuse(400, "invalid model name"),
  kind: () => "create",
  isStreamByDefault: true,
});

/** Bodies of `/api/create`. */
export const createBodyReader: RouteReader = {
  read: (body) => {
    const reading = plainCreateReader.read(body);
    // Which nodes have the files is looked for by what these members say, so they must be what they seem.
    const refusal = reading.refusal ?? plainCreateReader.judge(body);
    return refusal === undefined ? reading : { refusal };
  },
  judge: plainCreateReader.judge,
};

/** What a model is created from. */
export interface CreateSources {
  /** The model that it is made from; undefined when it is made of files. */
  readonly from: string | undefined;
  /** Digests of the files and adapters that must have been uploaded. */
  readonly digests: readonly string[];
}

/** Reads what a body of `/api/create` builds on. */
export function readCreateSources(body: Uint8Array): CreateSources {
  const digests = ["files", "adapters"].flatMap((name) => textsInMember(body, name)).filter(isDigest);
  return { from: textMember(body, "from") || undefined, digests: [...new Set(digests)] };
}

/** Whether a text names a file as Ollama does. */
export const isDigest = (text: string): boolean => /^sha256[:-][0-9a-fA-F]{64}$/.test(text);
