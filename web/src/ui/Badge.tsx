// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon.tsx';

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'off' | 'wait';

const DRAWN: Record<Tone, IconName> = {
    good: 'good',
    warn: 'warn',
    bad: 'bad',
    info: 'info',
    off: 'off',
    wait: 'wait',
};

/** A short word on a ground: a count, a level, a version. No meaning by colour: for a state take Status. */
export function Badge({
    children,
    tone,
    title,
}: {
    children: ComponentChildren;
    tone?: Tone | undefined;
    title?: string;
}) {
    return (
        <span class={`badge ${tone ?? 'neutral'}`} title={title}>
            {children}
        </span>
    );
}

/** A state: colour, drawing and word together. `<Status tone="good">{t.devices.online}</Status>` */
export function Status({
    tone,
    children,
    icon,
    title,
}: {
    tone: Tone;
    children: ComponentChildren;
    icon?: IconName;
    title?: string;
}) {
    return (
        <span class={`badge status ${tone}`} title={title}>
            <Icon name={icon ?? DRAWN[tone]} size={14} />
            {children}
        </span>
    );
}
