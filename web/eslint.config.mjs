import { readdirSync } from "node:fs";
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
  {
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "max-lines": ["error", { max: 250 }],
      "no-console": "error",
      eqeqeq: ["error", "always", { null: "ignore" }],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
    },
  },
  ...walls,
  floor,
);
