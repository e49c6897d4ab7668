/** Recordings that a fleet answers otherwise than the recorded machine, and why. */
export interface RecordedGroup {
  readonly name: string;
  readonly reason: string;
  readonly recordings: readonly string[];
  /** Whether the answer is the one that is meant. */
  readonly accepts: (answer: { readonly status: number | undefined; readonly body: string }) => boolean;
}

/** The name of the difference in what a node is sent. */
export const UNPACKED = "compressed requests are unpacked";

/** Differences that show in recordings only. */
export const recordedGroups: readonly RecordedGroup[] = [
  {
    name: "cut by the recorder",
    reason:
      "The recorded text was cut to its first 4,000 characters, which is no whole JSON any more: the router ends it as a cut answer.",
    recordings: ["show-verbose"],
    accepts: ({ status }) => status === undefined || status === 200,
  },
  {
    name: UNPACKED,
    reason: "A zstd body is unpacked to be read, and the node is sent what it holds; the recorded answer is the same.",
    recordings: [],
    accepts: () => false,
  },
];

/** The group of a recording. */
export const groupOf = (recording: string): RecordedGroup | undefined =>
  recordedGroups.find(({ recordings }) => recordings.includes(recording));
