import { defineConfig } from "vitest/config";

/** Desk, wallboard and page scripts: stable names, relative addresses, nothing inlined (the CSP allows no data: scripts). */
export default defineConfig({
  base: "./",
  publicDir: false,
  build: {
    outDir: "../src/pasokh/office/static/dist",
    emptyOutDir: true,
    target: ["chrome123", "firefox121", "safari17.5"],
    cssTarget: ["chrome123", "firefox121", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: false,
    sourcemap: false,
    manifest: "manifest.json",
    rollupOptions: {
      input: {
        desk: "src/desk/main.ts",
        wall: "src/wall/main.ts",
        flow: "src/flow/main.ts",
        pages: "src/pages/main.ts",
        theme: "src/pages/theme.ts",
        style: "src/design/style.css",
        shop: "src/design/shop.css",
      },
      output: {
        entryFileNames: "[name].js",
        chunkFileNames: "chunks/[name]-[hash].js",
        assetFileNames: (asset) =>
          asset.names.some((name) => name.endsWith(".woff2")) ? "fonts/[name][extname]" : "[name][extname]",
      },
    },
  },
  test: { include: ["test/**/*.test.ts"], environment: "node" },
});
