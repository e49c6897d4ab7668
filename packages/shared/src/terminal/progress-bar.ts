import { cutText, harmlessText, textWidth } from "./text-width.ts";
import { bytesOf, clockOf } from "./words.ts";

/** How far something is. */
export interface Progress {
  /** What is going on, in a few words. */
  readonly label: string;
  readonly done: number;
  /** 0 while it is not known. */
  readonly total: number;
  /** Per second; undefined while nothing is known. */
  readonly perSecond: number | undefined;
}

const WIDEST_BAR = 40;
const NARROWEST_BAR = 5;
const WIDEST_LABEL = 32;

/**
 * One line: label, bar, share, bytes, speed and the time that is left. What does not fit is left out: first the bar gets
 * narrow, then the speed and the rest time go.
 * @param width columns of the line; without a limit the bar has its full width
 */
export function progressLine(progress: Progress, width: number): string {
  const label = cutText(harmlessText(progress.label), Math.min(WIDEST_LABEL, Math.max(8, Math.floor(width / 3))));
  if (progress.total <= 0) return cutText(label, width);
  const share = Math.min(1, Math.max(0, progress.done / progress.total));
  const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
  const bytes = `${bytesOf(progress.done)} of ${bytesOf(progress.total)}`;
  const endings = [`  ${percent}  ${bytes}${speedOf(progress)}`, `  ${percent}  ${bytes}`, `  ${percent}`];
  const fits = (ending: string): boolean => textWidth(label) + 3 + NARROWEST_BAR + textWidth(ending) < width;
  const ending = endings.find(fits) ?? `  ${percent}`;
  const room = Math.min(WIDEST_BAR, width - textWidth(label) - textWidth(ending) - 4);
  return cutText(room < NARROWEST_BAR ? `${label}${ending}` : `${label} ${barOf(share, room)}${ending}`, width);
}

function speedOf({ done, total, perSecond }: Progress): string {
  if (perSecond === undefined || perSecond <= 0) return "";
  return `  ${bytesOf(perSecond)}/s  ${clockOf((total - done) / perSecond)} left`;
}

function barOf(share: number, columns: number): string {
  const full = Math.round(share * columns);
  return `[${"█".repeat(full)}${"░".repeat(columns - full)}]`;
}
