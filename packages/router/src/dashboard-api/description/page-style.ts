import { createHash } from "node:crypto";

/** Looks of the page of all routes: the system's own type, light and dark, readable on a phone. */
export const pageStyle = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0; padding: 1.5rem 1rem 4rem; }
main { max-width: 60rem; margin: 0 auto; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .4rem; }
code, summary { font-family: ui-monospace, Menlo, Consolas, monospace; font-size: .87rem; }
details { border-top: 1px solid light-dark(#ddd, #444); }
summary { display: grid; grid-template-columns: 4.5rem minmax(0, 22rem) 1fr; gap: .2rem 1rem; padding: .35rem .2rem; cursor: pointer; }
summary:hover, summary:focus-visible { background: light-dark(#f3f3f3, #2a2a2a); }
summary b { font-weight: 600; }
summary span { overflow-wrap: anywhere; }
summary .what { font-family: system-ui, sans-serif; color: light-dark(#444, #bbb); }
details > div { padding: 0 .2rem 1rem 5.7rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .2rem .8rem .2rem 0; }
th { font-weight: 600; border-bottom: 1px solid light-dark(#ddd, #444); }
@media (max-width: 40rem) { summary { grid-template-columns: 4.5rem 1fr; } summary .what { grid-column: 2; } details > div { padding-left: .2rem; } }
`;

/** The page may use this style and nothing else (CSP level 3, section 8.4). */
export const styleSource = `'sha256-${createHash("sha256").update(pageStyle).digest("base64")}'`;
