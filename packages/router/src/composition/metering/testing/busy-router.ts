import type { RouterSettings } from "../../../settings/settings.ts";
import { chatAnswer, jsonAnswer, startScriptedNode } from "../../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../../testing/test-router.ts";

/** Names that would break out of a label, a line or a page. */
const HOSTILE = 'evil"} 1\nherd_up 1\\\u001b[31m<script>:latest';

/** A router on which everything that is measured has happened, and its pages. */
export interface BusyRouter {
  readonly router: TestRouter;
  readonly scrape: () => Promise<string>;
  /** Posts a chat, and waits for the whole answer. */
  readonly chat: (body: object, headers?: Readonly<Record<string, string>>) => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Starts it: chats of every kind and end on nodes that report everything, and on one that always fails. */
export async function startBusyRouter(settings: Partial<RouterSettings> = {}): Promise<BusyRouter> {
  const router = await startTestRouter({ maxRetries: 2, ...settings });
  const rich = await startScriptedNode(chatAnswer);
  const chat: BusyRouter["chat"] = async (body, headers = {}) => {
    const response = await fetch(`${router.url}/api/chat`, { method: "POST", headers, body: JSON.stringify(body) });
    await response.arrayBuffer();
    return response.status;
  };
  await report(router, rich.port);
  const messages = [{ role: "user", content: "hi" }];
  await router.addNode(jsonAnswer(500, { error: "broken" }), { id: "failing", models: ["broken-model", "m"] });
  for (let at = 0; at < 5; at += 1) await chat({ model: "m", messages, options: { num_ctx: 8192 } });
  await chat({ model: "m", messages, stream: false });
  await chat({ model: "cold", messages });
  await chat({ model: "broken-model", messages });
  await chat({ model: "broken-model", fallback_models: ["m"], messages });
  await chat({ model: "m", messages, metadata: { tags: ["benchmark"] } });
  await chat({ model: HOSTILE, messages });
  await chat({ model: "hostile", messages });
  await fetch(`${router.url}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "m", messages }),
  }).then((response) => response.arrayBuffer());
  return {
    router,
    chat,
    scrape: async () => (await fetch(`${router.url}/metrics`)).text(),
    close: async () => {
      await router.close();
      await rich.kill();
    },
  };
}

/** A heartbeat with every reading there is. */
async function report({ url }: TestRouter, port: number): Promise<void> {
  const names = ["m:latest", "cold:latest", HOSTILE];
  const heartbeat = {
    node_id: "rich",
    ollama_host: `http://127.0.0.1:${port}`,
    cpu: { cores_physical: 8, utilization_pct: 25 },
    memory: { total_gb: 64, used_gb: 10, available_gb: 54 },
    disk: { total_gb: 1000, used_gb: 100, available_gb: 900 },
    thermal: { state: "nominal", temperature_c: 61, source: "coretemp" },
    gpus: [
      {
        name: 'RTX "4090"\n',
        vram_total_gb: 24,
        vram_used_gb: 4,
        utilization_pct: 50,
        temperature_c: 55,
        power_w: 200,
      },
    ],
    power: { source: "battery", battery_pct: 80, watts: 45, watts_of: "cpu" },
    capacity: { mode: "full", ceiling_gb: 32, availability_score: 0.5 },
    chip: "AMD\u001b[31m",
    ollama: {
      models_loaded: [{ name: "m:latest", size_gb: 4, context_length: 4096 }],
      models_available: names,
      models_available_sizes: Object.fromEntries(names.map((name) => [name, 4])),
      reachable: true,
      version: "0.24.0",
    },
  };
  const response = await fetch(`${url}/heartbeat`, { method: "POST", body: JSON.stringify(heartbeat) });
  if (!response.ok) throw new Error(`the heartbeat was refused: ${await response.text()}`);
}
