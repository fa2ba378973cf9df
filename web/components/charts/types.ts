export type ChartLine = {
  id: string;
  name: string;
  color: string;
  dash: string;
  width: number;
  /** One for each day of the axis; null breaks the line. */
  values: (number | null)[];
  /** The server's values, also when `values` is an index. */
  exact: (number | null)[];
  reasons: (string | null)[];
  unit: string;
  /** Stands at the end of the line: what tells it apart without colour. */
  label?: string;
};

export type ChartMark = { id: string; on: string; kind: string; title: string };

export type LineChartProps = {
  title: string;
  days: string[];
  lines: ChartLine[];
  marks: ChartMark[];
  breaks: { on: string; note: string }[];
  gaps: { from: string; to: string }[];
  unit: string;
  height: number;
};
