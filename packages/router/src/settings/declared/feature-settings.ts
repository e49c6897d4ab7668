import { toggleSetting } from "@herd/shared";

/** Routes that can be closed. */
export const featureSettings = {
  imageGeneration: toggleSetting({
    meaning: "POST /v1/images/generations is served; off: it is refused with 503.",
    default: true,
    isLive: true,
  }),
  transcription: toggleSetting({
    meaning: "POST /v1/audio/transcriptions is served; off: it is refused with 503.",
    default: true,
    isLive: true,
  }),
};
