// SPDX-License-Identifier: Apache-2.0
// What a User-Agent tells a person: "Firefox · Windows". Those that name others beside themselves are looked for first.
type Names = readonly (readonly [RegExp, string])[];

const PROGRAMS: Names = [
    [/\bEdg(A|iOS)?\//, 'Edge'],
    [/\bOPR\//, 'Opera'],
    [/\bSamsungBrowser\//, 'Samsung Internet'],
    [/\b(Firefox|FxiOS)\//, 'Firefox'],
    [/\b(Chrome|CriOS|HeadlessChrome)\//, 'Chrome'],
    [/\bSafari\//, 'Safari'],
];
const SYSTEMS: Names = [
    [/\biPhone\b/, 'iPhone'],
    [/\biPad\b/, 'iPad'],
    [/\bAndroid\b/, 'Android'],
    [/\bWindows\b/, 'Windows'],
    [/\bCrOS\b/, 'ChromeOS'],
    [/\bMac OS X\b/, 'macOS'],
    [/\bLinux\b/, 'Linux'],
];

const nameIn = (names: Names, text: string): string | undefined => names.find(([looks]) => looks.test(text))?.[1];

/** undefined: it said nothing. A program that is no browser is named as it names itself. */
export function agentName(text: string | null | undefined): string | undefined {
    if (!text) return undefined;
    const program = nameIn(PROGRAMS, text) ?? text.split(/[\s/]/, 1)[0];
    return [program, nameIn(SYSTEMS, text)].filter(Boolean).join(' · ') || undefined;
}
