/** Files that the edge makes while they are fetched, such as exports. */
import { AppError } from '../core/errors.ts';
import { refusalOf } from './request.ts';

/** The body; throws the edge's refusal. */
export async function openEdgeFile(
  address: string,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  let response: Response;
  try {
    response = await fetch(address, { credentials: 'same-origin', cache: 'no-store', signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new AppError('network-unreachable', 'no answer', { cause: error });
  }
  if (!response.ok || !response.body) {
    throw refusalOf(response, await response.json().catch(() => null));
  }
  return response.body;
}
