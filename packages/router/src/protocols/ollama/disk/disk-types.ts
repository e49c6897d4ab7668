import { any, anyMap, bool, type GoType, opaque, slice, string, struct } from "../../go-types/go-type.ts";

/*
 * The structs of Ollama 0.24 for the routes that change or copy models, as its decoder sees them. The insides of messages
 * are left to the node.
 */

const texts: GoType = { kind: "map", name: "map[string]string", element: string };

/** Body of `/api/push`. */
export const pushType = struct("api.PushRequest", {
  model: string,
  insecure: bool,
  username: string,
  password: string,
  stream: bool,
  name: string,
});

/** Body of `/api/copy`. */
export const copyType = struct("api.CopyRequest", { source: string, destination: string });

/** Body of `/api/delete`. */
export const deleteType = struct("api.DeleteRequest", { model: string, name: string });

/** Body of `/api/create`. */
export const createType = struct("api.CreateRequest", {
  model: string,
  stream: bool,
  quantize: string,
  from: string,
  remote_host: string,
  files: texts,
  adapters: texts,
  template: string,
  license: any,
  system: string,
  parameters: anyMap,
  messages: slice("[]api.Message", opaque),
  renderer: string,
  parser: string,
  requires: string,
  info: anyMap,
  name: string,
  quantization: string,
});
