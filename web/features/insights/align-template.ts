export type Piece = { text: string; slot: string | null };

const SLOT = /\{\{([a-z][a-z0-9_]*)\}\}/g;

/** Find which part of the rendered `text` filled which slot of `template`; null when they do not match. */
export function alignTemplate(template: string, text: string): Piece[] | null {
  const slots: string[] = [];
  let pattern = "^";
  let end = 0;
  for (const found of template.matchAll(SLOT)) {
    pattern += `(${escape(template.slice(end, found.index))})([^]+?)`;
    slots.push(found[1]!);
    end = found.index + found[0].length;
  }
  pattern += `(${escape(template.slice(end))})$`;
  const groups = new RegExp(pattern).exec(text)?.slice(1);
  if (!groups) return null;
  return groups
    .map((part, index) => ({ text: part, slot: index % 2 === 1 ? slots[(index - 1) / 2]! : null }))
    .filter((piece) => piece.text !== "");
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
