/** What a machine, or a part of it, takes when it does nothing and when it computes, W. */
export interface PowerRange {
  readonly idle: number;
  readonly busy: number;
}

type Row = readonly [name: RegExp, idle: number, busy: number];

/**
 * Whole machines by their chip. Apple: "power consumption" of Mac mini (support.apple.com/103253) and Mac Studio
 * (support.apple.com/102027), idle and three quarters of the stated maximum, since a model keeps the graphics processor busy
 * but not everything else. Small boards: their makers' figures. First match counts, so the longer names stand first.
 */
const machines: readonly Row[] = [
  [/\bM\d+ Ultra\b/, 12, 200],
  [/\bM\d+ Max\b/, 9, 105],
  [/\bM[4-9] Pro\b/, 5, 75],
  [/\bM\d+ Pro\b/, 6, 60],
  [/\bM[4-9]\b/, 4, 40],
  [/\bM\d+\b/, 6, 32],
  [/\bBCM27\d\d\b|Raspberry Pi|Cortex-A7[26]/i, 3, 9],
  [/\bRK3588/i, 3, 14],
  [/\bGB10\b/, 35, 140],
  [/Ryzen AI Max/i, 15, 110],
];

/**
 * Graphics cards: idle, and 80 % of the board power that the maker states (data sheets of NVIDIA and AMD). Reading the weights
 * from memory for each token does not load a card as a stress test does. The chips of notebooks have the names of cards and a
 * third of their power (80 to 150 W, as the notebook's maker sets it), so they stand first.
 */
const cards: readonly Row[] = [
  [/\bLaptop\b|\bMobile\b|Max-Q/i, 8, 95],
  [/RTX PRO 6000/i, 20, 480],
  [/\b5090\b/, 25, 460],
  [/\b5080\b/, 15, 288],
  [/\b5070 Ti\b/i, 13, 240],
  [/\b5070\b/, 12, 200],
  [/\b5060\b/, 9, 130],
  [/\b4090\b/, 20, 360],
  [/\b4080\b/, 14, 256],
  [/\b4070 Ti\b/i, 12, 228],
  [/\b4070\b/, 11, 165],
  [/\b4060\b/, 8, 110],
  [/\b3090 Ti\b/i, 22, 360],
  [/\b3090\b/, 20, 280],
  [/\b3080\b/, 18, 262],
  [/\b3070\b/, 13, 180],
  [/\b3060\b/, 12, 140],
  [/\bH[12]00\b|\bGH200\b/, 70, 560],
  [/\bB[123]00\b/, 100, 800],
  [/\bA100\b/, 50, 280],
  [/\bV100\b/, 35, 230],
  [/\bL40S?\b/, 30, 270],
  [/\bL4\b/, 12, 58],
  [/\bT4\b/, 10, 56],
  [/\bA10G?\b/, 15, 120],
  [/\b(RTX )?A6000\b|6000 Ada/i, 20, 240],
  [/MI3\d\dX?\b/i, 120, 600],
  [/MI2\d\dX?\b/i, 60, 320],
  [/7900 XTX/i, 18, 284],
  [/7900/, 17, 250],
  [/9070/, 12, 230],
  [/\b[67][89]\d0\b/, 12, 210],
];

/** The whole machine's range where its chip is known; undefined for machines that are put together from parts. */
export const machinePower = (chip: string): PowerRange | undefined => rangeOf(machines, chip);

/** A card's range: by its name, else about 12 W per GiB of its memory. One without memory of its own is part of the processor. */
export function cardPower(card: { readonly name: string; readonly vram_total_gb: number }): PowerRange {
  const known = rangeOf(cards, card.name);
  if (known !== undefined) return known;
  const busy = Math.min(350, card.vram_total_gb * 12);
  return { idle: busy / 15, busy };
}

/** Board, disks and power supply of a machine put together from parts, W. */
const REST_OF_MACHINE = 18;
/** A desktop's or server's core at work, W: 65 to 125 W for eight to sixteen cores. */
const PER_CORE_BUSY = 8;
const PER_CORE_IDLE = 0.8;

/** Processors, board and power supply of a machine of which nothing but the number of cores is known. */
export const boardPower = (cores: number): PowerRange => ({
  idle: REST_OF_MACHINE + cores * PER_CORE_IDLE,
  busy: REST_OF_MACHINE + cores * PER_CORE_BUSY,
});

function rangeOf(rows: readonly Row[], name: string): PowerRange | undefined {
  const row = rows.find(([pattern]) => pattern.test(name));
  return row === undefined ? undefined : { idle: row[1], busy: row[2] };
}
