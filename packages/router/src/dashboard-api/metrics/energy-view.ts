/** Stored energy, J: of real work by day, node and model, and of whole nodes. `day` is Unix epoch seconds. */
export interface EnergyRows {
  readonly work: readonly WorkRow[];
  readonly nodes: readonly NodeRow[];
}

interface EnergySums {
  readonly joules: number;
  readonly joules_estimated: number;
}

interface WorkRow extends EnergySums {
  readonly day: number;
  readonly node_id: string;
  readonly model: string;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

interface NodeRow extends EnergySums {
  readonly day: number;
  readonly node_id: string;
  readonly seconds: number;
}

/** What is shown beside the rows. */
export interface EnergyQuestion {
  readonly days: number;
  /** 0: none is set. */
  readonly pricePerKwh: number;
}

const JOULES_PER_WH = 3_600;

/** The answer of `GET /dashboard/api/energy`. */
export function energyView({ work, nodes }: EnergyRows, { days, pricePerKwh }: EnergyQuestion) {
  const workByNodeDay = new Map<string, number>();
  for (const row of work) {
    const key = `${row.day} ${row.node_id}`;
    workByNodeDay.set(key, (workByNodeDay.get(key) ?? 0) + row.joules);
  }
  const [allWork, allNodes] = [sumOf(work), sumOf(nodes)];
  const priceOf = ({ joules }: EnergySums): number => rounded((joules / JOULES_PER_WH / 1000) * pricePerKwh);
  return {
    days,
    data: work.map((row) => ({
      day_bucket: row.day,
      node_id: row.node_id,
      model: row.model,
      ...energyOf(row),
      ...tokensOf(row),
    })),
    nodes: nodes.map((row) => ({
      day_bucket: row.day,
      node_id: row.node_id,
      ...energyOf(row),
      hours: rounded(row.seconds / 3600),
      work_wh: rounded((workByNodeDay.get(`${row.day} ${row.node_id}`) ?? 0) / JOULES_PER_WH),
    })),
    totals: {
      work: { ...energyOf(allWork), ...tokensOf({ ...allWork, ...tokenSums(work) }) },
      nodes: energyOf(allNodes),
    },
    price: pricePerKwh > 0 ? { per_kwh: pricePerKwh, work: priceOf(allWork), nodes: priceOf(allNodes) } : null,
  };
}

const energyOf = ({ joules, joules_estimated }: EnergySums) => ({
  joules: rounded(joules),
  wh: rounded(joules / JOULES_PER_WH),
  is_estimated: joules_estimated > 0,
});

type TokenSums = Pick<WorkRow, "prompt_tokens" | "completion_tokens">;

function tokensOf({ joules, prompt_tokens, completion_tokens }: TokenSums & Pick<EnergySums, "joules">) {
  const tokens = prompt_tokens + completion_tokens;
  const perWh = joules > 0 ? rounded(tokens / (joules / JOULES_PER_WH)) : null;
  return { prompt_tokens, completion_tokens, tokens, tokens_per_wh: perWh };
}

const sumOf = (rows: readonly EnergySums[]): EnergySums => ({
  joules: rows.reduce((sum, row) => sum + row.joules, 0),
  joules_estimated: rows.reduce((sum, row) => sum + row.joules_estimated, 0),
});

const tokenSums = (rows: readonly TokenSums[]): TokenSums => ({
  prompt_tokens: rows.reduce((sum, row) => sum + row.prompt_tokens, 0),
  completion_tokens: rows.reduce((sum, row) => sum + row.completion_tokens, 0),
});

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
