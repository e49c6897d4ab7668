import type { Check } from "../check.ts";
import { plainText } from "../words.ts";

/** A list of pinned models that cannot be read. */
export const pinsUnreadable: Check = {
  id: "pins_unreadable",
  title: "List of pinned models",
  meaning: "warning when the file of pinned models cannot be read, so that only those of the settings are kept loaded",
  appliesTo: ({ router }) => router.pinNotes !== undefined,
  inspect: ({ router: { pinNotes = [] } }) =>
    pinNotes.map(({ id, text, fix }) => ({
      severity: "warning",
      nodeId: undefined,
      subject: id,
      title: "The pinned models are not known",
      description: plainText(text),
      why: "Models that somebody pinned are no longer kept in memory, so that their next request waits for a load.",
      fix,
      details: { note: id },
    })),
};
