import { describe, expect, it } from 'vitest';
import type { SourceTime } from '../../core/time.ts';
import { foldEvent, type PageEvent, type ViewportFacts } from './page-event.ts';
import { frameMap, toInteraction, type Surface } from './to-interaction.ts';
import { plainAddress } from './address.ts';
import { isStableId } from './selectors.ts';

/** A window of 1280 × 800 DIP at (100, 50) with bars of 120 DIP above the page, on a 1920 × 1080 screen. */
function viewportAt({ zoom = 1, scale = 1, panel = 0 } = {}): ViewportFacts {
  return {
    width: (1280 - panel) / zoom,
    height: 680 / zoom,
    devicePixelRatio: zoom * scale,
    visual: { x: 0, y: 0, scale: 1 },
    zoom,
    origin: { x: 100, y: 170 },
    window: { x: 100, y: 50, width: 1280, height: 800 },
    screen: { x: 0, y: 0, width: 1920, height: 1080 },
  };
}

const zooms = [0.5, 0.8, 1, 1.25, 2, 3];
const scales = [1, 1.25, 1.5, 2];
const cases = zooms.flatMap((zoom) => scales.map((scale) => ({ zoom, scale })));

describe.each(cases)('at zoom $zoom on a display scaled by $scale', ({ zoom, scale }) => {
  const viewport = viewportAt({ zoom, scale });
  // A button whose corner is 240 by 60 DIP from the viewport's, wherever zoom puts it.
  const corner = { x: 240 / zoom, y: 60 / zoom };
  const at = (surface: Surface, from = viewport) => {
    const { x, y } = frameMap(from, surface)!(corner);
    return [x, y].map((n) => Math.round(n * 1000) / 1000);
  };
  it('in a tab', () => {
    expect(at({ kind: 'tab', width: 1280 * scale, height: 680 * scale })).toEqual([
      240 * scale,
      60 * scale,
    ]);
  });
  it('in a tab recorded at half its size', () => {
    expect(at({ kind: 'tab', width: 640, height: 340 })).toEqual([120, 30]);
  });
  it('in a window', () => {
    expect(at({ kind: 'window', width: 1280 * scale, height: 800 * scale })).toEqual([
      240 * scale,
      180 * scale,
    ]);
  });
  it('in a window beside a side panel', () => {
    const beside = viewportAt({ zoom, scale, panel: 360 });
    const surface: Surface = { kind: 'window', width: 1280 * scale, height: 800 * scale };
    expect(at(surface, beside)).toEqual([240 * scale, 180 * scale]);
  });
  it('on a screen', () => {
    expect(at({ kind: 'screen', width: 1920 * scale, height: 1080 * scale })).toEqual([
      340 * scale,
      230 * scale,
    ]);
  });
});

describe('the map', () => {
  it('knows bars at the sides of another shape', () => {
    // 1280 × 680 in 1280 × 720: 20 pixels above and below.
    const map = frameMap(viewportAt(), { kind: 'tab', width: 1280, height: 720 })!;
    expect(map({ x: 0, y: 0 })).toEqual({ x: 0, y: 20 });
    expect(map({ x: 1280, y: 680 })).toEqual({ x: 1280, y: 700 });
  });
  it('is not moved by a frame that was rounded to even sizes', () => {
    const odd = { ...viewportAt(), width: 1279, height: 679 };
    const map = frameMap(odd, { kind: 'tab', width: 1278, height: 678 })!;
    expect(map({ x: 1279, y: 679 })).toEqual({ x: 1278, y: 678 });
  });
  it('follows a pinch', () => {
    const pinched = { ...viewportAt(), visual: { x: 100, y: 50, scale: 2 } };
    const map = frameMap(pinched, { kind: 'tab', width: 1280, height: 680 })!;
    expect(map({ x: 110, y: 60 })).toEqual({ x: 20, y: 20 });
  });
  it('is none for another window, or where another screen may be recorded', () => {
    expect(frameMap(viewportAt(), { kind: 'window', width: 1280, height: 720 })).toBeNull();
    const screen: Surface = { kind: 'screen', width: 1920, height: 1080 };
    expect(frameMap(viewportAt(), screen)).not.toBeNull();
    expect(frameMap(viewportAt(), { ...screen, severalScreens: true })).toBeNull();
  });
  it('follows a window that was resized', () => {
    const source = { width: 1280, height: 800 };
    const map = frameMap(viewportAt(), { kind: 'window', width: 1920, height: 1080, source })!;
    // 1280 × 800 in 1920 × 1080: scaled by 1.35, 96 pixels at the left and the right.
    expect(map({ x: 0, y: 0 })).toEqual({ x: 96, y: 162 });
  });
  it('leaves out the borders of a maximised window', () => {
    const maximised = {
      ...viewportAt(),
      origin: { x: 0, y: 100 },
      window: { x: -8, y: -8, width: 1936, height: 1056 },
    };
    const map = frameMap(maximised, { kind: 'window', width: 1920, height: 1048 })!;
    expect(map({ x: 0, y: 0 })).toEqual({ x: 0, y: 100 });
  });
});

