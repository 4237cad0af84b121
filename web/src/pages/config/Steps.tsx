// SPDX-License-Identifier: Apache-2.0
import { milliseconds } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { Note, Trial, type Tried } from '../../ui/index.ts';
import { statesOf, STEPS, warningsOf, type StepName, type Test } from './test.ts';

function textOf(test: Test, step: StepName): string {
    const words = t.config.test.well;
    switch (step) {
        case 'reach':
            return words.reach(typeof test.latency_ms === 'number' ? milliseconds(test.latency_ms) : '');
        case 'config':
            return words.config(test.version ?? '', test.location ?? '');
        case 'entities':
            return words.entities(test.entities ?? 0);
        case 'mcp':
            return words.mcp(test.tools ?? 0);
        case 'token':
            return words.token;
    }
}

/** What a test found, step by step; the words of what failed are the server's. */
export function Steps({ test, busy }: { test: Test | undefined; busy: boolean }) {
    const words = t.config.test;
    const states = statesOf(test, busy);
    const steps = STEPS.map((step, at): Tried => {
        const state = states[at] ?? 'wait';
        const warnings = test
            ? warningsOf(test, step).map((one) => t.config.warnings[one as keyof typeof t.config.warnings] ?? one)
            : [];
        const said =
            !test || state === 'wait'
                ? ''
                : state === 'bad'
                  ? (test.message ?? '')
                  : [textOf(test, step), ...warnings].join(' ');
        return { key: step, title: words.steps[step], state, text: said };
    });
    return (
        <div aria-live="polite">
            <Trial label={words.title} steps={steps} />
            {test &&
                (test.ok ? (
                    <Note tone="good" title={words.ok} />
                ) : (
                    <Note tone="bad" title={words.failed}>
                        {words.next[test.step as StepName]}
                    </Note>
                ))}
        </div>
    );
}
