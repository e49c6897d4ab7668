import { errorEntry } from "../../domain/errors.ts";
import { tellTrouble } from "../../pipeline/answers/answer.ts";
import type { RouteDoors } from "../../protocols/inference-route.ts";
import type { RouterSettings } from "../../settings/settings.ts";

/** Refuses what the settings have turned off, before anything of it is looked at. */
export function closedRoutes(settings: RouterSettings, serve: RouteDoors["serve"]): RouteDoors["serve"] {
  return (incoming, voice) => {
    const what = turnedOff(settings, voice.kind);
    if (what === undefined) return serve(incoming, voice);
    const message = errorEntry("HERD_TURNED_OFF").message(what);
    tellTrouble({ incoming, voice }, { code: "HERD_TURNED_OFF", message, retryAfterS: undefined });
    return Promise.resolve();
  };
}

function turnedOff({ imageGeneration, transcription }: RouterSettings, kind: string): string | undefined {
  if (kind === "image" && !imageGeneration) return "image_generation";
  return kind === "transcribe" && !transcription ? "transcription" : undefined;
}
