import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: { "@": import.meta.dirname } },
  test: {
    include: ["{app,components,features,lib}/**/*.test.{ts,tsx}", "*.test.ts"],
    setupFiles: ["./vitest.setup.ts"],
    environment: "jsdom",
    restoreMocks: true,
    testTimeout: 20_000,
    // Starting jsdom for each file would take longer than the tests.
    pool: "threads",
    isolate: false,
  },
});
