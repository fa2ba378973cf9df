type Props = { title: React.ReactNode; lead?: React.ReactNode; children?: React.ReactNode; before?: React.ReactNode };

/** The header of a page: title, lead sentence and actions. */
export function PageHeader({ title, lead, children, before }: Props) {
  return (
    <header className="mb-5 flex flex-wrap items-end gap-x-4 gap-y-3">
      <div className="min-w-0 flex-1 basis-64">
        {before}
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
        {lead && <p className="mt-0.5 text-muted">{lead}</p>}
      </div>
      {children && <div className="flex flex-wrap items-center gap-2 max-sm:w-full">{children}</div>}
    </header>
  );
}
