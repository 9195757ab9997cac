/** Memory of a process and all below it, shared pages counted once (proportional set size). Linux only. */
import { readdirSync, readFileSync } from 'node:fs';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // the process has just ended
  }
};

function children(): Map<number, number[]> {
  const below = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    const stat = read(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    below.set(parent, [...(below.get(parent) ?? []), Number(name)]);
  }
  return below;
}

/** The processes below `root` whose command line contains `name`. */
function processes(root: number, name: string): number[] {
  const below = children();
  const found: number[] = [];
  const visit = (id: number) => {
    if (read(`/proc/${id}/cmdline`).includes(name)) found.push(id);
    for (const child of below.get(id) ?? []) visit(child);
  };
  for (const child of below.get(root) ?? []) visit(child);
  return found;
}

/** Bytes: all of it, and without the pages of program files, which the system drops and reads again as it likes. */
export function pss(root: number, name: string): { all: number; own: number } {
  const sum = { all: 0, own: 0 };
  for (const id of processes(root, name)) {
    const rollup = read(`/proc/${id}/smaps_rollup`);
    const field = (of: string) =>
      Number(new RegExp(`^${of}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0) * 1024;
    sum.all += field('Pss');
    sum.own += field('Pss') - field('Pss_File');
  }
  return sum;
}

/** Seconds of processor time so far; the kernel counts in hundredths. */
export const cpuSeconds = (root: number, name: string): number =>
  processes(root, name).reduce((sum, id) => {
    const stat = read(`/proc/${id}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100;
  }, 0);

/** Runs `work` and gives the highest memory of the browser meanwhile, in bytes as above, and its processor time in seconds. */
export async function peakWhile<T>(
  work: () => Promise<T>,
): Promise<{ result: T; peak: number; peakOwn: number; cpu: number }> {
  let peak = 0;
  let peakOwn = 0;
  const before = cpuSeconds(process.pid, 'chrom');
  const look = () => {
    const { all, own } = pss(process.pid, 'chrom');
    peak = Math.max(peak, all);
    peakOwn = Math.max(peakOwn, own);
  };
  const timer = setInterval(look, 250);
  try {
    const result = await work();
    look();
    return { result, peak, peakOwn, cpu: cpuSeconds(process.pid, 'chrom') - before };
  } finally {
    clearInterval(timer);
  }
}
