export { lineWidth, type Paint, paintFor, plain, type Terminal, type Tone } from "./paint.ts";
export { type Cell, type Column, table } from "./table.ts";
export { cutText, harmlessText, padText, textWidth } from "./text-width.ts";
export { countOf, sizeOf, spanOf } from "./words.ts";
