const GIB_PER_TIB = 1024;
const TOKENS_PER_K = 1024;
const TOKENS_PER_M = TOKENS_PER_K * 1024;

/** A whole number with its thousands set apart: `12,345`. */
export function countText(count: number): string {
  return Math.round(count).toLocaleString("en");
}

/** A number with its noun: `1 node`, `2 nodes`. `plural` where an `s` is not enough. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : plural}`;
}

/** A size given in GiB with its unit: `< 0.1 GiB`, `4.1 GiB`, `192 GiB`, `1.8 TiB`. */
export function gibText(gib: number): string {
  return gib >= GIB_PER_TIB ? `${digits(gib / GIB_PER_TIB)}\u00a0TiB` : `${digits(gib)}\u00a0GiB`;
}

/** A part of a whole, both in GiB, with one unit for both: `78.4 of 192 GiB`. */
export function gibOfText(part: number, whole: number): string {
  const isLarge = whole >= GIB_PER_TIB;
  return `${digits(isLarge ? part / GIB_PER_TIB : part)} of ${gibText(whole)}`;
}

/** A share of 0–100 as whole percent: `34 %`. Values outside are held at the ends. */
export function percentText(share: number): string {
  return `${Math.round(clampPercent(share))}\u00a0%`;
}

/** `part` of `whole` as 0–100, 0 where there is no whole. */
export function percentOf(part: number, whole: number): number {
  return whole > 0 ? clampPercent((part / whole) * 100) : 0;
}

/** A context length in tokens, short: `8k` for 8192, `1M` for 1048576, `2,000` where no binary unit fits; undefined when unknown. */
export function contextText(tokens: number): string | undefined {
  if (tokens <= 0) return undefined;
  if (tokens >= TOKENS_PER_M && tokens % TOKENS_PER_M === 0) return `${tokens / TOKENS_PER_M}M`;
  return tokens % TOKENS_PER_K === 0 ? `${tokens / TOKENS_PER_K}k` : countText(tokens);
}

/** One decimal where it tells something: below 100, and not for whole numbers of two digits. */
function digits(value: number): string {
  if (value > 0 && value < 0.05) return "<\u00a00.1";
  if (value >= 99.95 || (value >= 10 && Number.isInteger(value))) return countText(value);
  return value === 0 ? "0" : value.toFixed(1);
}

function clampPercent(share: number): number {
  return Math.min(100, Math.max(0, share));
}
