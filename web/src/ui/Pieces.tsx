// SPDX-License-Identifier: Apache-2.0
// Timeline, why, steps, managed by files.
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import { t } from '../i18n/index.ts';
import type { Tone } from './Badge.tsx';
import { Badge } from './Badge.tsx';
import { Button } from './Button.tsx';
import { Copy } from './Copy.tsx';
import { Value } from './Diff.tsx';
import { Icon, type IconName } from './Icon.tsx';
import { Note } from './Layout.tsx';
import { place } from './Menu.tsx';
import { Time } from './Values.tsx';
import { toYaml } from './yaml.ts';
import { useId } from './id.ts';
import '../style/kit/pieces.css';

export interface Happening {
    key: string;
    at: string;
    icon: IconName;
    tone?: Tone;
    /** What happened, in a sentence. */
    title: ComponentChildren;
    /** Who did it. */
    actor?: ComponentChildren;
    detail?: ComponentChildren;
}

/** What happened, newest first. */
export function Timeline({ items, label }: { items: readonly Happening[]; label: string }) {
    return (
        <ol class="timeline" aria-label={label}>
            {items.map((one) => (
                <li key={one.key} class={one.tone ?? 'off'}>
                    <span class="timeline-icon">
                        <Icon name={one.icon} size={16} />
                    </span>
                    <div class="timeline-text">
                        <div>{one.title}</div>
                        <div class="timeline-by">
                            <Time at={one.at} />
                            {one.actor && <span>{one.actor}</span>}
                        </div>
                        {one.detail && <div class="timeline-detail">{one.detail}</div>}
                    </div>
                </li>
            ))}
        </ol>
    );
}

/** Where a value or a decision comes from; what ExplainLeaf of the API says. */
export interface Origin {
    policy_id?: string | null;
    policy_name?: string | null;
    level?: string | null;
    version?: string | null;
    number?: number | null;
    /** A narrower level cannot change it. */
    locked?: boolean;
    overrides?: readonly { value?: unknown; level?: string | null; policy_name?: string | null }[];
}

/** The name of a level as the page says it. */
export function levelName(level: string | null | undefined): string {
    const known: Record<string, string> = t.kit.why.levels;
    return known[level ?? ''] ?? level ?? t.kit.none;
}

/** "Why?": a button that opens the origin of what stands beside it; `children` instead of `origin` for other reasons. */
export function Why({
    origin,
    children,
    label,
    href,
}: {
    origin?: Origin;
    children?: ComponentChildren;
    label?: string;
    href?: string;
}) {
    const id = useId();
    const button = useRef<HTMLSpanElement>(null);
    const box = useRef<HTMLDivElement>(null);
    const at = t.kit.why;
    const opened = (event: ToggleEvent): void => {
        if (event.newState === 'open' && box.current && button.current) place(box.current, button.current);
    };
    const name = origin && (origin.policy_name ?? t.kit.none);
    return (
        <span class="why" ref={button}>
            <Button kind="link" small icon="why" popovertarget={id} aria-label={label}>
                {label === undefined ? at.button : undefined}
            </Button>
            <div
                class="popover why-box"
                id={id}
                popover="auto"
                role="dialog"
                aria-label={at.title}
                ref={box}
                onToggle={opened}
            >
                <strong>{at.title}</strong>
                {origin && (
                    <dl class="why-list">
                        <div>
                            <dt>{at.policy}</dt>
                            <dd>{href ? <a href={href}>{name}</a> : name}</dd>
                        </div>
                        <div>
                            <dt>{at.level}</dt>
                            <dd>
                                <Badge tone="info">{levelName(origin.level)}</Badge>
                            </dd>
                        </div>
                        {(origin.number ?? origin.version) && (
                            <div>
                                <dt>{at.version}</dt>
                                <dd>
                                    {origin.version ?? ''}{' '}
                                    {origin.number ? <span class="muted">#{origin.number}</span> : null}
                                </dd>
                            </div>
                        )}
                        {origin.overrides && origin.overrides.length > 0 && (
                            <div>
                                <dt>{at.overrides}</dt>
                                <dd>
                                    {origin.overrides.map((one, i) => (
                                        <div key={i}>
                                            <del>
                                                <Value value={one.value} />
                                            </del>{' '}
                                            <span class="muted">
                                                {levelName(one.level)}
                                                {one.policy_name ? `, ${one.policy_name}` : ''}
                                            </span>
                                        </div>
                                    ))}
                                </dd>
                            </div>
                        )}
                    </dl>
                )}
                {origin?.locked && (
                    <p class="why-lock">
                        <Icon name="lock" size={16} />
                        {at.locked}
                    </p>
                )}
                {children}
            </div>
        </span>
    );
}

export interface Step {
    key: string;
    title: ComponentChildren;
    text?: ComponentChildren;
    done: boolean;
    /** The button, or what else brings it forward; shown for the first that is not done. */
    action?: ComponentChildren;
}

/** A checklist: what is done, what is next, what follows. */
export function Steps({ items, label }: { items: readonly Step[]; label: string }) {
    const next = items.findIndex((one) => !one.done);
    return (
        <div class="steps">
            <p class="muted">{t.kit.steps.progress(items.filter((one) => one.done).length, items.length)}</p>
            <ol aria-label={label}>
                {items.map((one, at) => {
                    const state = one.done ? 'done' : at === next ? 'now' : 'later';
                    return (
                        <li key={one.key} class={state} aria-current={state === 'now' ? 'step' : undefined}>
                            <span class="step-mark">
                                {one.done ? (
                                    <Icon name="check" size={16} label={t.kit.steps.done} />
                                ) : (
                                    <span>{at + 1}</span>
                                )}
                            </span>
                            <div class="step-text">
                                <strong>{one.title}</strong>
                                {one.text && !one.done && <div class="muted">{one.text}</div>}
                                {state === 'now' && one.action && <div class="actions">{one.action}</div>}
                            </div>
                        </li>
                    );
                })}
            </ol>
        </div>
    );
}

/** Above an object that files manage: it is read-only here. `object` is what "copy as YAML" gives. */
export function ManagedBy({ object, since }: { object: unknown; since?: string | null }) {
    return (
        <Note
            tone="info"
            title={t.kit.managed.title}
            actions={
                <Copy text={() => toYaml(object)} small>
                    {t.kit.managed.copy}
                </Copy>
            }
        >
            {t.kit.managed.text}
            {since && (
                <>
                    {' '}
                    <span class="muted">
                        {t.kit.managed.since} <Time at={since} full />
                    </span>
                </>
            )}
        </Note>
    );
}
