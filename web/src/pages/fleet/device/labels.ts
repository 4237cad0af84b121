// SPDX-License-Identifier: Apache-2.0
// Labels as lines of text, name=value each. Pure, so that it is tested without a browser.

/** Labels as they are edited. */
export const linesOf = (labels: unknown): string =>
    labels && typeof labels === 'object'
        ? Object.entries(labels)
              .map(([name, value]) => `${name}=${String(value)}`)
              .join('\n')
        : '';

/** What the lines say; `bad`: the first one that is no label. */
export function labelsOf(lines: string): { labels: Record<string, string>; bad?: string } {
    const labels: Record<string, string> = {};
    for (const line of lines
        .split('\n')
        .map((text) => text.trim())
        .filter(Boolean)) {
        const at = line.indexOf('=');
        if (at < 1) return { labels, bad: line };
        labels[line.slice(0, at).trim()] = line.slice(at + 1).trim();
    }
    return { labels };
}
