/**
 * Stored requests by any filters, newest first, in calls that each cost a bounded amount of work: a call goes through so
 * many rows of an index at most and tells where the next one goes on, whatever it found.
 */
import type { TraceView } from "@herd/shared";
import type { Connection } from "../../../storage/connection.ts";
import { readTrace, type StoredTrace, traceColumns } from "../read-trace.ts";
import { conditionParameters, conditions } from "./trace-conditions.ts";
import { NEWEST_FIRST, type OrderName, orders, ordersFor, WINDOW, type Window } from "./trace-places.ts";
import type { TracePlace, TraceQuestion } from "./trace-question.ts";

/** What was found. */
export interface FoundTraces {
  readonly traces: readonly TraceView[];
  /** Where to go on; undefined when nothing is left. */
  readonly next: TracePlace | undefined;
  /** Rows that were looked at. */
  readonly scanned: number;
}

/** Rows of one call: about 5 ms. */
const MOST_SCANNED = 10_000;
/** Rows that lie apart cost about so many times as much as those that lie side by side: those with one status, or one id. */
const AS_MANY = 5;

type Row = StoredTrace & { readonly id: number };

/** Finds requests by their ends; a request id begins a search of its own. */
export function createFindTraces(connection: Connection, mostScanned = MOST_SCANNED) {
  const statements = new Map<OrderName, OrderStatements>();
  const statementsOf = (order: OrderName): OrderStatements => {
    const found = statements.get(order) ?? prepareOrder(connection, order);
    statements.set(order, found);
    return found;
  };
  const byId = prepareById(connection, mostScanned);
  const findAlong = (names: readonly OrderName[], question: TraceQuestion): FoundTraces => {
    const most = Math.ceil(mostScanned / names.length / (names.includes("all") ? 1 : AS_MANY));
    return findInOrders(names.map(statementsOf), { question, most });
  };
  return (question: TraceQuestion): FoundTraces => byId(question) ?? findAlong(ordersFor(question.statuses), question);
}

interface OrderStatements {
  readonly end: (window: Window, offset: number) => TracePlace | undefined;
  readonly count: (window: Window, most: number) => number;
  readonly rows: (parameters: object) => readonly Row[];
}

/** The place of the last row that a call goes through. */
export const endStatement = (order: OrderName): string =>
  `SELECT timestamp, id FROM request_traces WHERE ${orders[order]} AND ${WINDOW} ${NEWEST_FIRST} LIMIT 1 OFFSET @offset`;
const countStatement = (order: OrderName): string =>
  `SELECT count(*) FROM (SELECT 1 FROM request_traces WHERE ${orders[order]} AND ${WINDOW} LIMIT @most)`;
export const rowsStatement = (order: OrderName): string =>
  `SELECT id, ${traceColumns} FROM request_traces WHERE ${orders[order]} AND ${WINDOW} AND ${conditions}
   ${NEWEST_FIRST} LIMIT @limit`;

function prepareOrder(connection: Connection, order: OrderName): OrderStatements {
  const end = connection.prepare<[object], TracePlace>(endStatement(order));
  const count = connection.prepare<[object], number>(countStatement(order)).pluck();
  const rows = connection.prepare<[object], Row>(rowsStatement(order));
  return {
    end: (window, offset) => end.get({ ...window, offset }),
    count: (window, most) => count.get({ ...window, most }) ?? 0,
    rows: (parameters) => rows.all(parameters),
  };
}

interface Search {
  readonly question: TraceQuestion;
  /** Rows of each order that are gone through. */
  readonly most: number;
}

function findInOrders(sources: readonly OrderStatements[], { question, most }: Search): FoundTraces {
  const window = windowOf(question);
  // An order that is too long ends the whole call where it ends: beyond it, its rows are not known yet.
  const ends = sources.flatMap((source) => source.end(window, most) ?? []);
  const stop = ends.toSorted(newestFirst)[0];
  const seen: Window =
    stop === undefined ? window : { ...window, floorTimestamp: stop.timestamp, floorId: stop.id + 1 };
  const parameters = { ...seen, ...conditionParameters(question), limit: question.limit + 1 };
  const found = sources.flatMap((source) => [...source.rows(parameters)]).toSorted(newestFirst);
  const rows = found.slice(0, question.limit);
  const last = rows.at(-1);
  const isFull = found.length > rows.length && last !== undefined;
  const through = isFull ? { ...seen, floorTimestamp: last.timestamp, floorId: last.id } : seen;
  const scanned = sources.reduce((sum, source) => sum + source.count(through, most), 0);
  return { traces: rows.map(viewOf), next: isFull ? placeOf(last) : beforeOf(stop), scanned };
}

/** From the place after which it goes on, or the newest row, to the oldest that is wanted. */
function windowOf({ after, since = 0, until }: TraceQuestion): Window {
  const newest = until === undefined ? { timestamp: Number.MAX_VALUE, id: 0 } : { timestamp: until, id: 0 };
  const begin = after !== undefined && newestFirst(newest, after) < 0 ? after : newest;
  return { afterTimestamp: begin.timestamp, afterId: begin.id, floorTimestamp: since, floorId: 0 };
}

const newestFirst = (one: TracePlace, other: TracePlace): number =>
  other.timestamp - one.timestamp || other.id - one.id;

const placeOf = ({ timestamp, id }: TracePlace): TracePlace => ({ timestamp, id });

/** The stop itself was not looked at any more: the next call begins with it. */
const beforeOf = (stop: TracePlace | undefined): TracePlace | undefined =>
  stop === undefined ? undefined : { timestamp: stop.timestamp, id: stop.id + 1 };

function viewOf({ id: _, ...row }: Row): TraceView {
  return readTrace(row);
}

/** Rows with such an id, in the index of ids alone. */
export const COUNT_BY_ID = `SELECT count(*) FROM
  (SELECT 1 FROM request_traces WHERE request_id >= @idFrom AND request_id < @idTo LIMIT @most)`;

/** The sign before the times keeps their index out of it: all rows of a long time are more than those with one id. */
export const BY_REQUEST_ID = `SELECT id, ${traceColumns} FROM request_traces
  WHERE request_id >= @idFrom AND request_id < @idTo AND +timestamp >= @floorTimestamp
    AND (+timestamp < @afterTimestamp OR (+timestamp = @afterTimestamp AND id < @afterId)) AND ${conditions}`;

/** Finds by the beginning of an id where few begin like that; undefined where they are many, or no id is asked for. */
function prepareById(
  connection: Connection,
  mostScanned: number,
): (question: TraceQuestion) => FoundTraces | undefined {
  const most = Math.ceil(mostScanned / AS_MANY);
  const count = connection.prepare<[object], number>(COUNT_BY_ID).pluck();
  const rows = connection.prepare<[object], Row>(BY_REQUEST_ID);
  return (question) => {
    if (question.requestId === undefined) return undefined;
    const { idFrom, idTo } = conditionParameters(question);
    const alike = count.get({ idFrom, idTo, most: most + 1 }) ?? 0;
    if (alike > most) return undefined;
    const found = rows.all({ ...windowOf(question), ...conditionParameters(question) }).toSorted(newestFirst);
    const page = found.slice(0, question.limit);
    const last = page.at(-1);
    const next = found.length > page.length && last !== undefined ? placeOf(last) : undefined;
    return { traces: page.map(viewOf), next, scanned: alike };
  };
}
