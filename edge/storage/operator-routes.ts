/** What whoever runs the installation does about storage: `/api/operator/storage`. */
import { Hono } from 'hono';
import * as v from 'valibot';
import type { AppContext } from '../app-types.ts';
import { idSchema } from '../contract/ids.ts';
import { operator } from '../operator/operator.ts';
import { body, refuse } from '../requests.ts';
import { storageLocations } from './locations.ts';
import { readUse, setQuota } from './objects.ts';
import { openLocation } from './open.ts';
import { StorageError } from './signed-requests.ts';

const origin = v.pipe(
  v.string(),
  v.maxLength(200),
  v.check((text) => URL.parse(text)?.origin === text && /^https?:/.test(text), 'an origin'),
);
const originsSchema = v.strictObject({
  origins: v.pipe(v.array(origin), v.minLength(1), v.maxLength(20)),
});
const quotaSchema = v.strictObject({
  /** Null: the installation's default. */
  bytes: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

export const storageOperatorRoutes = new Hono<AppContext>()
  .get('/', operator(), async (context) => {
    const locations = await Promise.all(
      storageLocations(context.env).map(async (location) => ({
        ...{ name: location.name, region: location.region, bucket: location.bucket },
        reachable: (await openLocation(context.env, location)?.reachable()) ?? false,
      })),
    );
    return context.json({ locations });
  })
  // Once for each new bucket. Where the provider has no such call (status 501), its console has it.
  .post('/allow-origins', operator(), body(originsSchema), async (context) => {
    const { origins } = context.req.valid('json');
    const locations = await Promise.all(
      storageLocations(context.env).map(async (location) => {
        try {
          await openLocation(context.env, location)?.allowOrigins(origins);
          return { name: location.name, status: 200 };
        } catch (error) {
          if (!(error instanceof StorageError)) throw error;
          return { name: location.name, status: error.status };
        }
      }),
    );
    return context.json({ locations });
  })
  .put('/quota/:workspaceId', operator(), body(quotaSchema), async (context) => {
    const id = v.safeParse(idSchema, context.req.param('workspaceId'));
    if (!id.success) return refuse(context, 404, 'not-found', 'no such workspace');
    await setQuota(context.env, id.output, context.req.valid('json').bytes);
    return context.json(await readUse(context.env, id.output));
  });
