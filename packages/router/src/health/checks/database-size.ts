import type { Check } from "../check.ts";
import { gibOf, gibText } from "../words.ts";

const LARGE = 4 * 2 ** 30;

/** A database that grows beyond its place. */
export const databaseSize: Check = {
  id: "database_size",
  title: "Size of the database",
  meaning:
    "info when the database has more than 4 GiB, warning when it is larger than what is left free on its disk and has more than 256 MiB",
  appliesTo: ({ router }) => router.databaseBytes !== undefined,
  inspect: ({ router: { databaseBytes = 0, volume } }) => {
    const free = volume?.availableBytes ?? Number.POSITIVE_INFINITY;
    const isTight = databaseBytes > free && databaseBytes > 2 ** 28;
    if (databaseBytes <= LARGE && !isTight) return [];
    const freeText = Number.isFinite(free) ? `; ${gibText(gibOf(free))} are free on its disk` : "";
    return [
      {
        severity: isTight ? "warning" : "info",
        nodeId: undefined,
        subject: "",
        title: "The database is large",
        description: `It has ${gibText(gibOf(databaseBytes))}${freeText}.`,
        why: isTight
          ? "A copy of it, as a migration makes one, does not fit beside it."
          : "Backups and migrations of it take long.",
        fix: "Keep records for fewer days; the file shrinks by itself when old ones are deleted",
        command: "herd settings set trace_retention_days 30",
        details: { size_gb: gibOf(databaseBytes) },
      },
    ];
  },
};
