// @vitest-environment node
import { ESLint } from "eslint";
import { expect, test } from "vitest";

const eslint = new ESLint({ cwd: import.meta.dirname });

async function rulesBrokenBy(filePath: string, code: string): Promise<(string | null)[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return result?.messages.map((message) => message.ruleId) ?? [];
}

const importing = (path: string) => `import { x } from "${path}";\nexport const y = x;\n`;

test.each([
  ["lib/x.ts", "@/components/ui/toast"],
  ["lib/api/x.ts", "../../components/ui/toast"],
  ["lib/x.ts", "@/features/orgs/keys/queries"],
  ["components/x.tsx", "@/features/orgs/keys/queries"],
  ["features/orgs/keys/x.tsx", "@/features/metrics/queries"],
  ["features/orgs/keys/x.tsx", "@/app/page"],
])("%s may not import %s", async (file, path) => {
  expect(await rulesBrokenBy(file, importing(path))).toEqual(["no-restricted-imports"]);
});

test.each([
  ["lib/x.ts", "@/lib/api/client"],
  ["components/x.tsx", "@/lib/api/client"],
  ["features/orgs/keys/x.tsx", "@/features/orgs/members/labels"],
])("%s may import %s", async (file, path) => {
  expect(await rulesBrokenBy(file, importing(path))).toEqual([]);
});

test("an image without alternative text and a query with rest destructuring are refused", async () => {
  expect(await rulesBrokenBy("components/x.tsx", 'export const X = () => <img src="x.png" />;\n')).toEqual([
    "jsx-a11y/alt-text",
  ]);
  const query = `import { useQuery } from "@tanstack/react-query";
export function useX() {
  const { data, ...rest } = useQuery({ queryKey: ["x"], queryFn: () => 1 });
  return { data, rest };
}
`;
  expect(await rulesBrokenBy("lib/x.ts", query)).toEqual(["@tanstack/query/no-rest-destructuring"]);
});

test.each([
  "export const X = () => <p>Saved</p>;",
  'export const X = ({ a }: { a: boolean }) => <p>{a ? "on" : ""}</p>;',
  'export const X = () => <img alt="A cover" />;',
  "export const X = ({ name }: { name: string }) => <img alt={`Cover of ${name}`} />;",
  'export const LABELS = { show: "Show" };',
  'export const options = [{ value: "all", label: "all of it" }];',
  'export const schema = (z: { min: (n: number, text: string) => unknown }) => z.min(1, "Enter a title.");',
  "export const owner = (name: string) => `of ${name}, since today`;",
])("a text of the interface is refused in code: %s", async (code) => {
  expect(await rulesBrokenBy("features/calendar/x.tsx", `${code}\n`)).toEqual(["arti/no-text"]);
});

test.each([
  'export const X = () => <p className="mt-1 flex text-sm">Spotify · 404</p>;',
  'export const isEnter = (event: KeyboardEvent) => event.key === "Enter";',
  "export const path = (id: string) => `/release/?id=${id}`;",
  'export const fail = () => { throw new Error("useX is for pages inside the shell"); };',
  'export const X = ({ t }: { t: (key: string) => string }) => <p title={t("row.title")}>{t("row.text")}</p>;',
  'export const headers = { "Content-Type": "application/json" };',
])("what nobody reads is no text: %s", async (code) => {
  expect(await rulesBrokenBy("features/calendar/x.tsx", `${code}\n`)).toEqual([]);
});
