/**
 * Sums up requests while their rows are written: a lot of rows becomes a few cells in memory, and each of those one
 * statement at the end of the same transaction. So usage and rows are on disk together or not at all, whoever writes.
 */
import type { Connection } from "../connection.ts";
import { parseJson } from "../parse-json.ts";
import { createNameBounds } from "./name-bounds.ts";
import { addToHour, type CountCell, countRequest, type HourCell, newCountCell, newHourCell } from "./usage-cells.ts";
import { type UsageFacts, type UsageRow, usageFacts } from "./usage-row.ts";
import { type Sketches, sketchRequest } from "./usage-sketches.ts";
import { createUsageTables, type DayKey, type HourKey, type TagKey, type UsageTables } from "./usage-tables.ts";

/** The usage of one lot of rows. */
export interface UsageWriter {
  /** Forgets what was added and never finished: its transaction was rolled back. */
  begin(): void;
  /** Adds a stored row. @param id its row id; ids of one lot ascend */
  add(row: UsageRow, id: number): void;
  /** Writes what was added, inside the running transaction. */
  finish(): void;
  /** Every row up to this id is summed up. */
  progress(): number;
}

/** Different models per hour (per day of distributions) of requests that reached no node: their names are anybody's. */
const MOST_LOST_MODELS = 100;
/** Different tags per hour: those in the form `session:ID`, and all others. */
const MOST_TAGS = 200;
const HOUR_S = 3600;
const DAY_S = 86_400;

/** Prepares its statements on this connection; the usage tables must be there. */
export function createUsageWriter(connection: Connection): UsageWriter {
  return new Writer(createUsageTables(connection));
}

interface Cell<Key, Sums> {
  readonly key: Key;
  readonly sums: Sums;
}

class Writer implements UsageWriter {
  readonly #tables: UsageTables;
  readonly #hours = new Map<string, Cell<HourKey, HourCell>>();
  readonly #tags = new Map<string, Cell<TagKey, CountCell>>();
  readonly #sketches = new Map<string, Cell<DayKey, Sketches>>();
  readonly #hourModel: Bound;
  readonly #dayModel: Bound;
  readonly #plainTag: Bound;
  readonly #keyedTag: Bound;
  #lastId = 0;

  constructor(tables: UsageTables) {
    this.#tables = tables;
    const tagsOf = (isKeyed: boolean) => (hour: number) =>
      tables.tags(hour).filter((tag) => isKeyedTag(tag) === isKeyed);
    this.#hourModel = createNameBounds({ most: MOST_LOST_MODELS, stored: tables.lostModels });
    this.#dayModel = createNameBounds({ most: MOST_LOST_MODELS, stored: tables.lostModelsOfDay });
    this.#plainTag = createNameBounds({ most: MOST_TAGS, stored: tagsOf(false) });
    this.#keyedTag = createNameBounds({ most: MOST_TAGS, stored: tagsOf(true) });
  }

  begin(): void {
    this.#hours.clear();
    this.#tags.clear();
    this.#sketches.clear();
  }

  add(row: UsageRow, id: number): void {
    this.#lastId = id;
    const facts = usageFacts(row);
    if (facts === undefined) return;
    const hour = Math.floor(facts.at / HOUR_S) * HOUR_S;
    addToHour(this.#hourCell(facts, hour), facts);
    sketchRequest(this.#sketchCell(facts), facts);
    if (facts.tags !== null)
      for (const tag of this.#tagsOf(facts.tags, hour)) countRequest(this.#tagCell(facts, hour, tag), facts);
  }

  finish(): void {
    for (const { key, sums } of this.#hours.values()) this.#tables.addHour(key, sums);
    for (const { key, sums } of this.#tags.values()) this.#tables.addTag(key, sums);
    for (const { key, sums } of this.#sketches.values()) this.#tables.addSketches(key, sums);
    if (this.#lastId > 0) this.#tables.setProgress(this.#lastId);
    this.begin();
  }

  progress(): number {
    return this.#tables.progress();
  }

  #hourCell({ at, node, kind, traffic, model: asked }: UsageFacts, hour: number): HourCell {
    const model = node === "" ? this.#hourModel(hour, asked) : asked;
    return cellOf(this.#hours, { hour, node, model, kind, traffic }, () => newHourCell(at));
  }

  #sketchCell({ at, node, traffic, model: asked }: UsageFacts): Sketches {
    const day = Math.floor(at / DAY_S) * DAY_S;
    const model = node === "" ? this.#dayModel(day, asked) : asked;
    return cellOf(this.#sketches, { day, node, model, traffic }, () => ({}));
  }

  #tagCell({ at, traffic }: UsageFacts, hour: number, tag: string): CountCell {
    return cellOf(this.#tags, { hour, tag, traffic }, () => newCountCell(at));
  }

  /** A request counts once under a name, however often that stands there. */
  #tagsOf(json: string, hour: number): ReadonlySet<string> {
    const tags = parseJson(json);
    if (!Array.isArray(tags)) return new Set();
    const names = tags.filter((tag) => typeof tag === "string").map((tag) => tag.slice(0, LONGEST_TAG));
    return new Set(names.map((tag) => (isKeyedTag(tag) ? this.#keyedTag : this.#plainTag)(hour, tag)));
  }
}

type Bound = (scope: number, name: string) => string;

/** As for the other names of a cell, characters. */
const LONGEST_TAG = 200;

/** `session:…`, `user:…`: there may be many, and they must not crowd out the names of programs. */
const isKeyedTag = (tag: string): boolean => tag.includes(":");

function cellOf<Key extends object, Sums>(cells: Map<string, Cell<Key, Sums>>, key: Key, make: () => Sums): Sums {
  const text = keyText(key);
  const found = cells.get(text);
  if (found !== undefined) return found.sums;
  const sums = make();
  cells.set(text, { key, sums });
  return sums;
}

/** With the length before each part: names may hold any character. */
function keyText(key: object): string {
  let text = "";
  for (const part of Object.values(key) as (string | number)[]) {
    text += typeof part === "string" ? `${part.length}:${part}` : `${part};`;
  }
  return text;
}
