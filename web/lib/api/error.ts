/** An answer of ARTi's API that is not a success, or no answer at all (status 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  readonly field: string | null;

  constructor(status: number, body: Record<string, unknown>, requestId = "") {
    super(typeof body.message === "string" ? body.message : "Something went wrong on our side.");
    this.status = status;
    this.code = typeof body.error === "string" ? body.error : "internal";
    this.requestId = (typeof body.request_id === "string" && body.request_id) || requestId;
    this.field = typeof body.field === "string" ? body.field : null;
  }
}

export const noAnswer = () =>
  new ApiError(0, { error: "unreachable", message: "ARTi cannot be reached. Check your connection, then try again." });

/** The sentence to show for any thrown thing. */
export function sentence(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong.";
}
