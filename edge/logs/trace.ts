/** W3C Trace Context (https://www.w3.org/TR/trace-context/), version 00. */

export interface Trace {
  /** 32 hexadecimal digits; the caller's, when it sent one. */
  traceId: string;
  /** 16 hexadecimal digits, ours. */
  spanId: string;
  parentSpanId: string | null;
  sampled: boolean;
}

// eslint-disable-next-line security/detect-unsafe-regex -- parts of fixed length
const form = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

export function randomHex(bytes: number): string {
  const values = crypto.getRandomValues(new Uint8Array(bytes));
  return [...values].map((value) => value.toString(16).padStart(2, '0')).join('');
}

/** Goes on with the caller's trace where its header is well-formed, else begins one. */
export function traceOf(traceparent: string | undefined): Trace {
  const match = form.exec((traceparent ?? '').slice(0, 200));
  const [, traceId, parentSpanId, flags] = match ?? [];
  const isValid = traceId && parentSpanId && !/^0+$/.test(traceId) && !/^0+$/.test(parentSpanId);
  // Version 00 has exactly four parts.
  if (!isValid || (traceparent!.startsWith('00') && traceparent!.length !== 55)) {
    return { traceId: randomHex(16), spanId: randomHex(8), parentSpanId: null, sampled: true };
  }
  return {
    traceId,
    spanId: randomHex(8),
    parentSpanId,
    sampled: (parseInt(flags!, 16) & 1) === 1,
  };
}

/** The header for calls that this request makes. */
export const traceparentOf = (trace: Trace): string =>
  `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`;
