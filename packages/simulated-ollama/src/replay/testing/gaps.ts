/** What the simulated node does not do as the recorded one did, by reason. Everything that is not named here is the same. */

/** Recordings that have one reason. */
export interface Group {
  readonly reason: string;
  readonly names: readonly string[];
}

/** Recordings that get another answer. */
export const gaps: readonly Group[] = [
  {
    reason: "the recorder cut the text after 4,000 characters, in the middle of the value",
    names: ["show-verbose"],
  },
];

/** Recordings that are compared by the kinds of their chunks in their order, without their number and the reason of the end. */
export const looselyCompared: readonly Group[] = [
  {
    reason: "how many tokens a schema takes, and so whether the limit strikes, is the real model's business",
    names: ["chat-format-schema", "generate-format-schema", "v1-chat-json-schema"],
  },
  {
    reason: "how many reports of progress there are depends on the line",
    names: ["pull-success", "pull-resume-after-disconnect"],
  },
];
