import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { columnHelper, DataTable, type Column } from "./data-table";

type Song = { id: string; title: string };

const column = columnHelper<Song>();
const columns = [column.accessor("title", { header: "Title", cell: ({ getValue }) => <button>{getValue()}</button> })];
const songs = [
  { id: "1", title: "Tidelight" },
  { id: "2", title: "Hollow Rivers" },
];

function renderTable(onOpen?: (song: Song) => void) {
  render(
    <DataTable
      label="Songs"
      rows={songs}
      columns={columns as Column<Song>[]}
      rowId={(song) => song.id}
      onOpen={onOpen}
    />,
  );
  return screen.getAllByRole("row")[1]!;
}

test("a row with onOpen is focusable, and opens by Enter, Space and click", async () => {
  const onOpen = vi.fn();
  const row = renderTable(onOpen);
  row.focus();
  expect(document.activeElement).toBe(row);
  await userEvent.keyboard("{Enter}");
  await userEvent.keyboard(" ");
  await userEvent.click(row);
  expect(onOpen.mock.calls).toEqual([[songs[0]], [songs[0]], [songs[0]]]);
});

test("Enter on a button in the row presses the button once", async () => {
  const onOpen = vi.fn();
  renderTable(onOpen);
  screen.getByRole("button", { name: "Tidelight" }).focus();
  await userEvent.keyboard("{Enter}");
  expect(onOpen).toHaveBeenCalledOnce(); // once by the click that bubbles, not again by the key
});

test("a row without onOpen is not in the tab order", () => {
  expect(renderTable().getAttribute("tabindex")).toBeNull();
});
