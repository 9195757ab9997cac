/** English words for digits, so that "2024" can be found in the sound. */
const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const scales: [number, string][] = [
  [1e9, 'billion'],
  [1e6, 'million'],
  [1e3, 'thousand'],
  [100, 'hundred'],
];

/** A whole number below a trillion. */
export function numberWords(n: number): string[] {
  if (n < 20) return [small[n]!];
  if (n < 100) return [tens[Math.floor(n / 10) - 2]!, ...(n % 10 ? [small[n % 10]!] : [])];
  for (const [size, name] of scales)
    if (n >= size)
      return [
        ...numberWords(Math.floor(n / size)),
        name,
        ...(n % size ? numberWords(n % size) : []),
      ];
  return [];
}

const digitByDigit = (digits: string) => [...digits].map((d) => small[Number(d)]!);

/** The ways in which digits may be read aloud, likeliest first: "1990" as a year, as a number, digit by digit. */
export function readings(text: string): string[][] {
  const match = /^(\d[\d,]*)(?:\.(\d+))?(st|nd|rd|th|s|%)?$/.exec(text);
  if (!match) return [];
  const digits = match[1]!.replaceAll(',', '');
  if (digits.length > 12) return [digitByDigit(digits)];
  const value = Number(digits);
  const after = [
    ...(match[2] ? ['point', ...digitByDigit(match[2])] : []),
    ...(match[3] === '%' ? ['percent'] : []),
  ];
  const ways = [[...numberWords(value), ...after]];
  if (digits.length === 4 && !match[2]) {
    const [century, rest] = [Math.floor(value / 100), value % 100];
    const tail = rest === 0 ? ['hundred'] : rest < 10 ? ['oh', small[rest]!] : numberWords(rest);
    if (value % 1000 !== 0) ways.unshift([...numberWords(century), ...tail]);
  }
  if (digits.length > 1) ways.push([...digitByDigit(digits), ...after]);
  return ways;
}
