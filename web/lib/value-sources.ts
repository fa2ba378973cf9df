/** Where values come from, as pages say it. */
export const SOURCES: Record<string, string> = {
  sync: "synced",
  import: "from a file",
  label_import: "from a label team’s file: that label’s tracks only",
  typed: "typed in",
};
