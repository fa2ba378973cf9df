import { render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import LineChart from "./line-chart";

const PHONE = { width: 340, height: 320 };
const DAYS = Array.from({ length: 28 }, (_, at) => `2026-02-${String(at + 1).padStart(2, "0")}`);
const VALUES = DAYS.map((_, at) => at);
const LINE = { id: "a", name: "Views", color: "red", dash: "", width: 2, values: VALUES, exact: VALUES };

/** Nothing is laid out in these tests: the chart is told its size. */
class SizeObserver {
  constructor(private readonly report: (entries: { contentRect: typeof PHONE }[]) => void) {}
  observe() {
    this.report([{ contentRect: PHONE }]);
  }
  disconnect() {}
}

// Put back alone: to take back all globals would take the API of other files' tests.
const observer = globalThis.ResizeObserver;
beforeEach(() => {
  globalThis.ResizeObserver = SizeObserver as unknown as typeof ResizeObserver;
  vi.spyOn(HTMLElement.prototype, "getBoundingClientRect").mockReturnValue(PHONE as DOMRect);
});
afterEach(() => {
  globalThis.ResizeObserver = observer;
});

test.each([
  ["2026-02-03", "start"],
  ["2026-02-26", "end"],
])("the label of a change on %s stands on the side that has room", async (on, anchor) => {
  render(
    <LineChart
      title="Views"
      days={DAYS}
      lines={[{ ...LINE, reasons: [], unit: "" }]}
      marks={[]}
      breaks={[{ on, note: "" }]}
      gaps={[]}
      unit=""
      height={320}
    />,
  );
  const label = await screen.findByText("counted differently");
  expect(label.closest("text")!.getAttribute("text-anchor")).toBe(anchor);
});
