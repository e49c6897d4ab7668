export { jsonText } from "./json-text.ts";
export { lineWidth, type Paint, paintFor, plain, type Terminal, type Tone } from "./paint.ts";
export { type Progress, progressLine } from "./progress-bar.ts";
export { screenBegin, screenEnd, screenFrame } from "./screen-frame.ts";
export { type Cell, type Column, table } from "./table.ts";
export { cutText, harmlessText, padText, textWidth } from "./text-width.ts";
export { bytesOf, clockOf, countOf, durationOf, sizeOf, spanOf } from "./words.ts";
