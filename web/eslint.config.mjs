import { readdirSync } from "node:fs";
import query from "@tanstack/eslint-plugin-query";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";
import noText from "./lint/no-text.mjs";

const features = readdirSync(new URL("./features", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const refuse = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });

// What two features need lives in components/ or lib/.
const featureBoundaries = features.map((feature) => ({
  files: [`features/${feature}/**`],
  rules: refuse(
    { regex: `^@/features/(?!${feature}/)`, message: "A feature imports no other feature." },
    { group: ["@/app/*"], message: "Pages import features, not the other way round." },
  ),
}));

const componentBoundary = {
  files: ["components/**"],
  rules: refuse({ group: ["@/features/*", "@/app/*"], message: "components/ imports no feature and no page." }),
};

const libBoundary = {
  files: ["lib/**"],
  rules: refuse({
    group: ["@/components/*", "@/features/*", "@/app/*", "**/components/**", "**/features/**"],
    message: "lib/ imports no component, no feature and no page.",
  }),
};

const noTextInCode = {
  files: ["{app,components,features,lib}/**/*.{ts,tsx}"],
  ignores: ["**/*.test.{ts,tsx}"],
  plugins: { arti: { rules: { "no-text": noText } } },
  rules: { "arti/no-text": "error" },
};

export default tseslint.config(
  { ignores: [".next/", "out/", "node_modules/", "next-env.d.ts", "lib/api/schema.d.ts"] },
  ...tseslint.configs.recommended,
  ...query.configs["flat/recommended"],
  a11y.flatConfigs.recommended,
  {
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "max-lines": ["error", { max: 250 }],
      "no-console": "error",
      // The first field of a dialog or of a sign-in page has the focus, as the dialog pattern of WAI-ARIA asks.
      "jsx-a11y/no-autofocus": "off",
      // A region that scrolls must be reachable by keyboard (axe: scrollable-region-focusable).
      "jsx-a11y/no-noninteractive-tabindex": ["error", { tags: [], roles: ["region"] }],
      "@tanstack/query/no-rest-destructuring": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    },
  },
  ...featureBoundaries,
  componentBoundary,
  libBoundary,
  noTextInCode,
);
