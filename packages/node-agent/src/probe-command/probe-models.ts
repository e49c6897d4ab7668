import type { BackendReading, Heartbeat } from "@herd/shared";
import { type Cell, type Paint, sizeOf, table } from "@herd/shared/terminal";

const COLUMNS = [
  { title: "MODEL", least: 16 },
  { title: "ON DISK", side: "right" },
  { title: "CONTEXT", side: "right" },
  { title: "CAN DO", least: 10 },
  { title: "IN MEMORY" },
] as const;

/** How the table is shown. */
interface TablePage {
  readonly paint: Paint;
  /** Columns that a line may take. */
  readonly width: number;
}

/** Every model that would be reported, as a table; empty where there is none. */
export function modelTable(heartbeat: Heartbeat, page: TablePage): string {
  const rows = [...ollamaRows(heartbeat), ...(heartbeat.backends ?? []).flatMap(servedRows)];
  return rows.length === 0 ? "" : `\n${table({ columns: COLUMNS, rows, ...page })}`;
}

function ollamaRows({ ollama }: Heartbeat): readonly (readonly Cell[])[] {
  const loaded = new Map(ollama.models_loaded.map((model) => [model.name, model]));
  const names = [...new Set([...loaded.keys(), ...ollama.models_available])];
  return names.map((name) => {
    const facts = ollama.models_available_meta?.[name];
    const inMemory = loaded.get(name);
    return [
      name,
      inGb(ollama.models_available_sizes?.[name]),
      facts?.context_max === undefined ? "-" : String(facts.context_max),
      facts?.capabilities?.join(", ") ?? "-",
      inMemory === undefined ? "" : `${inGb(inMemory.size_gb)}, context ${inMemory.context_length}`,
    ];
  });
}

function servedRows({ served = [] }: BackendReading): readonly (readonly Cell[])[] {
  return served.map((model) => [
    model.name,
    inGb(model.size_gb),
    model.context_max === undefined ? "-" : String(model.context_max),
    model.capabilities?.join(", ") ?? "-",
    model.is_loaded ? `yes${model.context_length === 0 ? "" : `, context ${model.context_length}`}` : "",
  ]);
}

const inGb = (gib: number | undefined): string => (gib === undefined ? "-" : `${sizeOf(gib)} GB`);
