"use client";

import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  sortFns,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowData,
  type SortingState,
} from "@tanstack/react-table";
import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { useState } from "react";
import { cn } from "@/lib/class-names";
import { t } from "@/components/messages";

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel(), sortFns });
export type Column<T extends RowData> = ColumnDef<typeof features, T, unknown>;
type Meta = { align?: "right"; className?: string };

/** The column builder of a table of T. Build columns outside the component: their identity must be stable. */
export function columnHelper<T extends RowData>() {
  return createColumnHelper<typeof features, T>();
}

type Props<T extends RowData> = {
  label: string;
  rows: T[];
  columns: Column<T>[];
  rowId: (row: T) => string;
  /** Rows open by click and by keyboard. */
  onOpen?: (row: T) => void;
  /** Set when the server sorts: the current order. */
  sort?: { value: SortingState; onChange: (value: SortingState) => void };
  className?: string;
};

/** A dense table: 36 px rows, right-aligned numbers, sortable headers. */
export function DataTable<T extends RowData>({ label, rows, columns, rowId, onOpen, sort, className }: Props<T>) {
  const [own, setOwn] = useState<SortingState>([]);
  const sorting = sort?.value ?? own;
  const table = useTable({
    features,
    columns,
    data: rows,
    getRowId: rowId,
    manualSorting: Boolean(sort),
    state: { sorting },
    onSortingChange: (change) => {
      const next = typeof change === "function" ? change(sorting) : change;
      if (sort) sort.onChange(next);
      else setOwn(next);
    },
  });
  return (
    <div
      className={cn("relative overflow-x-auto", className)}
      tabIndex={0}
      role="region"
      aria-label={t("table.label", { label })}
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{label}</caption>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} className="border-b border-line">
              {group.headers.map((header) => {
                const meta = header.column.columnDef.meta as Meta | undefined;
                const sorted = header.column.getIsSorted();
                const right = meta?.align === "right";
                return (
                  <th
                    key={header.id}
                    scope="col"
                    aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : undefined}
                    className={cn(
                      "h-9 px-3 text-left text-xs font-medium whitespace-nowrap text-muted first:pl-4 last:pr-4",
                      right && "text-right",
                      meta?.className,
                    )}
                  >
                    {header.column.getCanSort() ? (
                      <button
                        type="button"
                        onClick={header.column.getToggleSortingHandler()}
                        className={cn(
                          "-mx-1 inline-flex items-center gap-1 rounded px-1 hover:text-fg",
                          right && "flex-row-reverse",
                        )}
                      >
                        <table.FlexRender header={header} />
                        <SortMark sorted={sorted} />
                      </button>
                    ) : (
                      <table.FlexRender header={header} />
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr
              key={row.id}
              {...(onOpen && openingProps(() => onOpen(row.original)))}
              className={cn(
                "border-b border-line/70 last:border-0 hover:bg-hover focus-visible:-outline-offset-2",
                onOpen && "cursor-pointer",
              )}
            >
              {row.getAllCells().map((cell) => {
                const meta = cell.column.columnDef.meta as Meta | undefined;
                return (
                  <td
                    key={cell.id}
                    className={cn(
                      "h-9 px-3 py-1.5 first:pl-4 last:pr-4",
                      meta?.align === "right" && "num text-right",
                      meta?.className,
                    )}
                  >
                    <table.FlexRender cell={cell} />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Make a row open by click, and by Enter or Space while it has the focus. j and k move between such rows. */
function openingProps(open: () => void): React.ComponentProps<"tr"> & { "data-row": true } {
  return {
    "data-row": true,
    tabIndex: 0,
    onClick: open,
    onKeyDown: (event) => {
      if (event.target !== event.currentTarget || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      open();
    },
  };
}

function SortMark({ sorted }: { sorted: false | "asc" | "desc" }) {
  const Icon = sorted === "asc" ? ArrowUp : sorted === "desc" ? ArrowDown : ChevronsUpDown;
  return <Icon className={cn("size-3", !sorted && "opacity-60")} aria-hidden />;
}
