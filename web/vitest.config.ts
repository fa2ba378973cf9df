import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    include: ["{app,components,features,lib}/**/*.test.{ts,tsx}", "*.test.ts"],
    setupFiles: ["./vitest.setup.ts"],
    environment: "jsdom",
    restoreMocks: true,
    // One process for all files: starting jsdom takes longer than the tests.
    pool: "threads",
    isolate: false,
  },
});
