import { ApiError, unreachable } from "@/lib/api/error";
import type { OpenedUploadLink, Upload } from "@/lib/api/types";
import { readConfig } from "@/lib/config";

/** Ask the API with the token of an upload link: without the session that this browser may have. */
async function ask<T>(token: string, path: string, body?: FormData): Promise<T> {
  const { apiUrl } = await readConfig();
  const headers = { Authorization: `UploadLink ${token}` };
  const response = await fetch(`${apiUrl}${path}`, body ? { method: "POST", headers, body } : { headers }).catch(() => {
    throw unreachable();
  });
  const answer: unknown = await response.json().catch(() => ({}));
  if (response.ok) return answer as T;
  throw new ApiError(response.status, answer as Record<string, unknown>, response.headers.get("X-Request-Id") ?? "");
}

export const openLink = (token: string) => ask<OpenedUploadLink>(token, "/api/uploads/link");

export function sendFile(token: string, { path, file }: { path: string; file: File }) {
  const form = new FormData();
  form.set("file", file, path);
  return ask<{ id: string }>(token, "/api/uploads", form);
}

export const listUploads = (token: string, ids: string[]) =>
  ask<Upload[]>(token, `/api/uploads?${ids.map((id) => `id=${id}`).join("&")}`);