describe('the interaction', () => {
  const time = (ms: number) => ((ms - 1000) / 1000) as SourceTime;
  const surface: Surface = { kind: 'tab', width: 2560, height: 1360 };
  const event: PageEvent = {
    id: 'a-1',
    state: 'done',
    kind: 'click',
    time: 3500,
    end: 3600,
    element: {
      role: 'button',
      label: 'Save',
      tag: 'button',
      selectors: ['#save'],
      rect: { x: 10, y: 20, width: 30, height: 40 },
    },
    point: { x: 15, y: 25 },
    page: { title: 'Post', url: 'https://example.com/' },
    viewport: viewportAt(),
  };
  it('has pixels of the frame and seconds of the source, and nothing empty', () => {
    expect(toInteraction(event, surface, time)).toStrictEqual({
      kind: 'click',
      time: 2.5,
      end: 2.6,
      role: 'button',
      label: 'Save',
      tag: 'button',
      selectors: ['#save'],
      rect: { x: 20, y: 40, width: 60, height: 80 },
      point: { x: 30, y: 50 },
      page: { title: 'Post', url: 'https://example.com/' },
    });
  });
  it('has no place for what is not in the frame', () => {
    const element = { ...event.element!, rect: { x: 10, y: -60, width: 30, height: 40 } };
    const away = { ...event, element, point: { x: 15, y: -40 } };
    const { rect, point, label } = toInteraction(away, surface, time);
    expect([rect, point, label]).toEqual([undefined, undefined, 'Save']);
  });
  it('has no place where the frame does not know its own', () => {
    const { rect, point } = toInteraction({ ...event, viewport: undefined }, surface, time);
    expect([rect, point]).toEqual([undefined, undefined]);
  });
  it('scales how far was scrolled', () => {
    const scrolled = { ...event, kind: 'scroll', distance: { x: 0, y: -300 } } as const;
    expect(toInteraction(scrolled, surface, time).distance).toEqual({ x: 0, y: -600 });
  });
});

describe('folding', () => {
  const at = (id: string, time: number, more: Partial<PageEvent> = {}): PageEvent => ({
    id,
    time,
    state: 'begun',
    kind: 'click',
    ...more,
  });
  it('keeps the last word of each, by time, without void ones', () => {
    const said = [
      at('a', 1),
      at('c', 3),
      at('b', 2),
      at('a', 1, { state: 'done', kind: 'double-click' }),
      at('c', 3, { state: 'void' }),
    ];
    const folded = said.reduce<PageEvent[]>((list, e) => foldEvent(list, e), []);
    expect(folded.map((e) => [e.id, e.kind])).toEqual([
      ['a', 'double-click'],
      ['b', 'click'],
    ]);
  });
});

it.each([
  ['https://jane:pw@example.com/a/b?x=1#part', 'https://example.com/a/b'],
  ['https://example.com/#/users/7?token=1', 'https://example.com/#/users/7'],
  ['https://example.com/app#!/inbox', 'https://example.com/app#!/inbox'],
  ['https://example.com/#access_token=abc', 'https://example.com/'],
  ['data:text/html,hello', 'data:'],
  ['about:blank', 'about:blank'],
  ['', ''],
])('the plain address of %s', (address, plain) => expect(plainAddress(address)).toBe(plain));

describe('ids', () => {
  it.each(['save', 'menu-posts', 'wp-admin-bar-new-content', 'post-12', 'user_login', 'title'])(
    'that people wrote: %s',
    (id) => expect(isStableId(id)).toBe(true),
  );
  it.each([
    '',
    ':r1a:',
    '«r3»',
    'radix-4',
    'react-select-2-input',
    'headlessui-menu-button-7',
    'mui-1234',
    'ember512',
    '550e8400-e29b-41d4-a716-446655440000',
    'input-x7f3k2a9b1',
    'mat-input-3',
    'a b',
  ])('that were drawn or counted: %s', (id) => expect(isStableId(id)).toBe(false));
});
