import { expect, test } from 'vitest';
import { bubbleIn, defaultCamera } from '../../core/camera.ts';
import { colourMatrix } from './colour.ts';
import { Face } from './face.ts';
import type { PlanarPicture } from './planes.ts';

interface Colour {
  y: number;
  u: number;
  v: number;
}
type At = (x: number, y: number) => Colour;

/** As decoders give them: I420, or NV12 with rows longer than the picture. */
function picture(width: number, height: number, at: At, nv12 = false): PlanarPicture {
  const stride = nv12 ? width + 32 : width;
  const chroma = nv12
    ? {
        u: { stride, step: 2, offset: stride * height },
        v: { stride, step: 2, offset: stride * height + 1 },
      }
    : {
        u: { stride: width / 2, step: 1, offset: width * height },
        v: { stride: width / 2, step: 1, offset: (width * height * 5) / 4 },
      };
  const bytes = new Uint8Array((stride * height * 3) / 2);
  const made = { bytes, width, height, y: { stride, step: 1, offset: 0 }, ...chroma };
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = at(x, y);
      for (const plane of ['y', 'u', 'v'] as const) {
        const { offset, stride: rows, step } = made[plane];
        const half = plane === 'y' ? 0 : 1;
        bytes[offset + (y >> half) * rows + (x >> half) * step] = colour[plane];
      }
    }
  return made;
}

function colourAt(p: PlanarPicture, x: number, y: number): Colour {
  const value = (plane: 'y' | 'u' | 'v', half: number) => {
    const { offset, stride, step } = p[plane];
    return p.bytes[offset + (y >> half) * stride + (x >> half) * step]!;
  };
  return { y: value('y', 0), u: value('u', 1), v: value('v', 1) };
}

const frame = { width: 640, height: 360 };
const own = { width: 320, height: 240 };
const ground: Colour = { y: 60, u: 100, v: 150 };
/** Left half dark, right half bright. */
const halves: At = (x) => (x < 160 ? { y: 40, u: 90, v: 110 } : { y: 200, u: 160, v: 60 });

test.each([
  { nv12: false, mirrored: false },
  { nv12: true, mirrored: true },
])('lies in its place, the right way round: %o', ({ nv12, mirrored }) => {
  const choice = { ...defaultCamera, size: 0.5 };
  const bubble = bubbleIn(choice, frame, own);
  const screen = picture(640, 360, () => ground, nv12);
  const face = new Face(bubble, mirrored, frame, own, null);
  face.take(picture(320, 240, halves, nv12));
  face.blend(screen);
  const middle = { x: Math.round(bubble.x + bubble.width / 2), y: Math.round(bubble.y + 90) };
  const [left, right] = [middle.x - 50, middle.x + 50].map((x) => colourAt(screen, x, middle.y));
  const [dark, bright] = [halves(0, 0), halves(300, 0)];
  expect(left).toEqual(mirrored ? bright : dark);
  expect(right).toEqual(mirrored ? dark : bright);
  // Outside of the circle, but inside of the square around it, the screen is as it was.
  expect(colourAt(screen, Math.ceil(bubble.x) + 4, Math.ceil(bubble.y) + 4)).toEqual(ground);
  expect(colourAt(screen, Math.floor(bubble.x) - 2, middle.y)).toEqual(ground);
});

test('no sample of the screen changes far from the bubble, at any place and size', () => {
  for (const at of [0, 0.37, 1])
    for (const shape of ['circle', 'rounded'] as const) {
      const bubble = bubbleIn({ ...defaultCamera, shape, x: at, y: at, size: 0.31 }, frame, own);
      const screen = picture(640, 360, () => ground);
      const face = new Face(bubble, false, frame, own, null);
      face.take(picture(320, 240, () => ({ y: 235, u: 128, v: 128 })));
      face.blend(screen);
      let covered = 0;
      let strays = 0;
      for (let y = 0; y < 360; y++)
        for (let x = 0; x < 640; x++) {
          const changed = colourAt(screen, x, y).y !== ground.y;
          if (changed) covered++;
          const near =
            x >= bubble.x - 2 &&
            x <= bubble.x + bubble.width + 1 &&
            y >= bubble.y - 2 &&
            y <= bubble.y + bubble.height + 1;
          if (changed && !near) strays++;
        }
      expect(strays).toBe(0);
      const round = 1 - Math.PI / 4;
      const area = bubble.width * bubble.height - 4 * round * bubble.radius ** 2;
      expect(Math.abs(covered / area - 1)).toBeLessThan(0.04);
    }
});

test('colours are those of the camera, whatever range and matrix each side writes', () => {
  const bt601 = { matrix: 'smpte170m', fullRange: false } as const;
  const bt709 = { matrix: 'bt709', fullRange: false } as const;
  const full = { matrix: 'bt709', fullRange: true } as const;
  expect(colourMatrix(bt601, { matrix: 'bt470bg', fullRange: false })).toBeNull();
  const close = (got: readonly number[], wanted: readonly number[]) =>
    got.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThanOrEqual(1));
  const apply = (m: NonNullable<ReturnType<typeof colourMatrix>>, c: number[]) =>
    m.map(([a, b, d, e]) => a * c[0]! + b * c[1]! + d * c[2]! + e);
  // Pure red: ITU-R BT.601 and BT.709, 8 bits.
  close(apply(colourMatrix(bt601, bt709)!, [81, 90, 240]), [63, 102, 240]);
  // Black and white of video range are the ends of full range.
  close(apply(colourMatrix(bt709, full)!, [16, 128, 128]), [0, 128, 128]);
  close(apply(colourMatrix(bt709, full)!, [235, 128, 128]), [255, 128, 128]);

  const screen = picture(640, 360, () => ground);
  const bubble = bubbleIn({ ...defaultCamera, size: 0.5 }, frame, own);
  const face = new Face(bubble, false, frame, own, colourMatrix(bt601, bt709));
  face.take(picture(320, 240, () => ({ y: 81, u: 90, v: 240 })));
  face.blend(screen);
  const { y, u, v } = colourAt(screen, Math.round(bubble.x + 90), Math.round(bubble.y + 90));
  close([y, u, v], [63, 102, 240]);
});
