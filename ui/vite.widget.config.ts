import { defineConfig } from "vite";

/** The chat widget: one self-contained classic script for other people's pages. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "../src/pasokh/office/static/dist",
    emptyOutDir: false,
    target: ["chrome100", "firefox101", "safari16.4"],
    lib: { entry: "src/widget/main.ts", formats: ["iife"], name: "PasokhChat", fileName: () => "widget.js" },
  },
});
