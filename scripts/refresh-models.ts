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
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

const SHIPPED = new URL("../packages/router/catalogue/models.json", import.meta.url);
const AT_ONCE = 4;
/** A manifest has a few kilobytes. */
const LARGEST_MANIFEST = 1024 * 1024;
/** A size that differs more from the known one is another model, or none. */
const MOST_CHANGE = 4;

interface Model {
  readonly ollama_name: string;
  size_bytes: number;
  digest_prefix?: string;
  readonly sources: Record<string, string>;
  readonly checked?: Record<string, string>;
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
  const used = new Set(
    list.models.flatMap(({ sources, checked = {} }) => [...Object.values(sources), ...Object.values(checked)]),
  );
  const sources = Object.entries({ ...list.sources, registry }).filter(([key]) => used.has(key));
  const renewedList = { ...list, date: today, sources: Object.fromEntries(sources) };
  replaceFile(flags.to ?? SHIPPED.pathname, `${JSON.stringify(renewedList, undefined, 2)}\n`);
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
      failures.push(`${model.ollama_name}: ${plain(error instanceof Error ? error.message : String(error))}`);
    }
  }
}

/** A registry may put anything into what an error repeats of it. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").slice(0, 200);
}

/** Whole or not at all: a router reads the file when it likes. */
function replaceFile(path: string, content: string): void {
  const beside = `${path}.${process.pid}.new`;
  writeFileSync(beside, content, { mode: 0o600 });
  renameSync(beside, path);
}

/** The digest that nodes show is that of the manifest's own bytes. */
async function renew(model: Model): Promise<void> {
  const [name, tag] = model.ollama_name.split(":");
  const response = await fetch(`${flags.registry}/v2/library/${name}/manifests/${tag}`, {
    headers: { accept: "application/vnd.docker.distribution.manifest.v2+json" },
    signal: AbortSignal.timeout(30_000),
    redirect: "error",
  });
  if (!response.ok) throw new Error(`the registry answers ${response.status}`);
  const bytes = await boundedBytes(response);
  const size = sizeIn(JSON.parse(new TextDecoder().decode(bytes)));
  if (size > model.size_bytes * MOST_CHANGE || size < model.size_bytes / MOST_CHANGE)
    throw new Error(`${size} bytes are no likely size: ${model.size_bytes} are known`);
  if (size !== model.size_bytes) delete model.checked?.["size"];
  model.size_bytes = size;
  model.digest_prefix = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  model.sources["size"] = "registry";
}

async function boundedBytes(response: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > LARGEST_MANIFEST) throw new Error("the answer is larger than any manifest");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Bytes of all layers. @throws Error when there are none, or one has no size that could be */
function sizeIn(manifest: unknown): number {
  const { config, layers } = (manifest ?? {}) as { readonly config?: unknown; readonly layers?: unknown };
  const parts = [config, ...(Array.isArray(layers) && layers.length > 0 ? layers : [undefined])];
  const sizes = parts.map((part) => (part as { readonly size?: unknown } | null | undefined)?.size);
  const areSizes = sizes.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
  const sum = areSizes ? (sizes as number[]).reduce((all, size) => all + size, 0) : 0;
  if (!Number.isSafeInteger(sum) || sum <= 0) throw new Error("the manifest has no sizes");
  return sum;
}
