import type { RouteVoice } from "../../pipeline/incoming.ts";
import { unknownModelMessage } from "../ollama/encode-error.ts";
import { encodeError } from "../openai/encode-error.ts";
import type { FormReading } from "./read-transcription.ts";
import { createTranscriptionTap } from "./transcription-tap.ts";

/** How `/v1/audio/transcriptions` speaks about one form, which was read while it came in. */
export const transcriptionVoice = (reading: FormReading): RouteVoice => ({
  dialect: "openai",
  kind: "transcribe",
  route: "/v1/audio/transcriptions",
  read: () => reading,
  judge: () => undefined,
  createTap: createTranscriptionTap,
  encodeError: ({ status, message }) => encodeError(status, message),
  unknownModel: unknownModelMessage,
  // One piece of text has no place for an error after its first byte.
  failureRecord: () => undefined,
});
