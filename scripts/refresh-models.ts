/**
 * Writes the list of models that may be recommended anew: asks the registry that `ollama pull` asks for the manifest of each
 * name, and takes its size and digest. Names that are not there any more are told and left as they are.
 *
 *   node scripts/refresh-models.ts [--from FILE] [--to FILE] [--registry URL]
 *
 * Without `--to` the list of this checkout is changed; `--to ~/.fleet-manager/models.json` makes a list that a router takes at
 * once in place of its own.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const SHIPPED = new URL("../packages/router/catalogue/models.json", import.meta.url);
const AT_ONCE = 4;

interface Model {
  readonly ollama_name: string;
  size_bytes: number;
  digest_prefix?: string;
  readonly sources: Record<string, string>;
}

interface ModelList {
  readonly date: string;
  readonly sources: Record<string, { title: string; url: string; date: string }>;
  readonly models: Model[];
}

const { values: flags } = parseArgs({
  options: {
    from: { type: "string" },
    to: { type: "string" },
    registry: { type: "string", default: "https://registry.ollama.ai" },
  },
});

const list = JSON.parse(readFileSync(flags.from ?? SHIPPED, "utf8")) as ModelList;
const today = new Date().toISOString().slice(0, 10);
const failures: string[] = [];
const queue = [...list.models];
await Promise.all(Array.from({ length: AT_ONCE }, () => workOff(queue)));
const renewed = list.models.length - failures.length;
if (renewed > 0) {
  const registry = { title: "Manifests of the registry, sums of all layers", url: flags.registry, date: today };
  const used = new Set(list.models.flatMap(({ sources }) => Object.values(sources)));
  const sources = Object.entries({ ...list.sources, registry }).filter(([key]) => used.has(key));
  const renewedList = { ...list, date: today, sources: Object.fromEntries(sources) };
  writeFileSync(flags.to ?? SHIPPED, `${JSON.stringify(renewedList, undefined, 2)}\n`);
}
process.stdout.write(
  `${renewed} of ${list.models.length} models renewed\n${failures.map((line) => `  ${line}\n`).join("")}`,
);
process.exitCode = renewed === 0 ? 1 : 0;

async function workOff(models: Model[]): Promise<void> {
  for (let model = models.shift(); model !== undefined; model = models.shift()) {
    try {
      await renew(model);
    } catch (error) {
      failures.push(`${model.ollama_name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

/** The digest that nodes show is that of the manifest's own bytes. */
async function renew(model: Model): Promise<void> {
  const [name, tag] = model.ollama_name.split(":");
  const response = await fetch(`${flags.registry}/v2/library/${name}/manifests/${tag}`, {
    headers: { accept: "application/vnd.docker.distribution.manifest.v2+json" },
    signal: AbortSignal.timeout(30_000),
  });
  if (!response.ok) throw new Error(`the registry answers ${response.status}`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  const manifest = JSON.parse(new TextDecoder().decode(bytes)) as {
    readonly config: { readonly size: number };
    readonly layers: readonly { readonly size: number }[];
  };
  const size = manifest.layers.reduce((sum, layer) => sum + layer.size, manifest.config.size);
  if (!Number.isSafeInteger(size) || size <= 0) throw new Error("the manifest has no sizes");
  model.size_bytes = size;
  model.digest_prefix = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  model.sources["size"] = "registry";
}
