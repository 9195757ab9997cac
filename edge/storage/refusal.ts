import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { EdgeErrorCode } from '../contract/errors.ts';

/** Thrown where a request cannot be met; the routes answer with it. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: ContentfulStatusCode;
  readonly code: EdgeErrorCode;

  constructor(status: ContentfulStatusCode, code: EdgeErrorCode, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
