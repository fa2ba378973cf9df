import { Logo } from "@/components/logo";
import { t } from "./messages";

const PROMISES = ["collect", "understand", "prove", "notify"] as const;

/** The layout of the sign-in pages: the form beside a description of ARTi. */
export function AuthLayout({ children }: { children: React.ReactNode }) {
  return (
    <div className="grid min-h-dvh bg-panel lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
      <main className="mx-auto w-full max-w-[408px] px-6 pt-12 pb-16 sm:pt-[max(48px,18dvh)]">
        <div className="mb-10 flex items-center gap-2.5">
          <Logo />
          <span className="text-lg font-semibold tracking-tight">ARTi</span>
        </div>
        {children}
      </main>
      <aside
        className="hidden border-l border-line bg-bg lg:sticky lg:top-0 lg:grid lg:h-dvh lg:place-items-center"
        aria-label={t("promises.label")}
      >
        <ol className="grid max-w-md gap-7 px-12">
          {PROMISES.map((promise, step) => (
            <li key={promise} className="grid grid-cols-[28px_1fr] gap-x-4">
              <span
                aria-hidden
                className="num mt-px grid size-6 place-items-center rounded-full border border-line bg-panel text-xs font-medium text-muted"
              >
                {step + 1}
              </span>
              <div>
                <p className="font-semibold">{t(`promises.${promise}.name`)}</p>
                <p className="mt-0.5 text-muted">{t(`promises.${promise}.text`)}</p>
              </div>
            </li>
          ))}
        </ol>
      </aside>
    </div>
  );
}

/** The heading of a sign-in page, with a lead sentence. */
export function AuthHeading({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
      {children && <p className="mt-1 text-muted">{children}</p>}
    </>
  );
}
