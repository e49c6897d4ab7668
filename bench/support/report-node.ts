/** A node that reports by itself, as the agent of this machine would. */
export interface ReportedNode {
  readonly router: string;
  readonly backend: string;
  readonly model: string;
}

const EVERY_MS = 5_000;

/** Reports a node with one loaded model to the router, now and every 5 s. Resolves once it has joined; returns what ends it. */
export async function reportNode({ router, backend, model }: ReportedNode): Promise<() => void> {
  const body = JSON.stringify({
    node_id: "bench",
    cpu: { cores_physical: 2, utilization_pct: 10 },
    memory: { total_gb: 24, used_gb: 4, available_gb: 20 },
    ollama: {
      models_loaded: [{ name: model, size_gb: 1, context_length: 4096 }],
      models_available: [model],
      num_parallel: 64,
      version: "0.24.0",
    },
    ollama_host: backend,
  });
  const report = async (): Promise<void> => {
    const response = await fetch(`${router}/heartbeat`, { method: "POST", body });
    if (!response.ok) throw new Error(`the heartbeat was refused: ${await response.text()}`);
  };
  await report();
  const timer = setInterval(() => void report(), EVERY_MS);
  return () => clearInterval(timer);
}
