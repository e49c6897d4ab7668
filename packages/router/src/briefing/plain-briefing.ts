import { counted } from "../domain/text/counted.ts";
import type { BriefingFacts } from "./briefing-facts.ts";
import { changesSince } from "./changes-since.ts";
import { listed, shortName } from "./words.ts";

/** Two to four plain sentences about the fleet, made of facts alone: the same facts give the same text. */
export function plainBriefing(facts: BriefingFacts, previous: BriefingFacts | undefined): string {
  const changes = changesSince(facts, previous);
  return [
    fleetSentence(facts),
    trafficSentence(facts),
    findingsSentence(facts),
    changes.length === 0 ? "" : `Since the last briefing ${listed(changes)}.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function fleetSentence({ nodes, loaded_models, in_flight, waiting }: BriefingFacts): string {
  if (nodes.length === 0) return "No node has joined the fleet yet; start herd-node on a machine with Ollama.";
  const memory = loaded_models.length === 0 ? "no model" : counted(loaded_models.length, "model");
  const wait = waiting === 0 ? "none waits" : `${number(waiting)} ${waiting === 1 ? "waits" : "wait"}`;
  const running = `${in_flight === 1 ? "1 request is" : `${number(in_flight)} requests are`} running`;
  const work = in_flight + waiting === 0 ? "no request is running or waiting" : `${running} and ${wait}`;
  const isDark = nodes.every(({ status }) => status !== "online") && loaded_models.length === 0;
  return `${onlineOf(nodes)} online${isDark ? "" : ` with ${memory} in memory`}; ${work}.`;
}

function onlineOf(nodes: BriefingFacts["nodes"]): string {
  const online = nodes.filter(({ status }) => status === "online").length;
  if (online === 0) return nodes.length === 1 ? "The only node is not" : `None of ${nodes.length} nodes is`;
  if (online < nodes.length) return `${online} of ${counted(nodes.length, "node")} ${online === 1 ? "is" : "are"}`;
  return nodes.length === 1 ? "The only node is" : `All of ${nodes.length} nodes are`;
}

function trafficSentence({ traffic }: BriefingFacts): string {
  const { requests, failed, tokens, topModels, joules, fallbacks } = traffic;
  if (requests === 0) return "Nothing was asked in the last 24 hours.";
  const top = topModels.map(({ model, requests: count }) => `${shortName(model)} (${number(count)})`);
  return [
    `In the last 24 hours there were ${number(requests)} ${requests === 1 ? "request" : "requests"}${comparison(traffic)}`,
    failed === 0 ? ", none of which failed" : `, of which ${number(failed)} failed (${percent(failed / requests)})`,
    fallbacks === 0 ? "" : ` and ${number(fallbacks)} were served by another model`,
    top.length === 0 ? "" : `; most went to ${listed(top)}`,
    tokens === 0 ? "" : `, ${number(tokens)} tokens in all`,
    joules === 0 ? "" : ` for about ${watthours(joules)} Wh`,
    ".",
  ].join("");
}

/** A few requests more or less are no trend. */
const WORTH_COMPARING = 20;

function comparison({ requests, requestsBefore }: BriefingFacts["traffic"]): string {
  if (requestsBefore < WORTH_COMPARING) return "";
  const change = requests / requestsBefore - 1;
  if (Math.abs(change) < 0.1) return ", about as many as the day before";
  return `, ${percent(Math.abs(change))} ${change > 0 ? "more" : "fewer"} than the day before`;
}

function findingsSentence({ findings }: BriefingFacts): string {
  if (findings === undefined) return "";
  const serious = findings.filter(({ severity }) => severity !== "info");
  if (serious.length === 0) return "No check found anything wrong.";
  const titles = serious.slice(0, 3).map(({ title }) => shortName(title));
  const more = serious.length > titles.length ? [`${serious.length - titles.length} more`] : [];
  return `${counted(serious.length, "finding")} ${serious.length === 1 ? "needs" : "need"} attention: ${[...titles, ...more].join("; ")}.`;
}

const number = (value: number): string => Math.round(value).toLocaleString("en-US");
const percent = (share: number): string => `${share < 0.1 ? Math.round(share * 1000) / 10 : Math.round(share * 100)}%`;
const watthours = (joules: number): string => number(Math.max(1, joules / 3600));
