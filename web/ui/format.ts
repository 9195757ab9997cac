/** Numbers as people read them. */
const locale = 'en';

/** 1234567 → "1.2 MB" (decimal units, as file managers show). */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(unit >= 2 && value < 9.95 ? 1 : 0)} ${units[unit]}`;
}

/** Seconds → "0:42", "12:05", "1:02:03". */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** Seconds → "1:05.3", for the player's clock and for edits. */
export function formatTime(seconds: number, digits = 1): string {
  const factor = 10 ** digits;
  const ticks = Math.max(0, Math.round(seconds * factor));
  const fraction = digits ? `.${String(ticks % factor).padStart(digits, '0')}` : '';
  return formatDuration(Math.floor(ticks / factor)) + fraction;
}

/** Seconds in words, for screen readers: "1 minute 5 seconds". */
export function spokenDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor(whole / 60) % 60, 'minute'],
    [whole % 60, 'second'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`);
  return said.join(' ') || '0 seconds';
}

/** Milliseconds since the epoch → "Today, 14:05", "Yesterday, 9:12", "3 Nov", "3 Nov 2024". */
export function formatDate(time: number, now = Date.now()): string {
  const date = new Date(time);
  const days = Math.round((startOfDay(now) - startOfDay(time)) / 86_400_000);
  if (days === 0 || days === 1) {
    const clock = date.toLocaleTimeString(locale, {
      hour: '2-digit',
      minute: '2-digit',
      hour12: false,
    });
    return `${days === 0 ? 'Today' : 'Yesterday'}, ${clock}`;
  }
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString(`${locale}-GB`, {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}

const startOfDay = (time: number) => new Date(time).setHours(0, 0, 0, 0);
