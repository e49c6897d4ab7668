import { scanDocument } from "../../json/scan-document.ts";
import { skipValue } from "../../json/skip.ts";
import { decodeString } from "../../json/text.ts";
import { valueKind } from "../../json/value-kind.ts";
import { readName, readNullableStream } from "../../reading/fields.ts";
import { createObjectReader } from "../../reading/object-reader.ts";
import { createReader } from "../create-reader.ts";
import { refuse } from "../refuse.ts";
import { pullType } from "../request-types.ts";

/** Bodies of `/api/pull`. */
export const pullReader = createReader({
  fields: { model: readName("model"), name: readName("name"), stream: readNullableStream },
  type: pullType,
  nameField: ({ model, name }) => (model === undefined || model.text === "" ? name : model),
  refuseMissing: () => refuse(400, "invalid model name"),
  kind: () => "pull",
  isStreamByDefault: true,
});

interface NodeDraft {
  readonly body: Uint8Array;
  nodeId: string | undefined;
}

const readFields = createObjectReader<NodeDraft>({
  node_id: (draft, at) => {
    const end = skipValue(draft.body, at);
    if (valueKind(draft.body, at) === "string") draft.nodeId = decodeString(draft.body, at, end) || undefined;
    return end;
  },
});

/** The node that a body of ours names, by `node_id`; Ollama knows no such member and passes over it. */
export function readNodeId(body: Uint8Array): string | undefined {
  const document = scanDocument(body);
  if (document.kind !== "value") return undefined;
  const draft: NodeDraft = { body, nodeId: undefined };
  readFields(draft, document.start);
  return draft.nodeId;
}
