// SPDX-License-Identifier: Apache-2.0
// The metrics of the server as the page lists them. Pure, so that it is tested without a browser.
export interface Sample {
    name: string;
    labels: Readonly<Record<string, string>>;
    value: number;
}

export interface Family {
    name: string;
    help: string;
    samples: readonly Sample[];
}

const isFamily = (one: unknown): one is Family =>
    typeof one === 'object' && one !== null && 'name' in one && 'samples' in one && Array.isArray(one.samples);

/** Buckets of histograms are for programs: sum and count say enough here. */
export function familiesOf(answer: unknown): readonly Family[] {
    if (!Array.isArray(answer)) return [];
    return answer
        .filter(isFamily)
        .map((one) => ({ ...one, samples: one.samples.filter((sample) => !sample.name.endsWith('_bucket')) }));
}

export const labelsText = (labels: Readonly<Record<string, string>>): string =>
    Object.entries(labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(', ');

/** Those whose name or help has this text. */
export function matching(families: readonly Family[], search: string): readonly Family[] {
    const wanted = search.trim().toLowerCase();
    return wanted === ''
        ? families
        : families.filter((one) => `${one.name} ${one.help}`.toLowerCase().includes(wanted));
}
