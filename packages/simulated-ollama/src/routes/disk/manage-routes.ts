/** The short routes of the disk: copy, delete and single files. */
import { type Blob, digestDigits } from "../../disk/blobs.ts";
import { copyRequest, deleteRequest } from "../../disk/disk-requests.ts";
import { readGguf } from "../../disk/read-gguf.ts";
import type { WholeAnswer } from "../../http/answer.ts";
import type { Exchange } from "../../http/exchange.ts";
import { renameModel } from "../../models/library.ts";
import { sha256 } from "../../models/model-layers.ts";
import { parseModelName } from "../../models/model-name.ts";
import type { SimulatedNode } from "../../node.ts";
import { missingBody, readBody } from "../../requests/read-body.ts";
import { badRequest } from "./bad-request.ts";

const done: WholeAnswer = { status: 200, headers: [], body: "" };

/** POST /api/copy. */
export function copyAnswer(exchange: Exchange, { storage, pace }: SimulatedNode): WholeAnswer {
  const body = readBody(copyRequest, exchange.body, missingBody);
  if (!body.ok) return badRequest(body.error);
  const { source = "", destination = "" } = body.value;
  if (parseModelName(source) === undefined) return badRequest(`source ${JSON.stringify(source)} is invalid`);
  const name = parseModelName(destination);
  if (name === undefined) return badRequest(`destination ${JSON.stringify(destination)} is invalid`);
  const model = storage.library.find(source);
  if (model === undefined) return badRequest(`model ${JSON.stringify(source)} not found`, 404);
  storage.library.put(renameModel(model, name, pace.now()));
  return done;
}

/** DELETE /api/delete. A loaded model stays loaded until its time is over, as in Ollama. */
export function deleteAnswer(exchange: Exchange, { storage }: SimulatedNode): WholeAnswer {
  const body = readBody(deleteRequest, exchange.body, missingBody);
  if (!body.ok) return badRequest(body.error);
  const name = body.value.model || body.value.name || "";
  if (name === "") return badRequest("model is required");
  if (parseModelName(name) === undefined) return badRequest(`name ${JSON.stringify(name)} is invalid`);
  const model = storage.library.find(name);
  if (model === undefined) return badRequest(`model '${name}' not found`, 404);
  storage.library.remove(model);
  storage.blobs.removeUnused(model.layers, storage.library);
  return done;
}

/** HEAD /api/blobs/:digest. */
export function headBlobAnswer(digest: string, { storage }: SimulatedNode): WholeAnswer {
  const digits = digestDigits(digest);
  if (digits === undefined) return badRequest("invalid digest format");
  if (storage.blobs.find(digits) === undefined) return badRequest(`blob ${JSON.stringify(digest)} not found`, 404);
  return { ...done, isFlushed: true };
}

/** POST /api/blobs/:digest. A file that is there already is not read. */
export function postBlobAnswer(exchange: Exchange, digest: string, { storage }: SimulatedNode): WholeAnswer {
  const digits = digestDigits(digest);
  if (digits === undefined) return badRequest("invalid digest format");
  if (storage.blobs.find(digits) !== undefined) return done;
  const received = sha256(exchange.body);
  const blob: Blob = { sizeBytes: exchange.body.length, weights: readGguf(exchange.body) };
  if (!storage.blobs.write(received, blob)) {
    return badRequest("write /srv/ollama/models/blobs/sha256-1: no space left on device", 500);
  }
  if (`sha256:${received}` === digest) return { ...done, status: 201 };
  return badRequest(`digest mismatch, expected ${JSON.stringify(digest)}, got "sha256:${received}"`);
}
