import { t } from "@/lib/messages";

/** A response of ARTi's API that is not a success, or no response at all (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  /** The refused fields with their messages. */
  readonly fields: { field: string; message: string }[];

  constructor(status: number, body: Record<string, unknown>, requestId = "") {
    super(typeof body.message === "string" ? body.message : t("error.ours"));
    this.status = status;
    this.code = typeof body.error === "string" ? body.error : "internal";
    this.requestId = (typeof body.request_id === "string" && body.request_id) || requestId;
    this.fields = fieldErrors(body, this.message);
  }
}

/** The API names every wrong field in `problems`, or the only one in `field`. */
function fieldErrors(body: Record<string, unknown>, message: string): { field: string; message: string }[] {
  if (Array.isArray(body.problems)) return body.problems as { field: string; message: string }[];
  return typeof body.field === "string" ? [{ field: body.field, message }] : [];
}

export const unreachable = () => new ApiError(0, { error: "unreachable", message: t("error.unreachable") });

/** The message to show for any thrown value. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : t("error.unknown");
}
