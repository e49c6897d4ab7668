import type { Check } from "../check.ts";

/** What is odd about the records of requests. */
export const traceStoreWriteFailures: Check = {
  id: "trace_store_write_failures",
  title: "Records that cannot be written",
  meaning:
    "critical while records cannot be written, warning when some were lost, the database or its log is damaged, gone or was set aside, or it takes much space that it does not need",
  appliesTo: ({ router }) => router.records !== undefined,
  inspect: ({ router: { records = [] } }) =>
    records.map(({ id, text, fix }) => ({
      severity: id === "records_not_written" ? ("critical" as const) : ("warning" as const),
      nodeId: undefined,
      subject: id,
      title: TITLES[id] ?? "Something is odd about the records",
      description: `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`,
      why: "Requests are served all the same, but what happened cannot be looked up, and statistics lack it.",
      fix,
      details: { id },
    })),
};

const TITLES: Readonly<Record<string, string>> = {
  records_not_written: "Records cannot be written",
  records_lost: "Records of requests were lost",
  database_set_aside: "A damaged database was set aside",
  database_damaged: "The database is damaged",
  database_keeps_space: "The database keeps space that it does not need",
  database_log_large: "The log of the database is large",
  database_log_gone: "The log of the database is gone",
};
