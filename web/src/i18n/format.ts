// SPDX-License-Identifier: Apache-2.0
// Numbers, times and lists as the reader's language writes them (ECMA-402).
import { language } from './index.ts';

type When = string | number | Date;

/** British English writes dates so that nobody takes the day for the month. */
const tags = { en: 'en-GB', fr: 'fr-FR' } as const;
const made = new Map<string, unknown>();

/** One formatter of each kind: making one costs far more than using it. */
function kept<T>(kind: string, make: (tag: string) => T): T {
    const tag = tags[language.get()];
    const key = `${kind} ${tag}`;
    if (!made.has(key)) made.set(key, make(tag));
    return made.get(key) as T;
}

const isThere = (when: When | null | undefined): when is When => when !== null && when !== undefined && when !== '';

/** Between groups of three digits. */
const GROUP = { en: ',', fr: '\u202f' } as const;

/** Whole numbers are grouped here: the first formatter that a page makes costs a telephone 60 ms, and most pages only count. */
export const number = (value: number): string =>
    Number.isSafeInteger(value)
        ? String(value).replace(/\B(?=(?:\d{3})+$)/g, GROUP[language.get()])
        : kept('number', (tag) => new Intl.NumberFormat(tag)).format(value);

/** 12,300 as 12.3k: for the axis of a chart and other narrow places. */
export const compact = (value: number): string =>
    kept('compact', (tag) => new Intl.NumberFormat(tag, { notation: 'compact', maximumFractionDigits: 1 })).format(
        value,
    );

/** `share` is 0 to 1. */
export const percent = (share: number): string =>
    kept('percent', (tag) => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: 1 })).format(share);

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

export function bytes(value: number): string {
    const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
    const unit = BYTE_UNITS[power] ?? 'byte';
    return kept(
        unit,
        (tag) =>
            new Intl.NumberFormat(tag, {
                style: 'unit',
                unit,
                unitDisplay: power > 0 ? 'short' : 'long',
                maximumFractionDigits: 1,
            }),
    ).format(value / 1000 ** power);
}

export const date = (when: When): string =>
    kept('date', (tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium' })).format(new Date(when));

export const dateTime = (when: When): string =>
    kept('dateTime', (tag) => new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'medium' })).format(
        new Date(when),
    );

const HOURS = { hour: '2-digit', minute: '2-digit' } as const;
const DAYS = { day: 'numeric', month: 'short' } as const;

const written = (kind: string, how: Intl.DateTimeFormatOptions, when: When): string =>
    kept(kind, (tag) => new Intl.DateTimeFormat(tag, how)).format(new Date(when));

/** Hours and minutes. */
export const clock = (when: When): string => written('clock', HOURS, when);

/** A day of this year, for the axis of a chart. */
export const day = (when: When): string => written('day', DAYS, when);

/** With seconds: of what came just now. */
export const clockSeconds = (when: When): string => written('seconds', { ...HOURS, second: '2-digit' }, when);

/** For a column of a record: "23 Nov, 14:05:09"; the year where it is another one. */
export const stamp = (when: When): string =>
    new Date(when).getFullYear() === new Date().getFullYear()
        ? written('stamp', { ...DAYS, ...HOURS, second: '2-digit' }, when)
        : dateTime(when);

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
    ['year', 31_557_600],
    ['month', 2_629_800],
    ['week', 604_800],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
];

/** "2 hours ago", "in 3 days"; what is less than five seconds away is now. */
/** Of what is to come: seven days but a minute are seven days. */
const NEARLY = 0.05;

export function relative(when: When | null | undefined, now = Date.now()): string {
    if (!isThere(when)) return '–';
    const seconds = (new Date(when).getTime() - now) / 1000;
    const words = kept('relative', (tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' }));
    if (Math.abs(seconds) < 5) return words.format(0, 'second');
    const [unit, size] = STEPS.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1];
    const parts = seconds / size;
    return words.format(Math.trunc(parts > 0 ? parts + NEARLY : parts), unit);
}

const DURATION_STEPS = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
] as const;

/** "2 hr 5 min": the two greatest parts of so many seconds. */
export function duration(seconds: number): string {
    const shown: string[] = [];
    let rest = seconds;
    for (const [unit, size] of DURATION_STEPS) {
        const whole = unit === 'second' && seconds < 60 ? Math.round(rest * 1000) / 1000 : Math.floor(rest / size);
        rest -= whole * size;
        if (whole === 0 && !(unit === 'second' && shown.length === 0)) continue;
        shown.push(
            kept(
                `for ${unit}`,
                (tag) =>
                    new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 3 }),
            ).format(whole),
        );
        if (shown.length === 2) break;
    }
    return shown.join(' ');
}

/** "18 ms", and seconds from one on. */
export const milliseconds = (value: number): string =>
    value >= 1000
        ? duration(Math.round(value / 100) / 10)
        : kept(
              'ms',
              (tag) =>
                  new Intl.NumberFormat(tag, {
                      style: 'unit',
                      unit: 'millisecond',
                      unitDisplay: 'short',
                      maximumFractionDigits: 1,
                  }),
          ).format(value);

/** "a, b and c". */
export const list = (items: readonly string[]): string => kept('list', (tag) => new Intl.ListFormat(tag)).format(items);

/** A cell's: "a, b +10"; a dash for none. */
export const few = (items: readonly string[] = []): string =>
    items.length > 3 ? `${items.slice(0, 2).join(', ')} +${number(items.length - 2)}` : list(items) || '–';

/** Which form of a word goes with this number: catalogues choose by it. */
export const plural = (value: number): Intl.LDMLPluralRule =>
    kept('plural', (tag) => new Intl.PluralRules(tag)).select(value);

/** "1 device", "2,000 devices": the number, then the word in its form. */
export const counted = (value: number, one: string, many: string): string =>
    `${number(value)} ${plural(value) === 'one' ? one : many}`;
