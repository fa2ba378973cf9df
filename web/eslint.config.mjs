import { readdirSync } from "node:fs";
import query from "@tanstack/eslint-plugin-query";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const rooms = readdirSync(new URL("./features", import.meta.url));

// A room shows its own things. What two rooms need lives in components/ or lib/.
const walls = rooms.map((room) => ({
  files: [`features/${room}/**`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          { regex: `^@/features/(?!${room}/)`, message: "A feature imports no other feature." },
          { group: ["@/app/*"], message: "Pages import features, not the other way round." },
        ],
      },
    ],
  },
}));

const floor = {
  files: ["components/**", "lib/**"],
  rules: {
    "no-restricted-imports": [
      "error",
      { patterns: [{ group: ["@/features/*", "@/app/*"], message: "components and lib know no feature." }] },
    ],
  },
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
  ...walls,
  floor,
);
