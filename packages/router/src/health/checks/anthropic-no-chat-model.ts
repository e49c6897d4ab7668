import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { endsOf, tracesOf } from "../reading/evidence.ts";
import { hasFleet, isEmbedder, presentModels } from "../reading/real-models.ts";

/** Requests of Anthropic's clients to a fleet that has no model that chats. */
export const anthropicNoChatModel: Check = {
  id: "anthropic_no_chat_model",
  title: "Anthropic's API without a model that chats",
  meaning:
    "Requests to /v1/messages failed within 24 hours, and no node that is there has a model that chats: critical.",
  appliesTo: ({ fleet, traffic }) => hasFleet(fleet) && (traffic.ends ?? []).length > 0,
  inspect: (facts) => {
    const chats = presentModels(facts.fleet).some(({ model }) =>
      model.capabilities === undefined ? !isEmbedder(model) : model.capabilities.includes("completion"),
    );
    const rows = endsOf(facts, "failed").filter(({ dialect }) => dialect === "anthropic");
    if (chats || rows.length === 0) return [];
    return [
      {
        severity: "critical",
        nodeId: undefined,
        subject: "",
        title: "No model chats",
        description: `${counted(rows.length, "request")} to /v1/messages failed within 24 hours; the nodes that are there have no model that chats.`,
        why: "Every request of Claude Code and other clients of Anthropic's API fails.",
        fix: "Put a model that chats and calls tools on a node",
        command: "herd pull qwen3:8b",
        traces: tracesOf(rows),
        details: { failed_24h: rows.length },
      },
    ];
  },
};
