/** What the recorder noted, as it may stand in a project file. */
import * as v from 'valibot';
import type { Interaction } from '../core/interaction.ts';
import { array, line, place, text, time, type Covers } from './schema-parts.ts';

const point = v.object({ x: place, y: place });
const rect = v.object({ x: place, y: place, width: place, height: place });
/** Articles link to pages: no address that runs something. */
const address = v.pipe(
  v.string(),
  v.maxLength(100_000),
  v.check((url) => !/^[\s\p{Cc}]*(javascript|vbscript|data):/iu.test(url), 'an address that runs'),
);

export const interaction = v.object({
  kind: v.picklist([
    'click',
    'double-click',
    'context-menu',
    'input',
    'key',
    'choice',
    'selection',
    'drag',
    'scroll',
    'navigation',
    'tab',
  ]),
  time,
  end: v.optional(time),
  role: v.optional(line),
  label: v.optional(text),
  tag: v.optional(line),
  selectors: v.optional(array(text, 100)),
  rect: v.optional(rect),
  point: v.optional(point),
  value: v.optional(text),
  keys: v.optional(line),
  target: v.optional(
    v.object({
      role: v.optional(line),
      label: v.optional(text),
      rect: v.optional(rect),
      point: v.optional(point),
    }),
  ),
  distance: v.optional(point),
  page: v.optional(v.object({ title: text, url: address })),
  traversed: v.optional(v.boolean()),
  title: v.optional(text),
});

export const complete: Covers<Interaction, v.InferOutput<typeof interaction>> = true;
