type Cell = string | number | null | undefined;

// What a spreadsheet would take for a formula. Names of artists, songs and places are typed by people and platforms.
const FORMULA = /^[\s\u00a0]*[=+\-@\t\r\n＝＋－＠]/;

const cellOf = (value: Cell): string => {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Rows as CSV whose texts no spreadsheet runs: one that looks like a formula begins with an apostrophe. */
export const toCsv = (rows: Cell[][]): string => rows.map((row) => row.map(cellOf).join(",")).join("\n") + "\n";
