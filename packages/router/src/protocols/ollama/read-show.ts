import { readName } from "../reading/fields.ts";
import { createReader } from "./create-reader.ts";
import { refuse } from "./refuse.ts";
import { showType } from "./request-types.ts";

/** Bodies of `/api/show`. The command line sends both names with one of them empty, so empty counts as absent. */
export const { read: readShow, judge: judgeShow } = createReader({
  fields: { model: readName("model"), name: readName("name") },
  type: showType,
  nameField: ({ model, name }) => (model === undefined || model.text === "" ? name : model),
  refuseMissing: () => refuse(400, "model is required"),
  kind: () => "show",
  isStreamByDefault: false,
});
