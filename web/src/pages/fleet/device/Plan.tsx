// SPDX-License-Identifier: Apache-2.0
// The policies behind a configuration: in which order they apply, what they took away, what locks kept out.
import type { Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { Card, Value } from '../../../ui/index.ts';
import { levelName } from '../../../ui/Pieces.tsx';
import { readable } from './explain.ts';
import { Leaf } from './Leaf.tsx';
import { Source } from './Said.tsx';

export function Plan({ plan }: { plan: readonly Shape<'ExplainPlan'>[] }) {
    const words = t.device.config;
    return (
        <Card title={words.plan} intro={words.planText} icon="policy">
            <ol class="plan">
                {plan.map((step, at) => (
                    <li key={at}>
                        <Source word={step} />
                        <small>
                            {step.pinned ? words.pinned : words.follows} · {words.priority(step.priority ?? 0)}
                        </small>
                    </li>
                ))}
            </ol>
        </Card>
    );
}

export function Removed({ removed }: { removed: readonly Shape<'ExplainRemoved'>[] }) {
    const words = t.device.config;
    if (removed.length === 0) return null;
    return (
        <Card title={words.removed} intro={words.removedText} icon="remove">
            <ul class="leaves">
                {removed.map((one) => (
                    <Leaf key={one.pointer} leaf={{ ...one, value: null }} />
                ))}
            </ul>
        </Card>
    );
}

export function Refused({ refused }: { refused: readonly Shape<'ExplainWord'>[] }) {
    const words = t.device.config;
    if (refused.length === 0) return null;
    return (
        <Card title={words.refusedTitle} icon="lock">
            <ul class="leaves">
                {refused.map((word, at) => (
                    <li key={at} class="leaf">
                        <div class="leaf-path" title={word.pointer ?? ''}>
                            <code>{readable(word.pointer)}</code>
                        </div>
                        <div class="leaf-value">
                            <del>
                                <Value value={word.value ?? null} />
                            </del>
                        </div>
                        <div class="leaf-from">
                            <Source word={word} />
                            <div class="leaf-more muted">
                                {word.locked_by &&
                                    words.locked(word.locked_by.policy_name ?? levelName(word.locked_by.level))}
                            </div>
                        </div>
                    </li>
                ))}
            </ul>
        </Card>
    );
}
