import type { Download } from '../contract/objects.ts';
import type { Env } from '../env.ts';
import { isShown } from './content-types.ts';
import { keyOf, type ObjectRow } from './objects.ts';
import { openStorage } from './open.ts';
import { Refusal } from './refusal.ts';

/** How long a download's signature is good, in seconds. */
const fetchSeconds = 10 * 60;

/** RFC 8187: what may stand unescaped in an extended parameter. */
const extended = (text: string) =>
  encodeURIComponent(text).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);

/** Signs a GET. With a name it is saved under it; without, shown where that is safe. */
export async function signDownload(
  env: Env,
  row: ObjectRow,
  name: string | undefined,
  now: number,
): Promise<Download> {
  const s3 = openStorage(env, row.location);
  if (!s3) throw new Refusal(503, 'storage-not-configured', 'this storage is not set up any more');
  const disposition = name
    ? `attachment; filename*=UTF-8''${extended(name)}`
    : isShown(row.content_type)
      ? 'inline'
      : 'attachment';
  const { url, expiresAt } = await s3.presign(
    {
      method: 'GET',
      key: keyOf(row),
      query: {
        'response-content-disposition': disposition,
        'response-content-type': row.content_type,
        'response-cache-control': `private, max-age=${fetchSeconds}`,
      },
      expiresIn: fetchSeconds,
    },
    now,
  );
  return { url, expiresAt, size: row.size, contentType: row.content_type, sha256: row.sha256 };
}
