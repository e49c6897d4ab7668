/**
 * Memory bandwidth by product name, GB/s, from the makers' data sheets. Names are whole words in lower case; where several
 * fit, the longest wins, so `rtx 4080 super` is not an `rtx 4080` and an `rtx a1000` is no `a100`.
 */
const bandwidths: Readonly<Record<string, number>> = {
  "apple m1": 68,
  "apple m1 pro": 200,
  "apple m1 max": 400,
  "apple m1 ultra": 800,
  "apple m2": 100,
  "apple m2 pro": 200,
  "apple m2 max": 400,
  "apple m2 ultra": 800,
  "apple m3": 100,
  "apple m3 pro": 150,
  "apple m3 max": 400,
  "apple m3 ultra": 819,
  "apple m4": 120,
  "apple m4 pro": 273,
  "apple m4 max": 546,
  "apple m5": 153,
  b200: 8000,
  h200: 4800,
  h100: 3350,
  a100: 2039,
  v100: 900,
  l40s: 864,
  l40: 864,
  l4: 300,
  a40: 696,
  a30: 933,
  a10: 600,
  t4: 320,
  p40: 346,
  gb10: 273,
  "rtx pro 6000": 1792,
  "rtx pro 5000": 1344,
  "rtx 6000 ada": 960,
  "rtx 5000 ada": 576,
  "rtx 4500 ada": 432,
  "rtx 4000 ada": 360,
  "rtx a6000": 768,
  "rtx a5500": 768,
  "rtx a5000": 768,
  "rtx a4500": 640,
  "rtx a4000": 448,
  "rtx a2000": 288,
  "rtx a1000": 192,
  "rtx 5090": 1792,
  "rtx 5080": 960,
  "rtx 5070 ti": 896,
  "rtx 5070": 672,
  "rtx 5060 ti": 448,
  "rtx 5060": 448,
  "rtx 4090": 1008,
  "rtx 4080 super": 736,
  "rtx 4080": 716,
  "rtx 4070 ti super": 672,
  "rtx 4070 ti": 504,
  "rtx 4070 super": 504,
  "rtx 4070": 504,
  "rtx 4060 ti": 288,
  "rtx 4060": 272,
  "rtx 3090 ti": 1008,
  "rtx 3090": 936,
  "rtx 3080 ti": 912,
  "rtx 3080": 760,
  "rtx 3070 ti": 608,
  "rtx 3070": 448,
  "rtx 3060 ti": 448,
  "rtx 3060": 360,
  "rtx 2080 ti": 616,
  "rtx 2080": 448,
  "rtx 2070": 448,
  "rtx 2060": 336,
  "rtx 5090 laptop": 896,
  "rtx 5080 laptop": 896,
  "rtx 4090 laptop": 576,
  "rtx 4080 laptop": 432,
  "rtx 4070 laptop": 256,
  "rtx 4060 laptop": 256,
  "rtx 3080 laptop": 448,
  "rtx 3070 laptop": 448,
  "rtx 3060 laptop": 336,
  mi300x: 5300,
  mi250x: 3277,
  mi210: 1638,
  mi100: 1229,
  "rx 9070 xt": 640,
  "rx 9070": 640,
  "rx 7900 xtx": 960,
  "rx 7900 xt": 800,
  "rx 7900 gre": 576,
  "rx 7800 xt": 624,
  "rx 7700 xt": 432,
  "rx 7600": 288,
  "rx 6950 xt": 576,
  "rx 6900 xt": 512,
  "rx 6800 xt": 512,
  "rx 6800": 512,
  "rx 6700 xt": 384,
  "pro w7900": 864,
  "pro w7800": 576,
  "ryzen ai max": 256,
  "arc b580": 456,
  "arc a770": 560,
  "arc a750": 512,
};

/** Bandwidth of the first product whose name is known, GB/s; 0 when none is. Name graphics cards before the CPU. */
export function memoryBandwidthOf(names: readonly string[]): number {
  for (const name of names) {
    const bandwidth = bandwidthOf(name);
    if (bandwidth > 0) return bandwidth;
  }
  return 0;
}

/** A laptop's card has less than its namesake, so it is only known by its own entry. */
function bandwidthOf(name: string): number {
  const words = ` ${name
    .toLowerCase()
    .replace(/\((r|tm)\)/g, "")
    .replace(/[^a-z0-9]+/g, " ")
    .trim()} `;
  const fitting = Object.keys(bandwidths).filter((entry) => words.includes(` ${entry} `));
  const longest = fitting.reduce((best, entry) => (entry.length > best.length ? entry : best), "");
  if (words.includes(" laptop ") && !longest.endsWith(" laptop")) return 0;
  return bandwidths[longest] ?? 0;
}
