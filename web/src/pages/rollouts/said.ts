// SPDX-License-Identifier: Apache-2.0
// What a rollout says of itself comes in English, for every reader of the API; here it is known again, so that the page says it in its language.
// What a person wrote is nobody's to translate. Pure.

/** The sentences of the server (src/domain/policy/rollout_*.c); their figures in order. */
const SENTENCES = {
    draft: /^a draft: nobody gets the version yet$/,
    began: /^ring (\d+) of (\d+): .*$/,
    answered: /^ring \d+ has answered: (\d+) of (\d+) executed, (\d+) failed$/,
    pauses: /^ring (\d+) is over, and wants to be looked at before the next$/,
    promoted: /^ring (\d+) was promoted by a person$/,
    forced: /^ring (\d+) was promoted by a person, whoever is missing$/,
    paused: /^paused by a person$/,
    resumed: /^resumed by a person$/,
    aborted: /^aborted by a person$/,
    tooMany:
        /^(\d+) of (\d+) that executed failed \([\d.?]+ %, at most ([\d.]+) % may\) in ring (\d+): \d+ failed, \d+ timed out, \d+ lost$/,
    everybody: /^version (\d+) is the policy's newest: it is everybody's$/,
    back: /^every device that had the version has another one again, or is away$/,
    silent: /^it was there, and did not say in time what it did$/,
    lost: /^it was not seen again after it had applied$/,
} as const;

export type Sentence = keyof typeof SENTENCES;

/** Which of its sentences it is, with the figures; undefined: somebody else's words. */
export function sentenceOf(text: string): { name: Sentence; figures: number[] } | undefined {
    for (const [name, shape] of Object.entries(SENTENCES)) {
        const found = shape.exec(text);
        if (found) return { name: name as Sentence, figures: found.slice(1).map(Number) };
    }
    return undefined;
}
