/** Every route that the app has, with what stands in front of it; taken from the app itself. */
import type { GenericSchema } from 'valibot';
import app from '../index.ts';
import type { Action } from '../workspaces/permissions.ts';

export interface Route {
  method: string;
  path: string;
  /** What `allow` asks for, in order; empty when nothing does. */
  actions: Action[];
  json: GenericSchema | null;
  query: GenericSchema | null;
}

interface Marked {
  action?: Action;
  reads?: { target: 'json' | 'query'; schema: GenericSchema };
  /** Where Hono keeps a handler of an app that has its own way with errors. */
  __COMPOSED_HANDLER?: Marked;
}

const unwrapped = (handler: Marked): Marked =>
  handler.__COMPOSED_HANDLER ? unwrapped(handler.__COMPOSED_HANDLER) : handler;

function collect(): Route[] {
  const routes = new Map<string, Route>();
  for (const { method, path, handler } of app.routes) {
    // Middleware in front of everything, and the answer that there is no such endpoint.
    if (method === 'ALL') continue;
    const key = `${method} ${path}`;
    const route = routes.get(key) ?? { method, path, actions: [], json: null, query: null };
    const { action, reads } = unwrapped(handler as Marked);
    if (action) route.actions.push(action);
    if (reads) route[reads.target] = reads.schema;
    routes.set(key, route);
  }
  return [...routes.values()];
}

export const allRoutes = collect();
/** Of one workspace. */
export const tenantRoutes = allRoutes.filter((route) =>
  route.path.startsWith('/api/workspaces/:workspaceId'),
);
