import { type DecisionsView, decisionsExamples } from "@herd/shared";
import { plain } from "@herd/shared/terminal";
import { expect, it } from "vitest";
import { explanationText } from "./explanation-text.ts";

const page = { url: "http://router", paint: plain, width: 200, now: 0, typed: String };
const example = decisionsExamples.accepted as DecisionsView;

it("tells the winner, its points per signal, and the reason of each in words", () => {
  const text = explanationText(example, page);
  expect(text).toContain("request r-1");
  expect(text).toContain("gemma3:4b went to mac-mini (40 µs, profile signals)");
  expect(text).toMatch(/>\s+mac-mini\s+70\.0\s+50\.0/);
  expect(text).toContain("thermal             The model is loaded");
});

it("tells who was not considered, and why", () => {
  const [attempt] = example.attempts;
  if (attempt === undefined) throw new Error("the example has an attempt");
  const rejected = [
    {
      node_id: "pc",
      backend: "ollama",
      model: "m",
      filter: "offline",
      code: "offline",
      facts: {},
      explanation: "It is offline",
    },
  ];
  const text = explanationText(
    {
      request_id: "r-2",
      attempts: [{ ...attempt, candidates: [], winner: null, rejected }],
    },
    page,
  );
  expect(text).toContain("found no node");
  expect(text).toContain("pc not considered: It is offline");
});
