// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import { Icon, type IconName } from './Icon.tsx';
import '../style/kit/choose.css';

export interface Tried {
    key: string;
    title: ComponentChildren;
    /** `wait`: not reached yet; `busy`: under way. */
    state: 'wait' | 'busy' | 'good' | 'bad' | 'warn';
    /** What came of it. */
    text?: ComponentChildren;
    /** At the end of the line: how long it took. */
    aside?: ComponentChildren;
}

const DRAWN: Record<Tried['state'], IconName> = { wait: 'off', busy: 'wait', good: 'good', bad: 'bad', warn: 'warn' };

/** Something done one after the other, each with what came of it: a test of a connection. */
export function Trial({ steps, label }: { steps: readonly Tried[]; label: string }) {
    const list = useRef<HTMLOListElement>(null);
    const came = steps.map((step) => step.state).join();
    // With what its page says of it below: in a dialog it begins where nobody looks.
    useEffect(() => list.current?.parentElement?.scrollIntoView({ block: 'nearest' }), [came]);
    return (
        <ol class="trial" aria-label={label} ref={list}>
            {steps.map((step) => (
                <li key={step.key} class={`tried ${step.state}`}>
                    <Icon name={DRAWN[step.state]} label={t.kit.trial[step.state]} />
                    <div class="tried-text">
                        <strong>{step.title}</strong>
                        {step.text && <div>{step.text}</div>}
                    </div>
                    {step.aside && <span class="muted">{step.aside}</span>}
                </li>
            ))}
        </ol>
    );
}
