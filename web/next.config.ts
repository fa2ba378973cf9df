import type { NextConfig } from "next";

const mode = process.env.ARTI_WEB_OUTPUT ?? "export";

export default {
  output: mode === "standalone" ? "standalone" : mode === "dev" ? undefined : "export",
  trailingSlash: true,
  images: { unoptimized: true },
  poweredByHeader: false,
  // A fixed id makes builds reproducible.
  generateBuildId: async () => process.env.ARTI_BUILD_ID ?? "arti",
  experimental: {
    turbopackChunking: {
      priorityRoutes: [/^\/$/],
      priorityBoost: 4,
      minChunkSize: 150_000,
      maxMergeChunkSize: 400_000,
    },
    turbopackCjsTreeShaking: true,
    turbopackCrossModuleConstants: true,
  },
  turbopack: {
    root: import.meta.dirname,
    rules: { "**/messages/*.json": { loaders: ["./lint/compile-messages.mjs"], as: "*.js" } },
    resolveAlias: { "use-intl/format-message": "use-intl/format-message/format-only" },
  },
} satisfies NextConfig;
