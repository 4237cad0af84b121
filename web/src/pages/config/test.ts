// SPDX-License-Identifier: Apache-2.0
// The five steps of a test, as far as it came.
import type { Shape } from '../../api/client.ts';

export const STEPS = ['reach', 'token', 'config', 'entities', 'mcp'] as const;
export type StepName = (typeof STEPS)[number];
export type Test = Shape<'HomeAssistantTest'>;
type State = 'wait' | 'busy' | 'good' | 'bad' | 'warn';

/** Which warnings belong to which step. */
const OF: Record<string, StepName> = {
    'plain-http': 'reach',
    starting: 'config',
    'entities-capped': 'entities',
    'older-transport': 'mcp',
    'no-tools': 'mcp',
};

export const warningsOf = (test: Test, step: StepName): readonly string[] =>
    (test.warnings ?? []).filter((one) => OF[one] === step);

/** Each step's state: all before the one that failed went well, all behind it were not reached. */
export function statesOf(test: Test | undefined, busy: boolean): State[] {
    if (!test) return STEPS.map((_, at) => (busy && at === 0 ? 'busy' : 'wait'));
    const failed = test.ok ? STEPS.length : STEPS.indexOf(test.step as StepName);
    return STEPS.map((step, at) => {
        if (at === failed) return 'bad';
        if (at > failed) return 'wait';
        return warningsOf(test, step).length > 0 ? 'warn' : 'good';
    });
}
