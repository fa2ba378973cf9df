import compile from "icu-minify/compile";

/**
 * Loader of catalogues: ICU messages become what use-intl's small formatter reads, so that no reader loads a parser.
 * Vitest loads the catalogues as they are.
 */
export default function compileMessages(source) {
  return `export default ${JSON.stringify(compiled(JSON.parse(source)))};`;
}

const compiled = (messages) =>
  Object.fromEntries(
    Object.entries(messages).map(([key, text]) => [key, typeof text === "string" ? compile(text) : compiled(text)]),
  );
