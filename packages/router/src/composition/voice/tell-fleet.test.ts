import { expect, test } from "vitest";
import type { FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { createRootLogger } from "../../log/create-logs.ts";
import { makeCandidate, NOW } from "../../scheduling/testing/make-view.ts";
import { createNews } from "../news.ts";
import { tellFleet } from "./tell-fleet.ts";

test("news of the fleet become log lines about their machine, once each", async () => {
  const lines: Record<string, unknown>[] = [];
  const log = createRootLogger([{ level: "INFO", write: (line) => lines.push(JSON.parse(line)) }], () => 0);
  const news = createNews();
  let nodes: readonly NodeSnapshot[] = [];
  const snapshot = () => ({ nodes }) as FleetSnapshot;
  tellFleet({ fleet: { snapshot, onNews: news.onNews }, log, now: () => NOW });

  const here = makeCandidate("mac-mini").node;
  nodes = [here];
  for (let count = 0; count < 50; count += 1) news.tell();
  await expect.poll(() => lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    level: "INFO",
    node_id: "mac-mini",
    msg: expect.stringContaining("mac-mini joined"),
  });

  nodes = [{ ...here, findings: [{ id: "x", text: "its clock is off", fix: "Set it" }] }];
  news.tell();
  await expect.poll(() => lines).toHaveLength(2);
  expect(lines[1]).toMatchObject({ level: "WARNING", msg: "mac-mini: its clock is off. Fix: Set it" });

  nodes = [];
  news.tell();
  await new Promise((resolve) => setTimeout(resolve, 150));
  nodes = [here];
  news.tell();
  await expect.poll(() => lines).toHaveLength(3);
  expect(lines[2]).toMatchObject({ msg: expect.stringContaining("mac-mini joined") });
});
