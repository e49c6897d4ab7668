import { defineConfig } from "vite";

export default defineConfig({
  base: "/dashboard/",
  build: {
    // The router's Content-Security-Policy allows files of its own origin only, so nothing may become a data: URL.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // `vite` alone serves the sources, with the fleet of a router on this machine.
  server: { proxy: { "/fleet": "http://127.0.0.1:11435" } },
});
