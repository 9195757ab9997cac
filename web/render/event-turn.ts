/**
 * Lets the event loop take a turn. Loops over packets whose bytes are at hand wait for promises only,
 * and would keep what codecs deliver from ever being received.
 */
export function eventTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    port1.postMessage(null);
  });
}

const waiting: (() => void)[] = [];
const { port1, port2 } = new MessageChannel();
port2.onmessage = () => waiting.shift()?.();
