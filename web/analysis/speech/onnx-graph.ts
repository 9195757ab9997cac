/** Writes ONNX graphs node by node. Field numbers are those of onnx.proto. */
import { Message } from './onnx-file.ts';

/** onnx.TensorProto.DataType. */
export const dataType = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 } as const;
type DataType = keyof typeof dataType;
type Attribute = number | readonly number[] | Graph;

/** The only attribute in use that may have a fraction; the others are whole. */
const fraction = 'epsilon';
/** Operators of ONNX Runtime's own. */
const domain = 'com.microsoft';
const runtimeOperators = new Set(['DynamicQuantizeMatMul', 'Gelu']);

export class Graph {
  readonly #name: string;
  readonly #nodes = new Message();
  readonly #ends = new Message();
  readonly #tensors = new Map<string, Message | Uint8Array>();
  #count = 0;

  /** Names of values begin with the graph's: graphs inside of others see the names around them. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Adds a node; returns the name of its output. */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Record<string, Attribute> = {},
  ): string {
    return this.named(type, inputs, [`${this.#name}.${this.#count++}`], attributes)[0]!;
  }

  /** The same for several outputs, or where the name matters. */
  named<T extends readonly string[]>(
    type: string,
    inputs: readonly string[],
    outputs: T,
    attributes: Record<string, Attribute> = {},
  ): T {
    const node = new Message();
    for (const input of inputs) node.text(1, input);
    for (const output of outputs) node.text(2, output);
    node.text(4, type);
    for (const [name, value] of Object.entries(attributes)) node.message(5, attribute(name, value));
    if (runtimeOperators.has(type)) node.text(7, domain);
    this.#nodes.message(1, node);
    return outputs;
  }

  /** Dimensions with a name may have any size. */
  input(name: string, type: DataType, dims: readonly (number | string)[]): string {
    this.#ends.message(11, valueInfo(name, type, dims));
    return name;
  }
  output(name: string, type: DataType, dims: readonly (number | string)[]): string {
    this.#ends.message(12, valueInfo(name, type, dims));
    return name;
  }

  /** A tensor as another model stores it (a TensorProto), under its name there. */
  stored(name: string, tensor: Uint8Array): string {
    this.#tensors.set(name, tensor);
    return name;
  }
  tensor(name: string, type: number, dims: readonly number[], raw: Uint8Array): string {
    const message = new Message();
    for (const dim of dims) message.integer(1, dim);
    this.#tensors.set(name, message.integer(2, type).text(8, name).bytes(9, raw));
    return name;
  }
  integers(values: readonly number[]): string {
    return this.#constant(`[${values.join()}]`, dataType.int64, [values.length], BigInt64Array.from(values, BigInt)); // prettier-ignore
  }
  integer(value: number): string {
    return this.#constant(`${value}`, dataType.int64, [], BigInt64Array.of(BigInt(value)));
  }
  float(value: number): string {
    return this.#constant(`${value}f`, dataType.float, [], Float32Array.of(value));
  }
  #constant(name: string, type: number, dims: number[], values: BigInt64Array | Float32Array) {
    return this.tensor(`${this.#name} ${name}`, type, dims, new Uint8Array(values.buffer));
  }

  message(): Message {
    const all = new Message().append(this.#nodes).text(2, this.#name);
    for (const tensor of this.#tensors.values())
      if (tensor instanceof Message) all.message(5, tensor);
      else all.bytes(5, tensor);
    return all.append(this.#ends);
  }

  /** The whole as a model file: ONNX operators of version 17 and ONNX Runtime's own. */
  file(): Uint8Array {
    return new Message()
      .integer(1, 8)
      .message(7, this.message())
      .message(8, new Message().text(1, '').integer(2, 17))
      .message(8, new Message().text(1, domain).integer(2, 1))
      .finish();
  }
}

function attribute(name: string, value: Attribute): Message {
  const message = new Message().text(1, name);
  if (value instanceof Graph) return message.message(6, value.message()).integer(20, 5);
  if (typeof value !== 'number') {
    for (const item of value) message.integer(8, item);
    return message.integer(20, 7);
  }
  return name === fraction
    ? message.float(2, value).integer(20, 1)
    : message.integer(3, value).integer(20, 2);
}

function valueInfo(name: string, type: DataType, dims: readonly (number | string)[]): Message {
  const shape = new Message();
  for (const dim of dims)
    shape.message(
      1,
      typeof dim === 'number' ? new Message().integer(1, dim) : new Message().text(2, dim),
    );
  const tensor = new Message().integer(1, dataType[type]).message(2, shape);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
