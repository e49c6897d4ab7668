import type { IncomingMessage } from "node:http";
import type { FastifyInstance } from "fastify";
import type { SpooledBody } from "../../domain/request-body.ts";
import { handOver, type RouteDoors } from "../inference-route.ts";
import { createTranscriptionForm } from "./transcription-form.ts";
import { transcriptionVoice } from "./voice.ts";

/** What the routes of speech are given. */
export interface SpeechDoors extends RouteDoors {
  /** Puts a body aside while it comes in; `observe` sees every chunk. Rejects with an error of the catalogue. */
  readonly spool: (request: IncomingMessage, observe: (chunk: Uint8Array) => void) => Promise<SpooledBody>;
}

/** Adds `/v1/audio/transcriptions`: the upload is read while it is put aside, and sent on from there, once per attempt. */
export function addSpeechRoutes(server: FastifyInstance, doors: SpeechDoors): void {
  server.post("/v1/audio/transcriptions", { config: { body: "stream" } }, async (request, reply) => {
    const form = createTranscriptionForm({ contentType: request.raw.headers["content-type"], path: request.url });
    const upload = await doors.spool(request.raw, form.observe);
    if (reply.raw.destroyed) upload.dispose();
    else reply.raw.once("close", upload.dispose);
    const voice = transcriptionVoice(form.end());
    handOver(doors, { request, reply, voice }, (incoming) => doors.serve({ ...incoming, upload }, voice));
    return reply;
  });
}
