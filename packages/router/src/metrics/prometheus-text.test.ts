import { expect, test } from "vitest";
import { type Family, prometheusNameOf } from "./family.ts";
import { prometheusText } from "./prometheus-text.ts";

const counter = (labels: Readonly<Record<string, string>>): Family => ({
  kind: "counter",
  name: "herd.requests",
  unit: "{request}",
  help: "Requests.",
  points: [{ labels, value: 3 }],
});

test("names follow OpenTelemetry's rule: dots, the unit's word, and total for what only grows", () => {
  expect(prometheusNameOf({ kind: "counter", name: "herd.node.energy", unit: "J" })).toBe(
    "herd_node_energy_joules_total",
  );
  expect(prometheusNameOf({ kind: "gauge", name: "herd.node.cpu.utilization", unit: "1" })).toBe(
    "herd_node_cpu_utilization_ratio",
  );
  expect(prometheusNameOf({ kind: "histogram", name: "gen_ai.client.token.usage", unit: "{token}" })).toBe(
    "gen_ai_client_token_usage",
  );
});

test("quotes, line ends and backslashes in a label stay inside it", async () => {
  const { text, contentType } = await prometheusText([counter({ "gen_ai.request.model": 'a"} 1\nevil 2\\<b>' })]);
  expect(contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
  expect(text).toBe(
    '# HELP herd_requests_total Requests.\n# TYPE herd_requests_total counter\nherd_requests_total{gen_ai_request_model="a\\"} 1\\nevil 2\\\\<b>"} 3\n',
  );
});

test("a family of thousands of points is one family, with every point once and in order", async () => {
  const many = Array.from({ length: 1_201 }, (_none, at) => ({ labels: { model: `m${at}` }, value: at }));
  const counts = [1, 0, 2];
  const { text } = await prometheusText([
    { kind: "gauge", name: "herd.many", unit: "{thing}", help: "Many.", points: many },
    { kind: "gauge", name: "herd.none", unit: "{thing}", help: "None.", points: [] },
    {
      kind: "histogram",
      name: "herd.wide",
      unit: "s",
      help: "Wide.",
      bounds: [0.5, 1],
      points: many.map(({ labels }) => ({ labels, counts, sum: 7 })),
    },
  ]);
  const lines = text.split("\n");
  expect(lines.filter((line) => line.startsWith("# "))).toHaveLength(6);
  expect(lines.slice(2, 1_203)).toEqual(many.map(({ labels, value }) => `herd_many{model="${labels.model}"} ${value}`));
  expect(lines.filter((line) => line.startsWith("herd_wide_seconds_count"))).toHaveLength(1_201);
  expect(lines.filter((line) => line === "")).toHaveLength(1);
});

test("the buckets of a distribution are summed up, and the last one holds all", async () => {
  const { text } = await prometheusText([
    {
      kind: "histogram",
      name: "herd.x",
      unit: "s",
      help: "X.",
      bounds: [0.5, 1],
      points: [{ labels: { model: "m" }, counts: [1, 0, 2], sum: 7 }],
    },
  ]);
  expect(text.split("\n").slice(2, -1)).toEqual([
    'herd_x_seconds_bucket{le="0.5",model="m"} 1',
    'herd_x_seconds_bucket{le="1",model="m"} 1',
    'herd_x_seconds_bucket{le="+Inf",model="m"} 3',
    'herd_x_seconds_sum{model="m"} 7',
    'herd_x_seconds_count{model="m"} 3',
  ]);
});
