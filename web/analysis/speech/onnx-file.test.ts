import { expect, test } from 'vitest';
import { fields, Message, readModel } from './onnx-file.ts';
import { dataType, Graph } from './onnx-graph.ts';

test('what is written is read again, in order', () => {
  const file = new Message()
    .integer(1, 300)
    .text(2, 'größer')
    .integer(3, 2 ** 40)
    .message(4, new Message().bytes(5, Uint8Array.of(1, 2, 3)).float(6, 0.5))
    .finish();
  const read = [...fields(file)];
  expect(read.map(([field]) => field)).toEqual([1, 2, 3, 4]);
  expect(read[0]![1]).toBe(300);
  expect(new TextDecoder().decode(read[1]![1] as Uint8Array)).toBe('größer');
  expect(read[2]![1]).toBe(2 ** 40);
  const inner = [...fields(read[3]![1] as Uint8Array)];
  expect(inner[0]![1]).toEqual(Uint8Array.of(1, 2, 3));
  expect(new Float32Array((inner[1]![1] as Uint8Array).slice().buffer)[0]).toBe(0.5);
});

test('nodes and tensors are found in graphs inside of graphs', () => {
  const inner = new Graph('inner');
  inner.tensor('weight', dataType.uint8, [2, 3], Uint8Array.of(1, 2, 3, 4, 5, 6));
  inner.output(inner.node('Transpose', ['weight'], { perm: [1, 0] }), 'float', ['A', 3]);
  const outer = new Graph('outer');
  outer.input('go', 'bool', []);
  outer.named('If', ['go'], ['result'], { then_branch: inner });
  const { nodes, tensors } = readModel(outer.file());
  expect(nodes.map((n) => n.type)).toEqual(['Transpose', 'If']);
  expect(nodes[1]).toEqual({ type: 'If', inputs: ['go'], outputs: ['result'] });
  const weight = tensors.get('weight')!;
  expect(weight).toMatchObject({ dims: [2, 3], type: dataType.uint8 });
  expect(weight.raw).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
});
