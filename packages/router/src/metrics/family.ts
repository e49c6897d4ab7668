/**
 * One description of every number that leaves the router: named and labelled as OpenTelemetry does (`gen_ai.…` where its
 * conventions have a name, `herd.…` elsewhere), turned into Prometheus' names by OpenTelemetry's own rule: dots become
 * underscores, the unit's word is added, counters end in `_total`.
 */

/** Labels by their names; every point of a family has the same names. */
export type Labels = Readonly<Record<string, string>>;

/** A number with its labels. */
export interface NumberPoint {
  readonly labels: Labels;
  readonly value: number;
}

/** Counts per bucket (not summed up), one more than there are bounds, and the sum of all values. */
export interface HistogramPoint {
  readonly labels: Labels;
  readonly counts: readonly number[];
  readonly sum: number;
}

interface Described {
  /** Dotted, without unit and `total`: `herd.requests`. */
  readonly name: string;
  /** As in UCUM: `s`, `By`, `J`, `W`, `Cel`, `1` for a share, `{token}` for counted things. */
  readonly unit: keyof typeof unitWords;
  /** One sentence. */
  readonly help: string;
}

/** A number per set of labels: one that only grows, or one that goes up and down. */
export interface NumberFamily extends Described {
  readonly kind: "counter" | "gauge";
  readonly points: readonly NumberPoint[];
}

/** A distribution per set of labels. */
export interface HistogramFamily extends Described {
  readonly kind: "histogram";
  /** Upper bounds of the buckets, ascending, without infinity. */
  readonly bounds: readonly number[];
  readonly points: readonly HistogramPoint[];
}

/** Everything that is told under one name. Its points may be made when they are asked for: read them once. */
export type Family = NumberFamily | HistogramFamily;

/** The family with those of its points that are kept. */
export function keepPoints(family: Family, keep: (point: { readonly labels: Labels }) => boolean): Family {
  const { name, unit, help } = family;
  if (family.kind !== "histogram")
    return {
      ...{ kind: family.kind, name, unit, help },
      get points() {
        return family.points.filter(keep);
      },
    };
  return {
    ...{ kind: family.kind, name, unit, help, bounds: family.bounds },
    get points() {
      return family.points.filter(keep);
    },
  };
}

/** What Prometheus' names say for a unit; nothing for counted things. */
const unitWords = {
  s: "seconds",
  By: "bytes",
  "By/s": "bytes_per_second",
  J: "joules",
  W: "watts",
  Cel: "celsius",
  "1": "ratio",
  "{token}": "",
  "{token}/s": "tokens_per_second",
  "{request}": "",
  "{thing}": "",
} as const;

/** The family's name in Prometheus: `herd_requests_total`. */
export function prometheusNameOf({ name, unit, kind }: Pick<Family, "name" | "unit" | "kind">): string {
  const word = unitWords[unit];
  const withUnit = word === "" ? name : `${name}_${word}`;
  return prometheusLabelOf(kind === "counter" ? `${withUnit}_total` : withUnit);
}

/** A label's name in Prometheus. */
export const prometheusLabelOf = (name: string): string => name.replaceAll(".", "_");
