// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './Icon.tsx';
import { useId } from './id.ts';

interface HeadProps {
    title: ComponentChildren;
    /** One sentence that says what this page is for. */
    intro?: ComponentChildren;
    /** Buttons at the end of the line. */
    actions?: ComponentChildren;
    back?: { href: string; label: string };
    /** Behind the title: a Status, mostly. */
    mark?: ComponentChildren;
}

/** The head of a page: the only h1 on it. */
export function PageHead({ title, intro, actions, back, mark }: HeadProps) {
    return (
        <header class="page-head">
            {back && (
                <a class="back" href={back.href}>
                    <Icon name="back" size={16} />
                    {back.label}
                </a>
            )}
            <div class="page-head-line">
                <div class="head-text">
                    <div class="head-title">
                        <h1>{title}</h1>
                        {mark}
                    </div>
                    {intro && <p class="intro">{intro}</p>}
                </div>
                {actions && <div class="actions">{actions}</div>}
            </div>
        </header>
    );
}

interface CardProps {
    title?: ComponentChildren;
    intro?: ComponentChildren;
    actions?: ComponentChildren;
    icon?: IconName;
    children?: ComponentChildren;
    /** No inner space: a table reaches the edges. */
    flush?: boolean;
    /** 2 when absent. */
    level?: 2 | 3;
    class?: string;
}

/** A panel with an optional head; a region with a name when it has a title. */
export function Card({ title, intro, actions, icon, children, flush, level = 2, class: extra }: CardProps) {
    const id = useId();
    const Heading = level === 2 ? 'h2' : 'h3';
    return (
        <section
            class={['card', flush && 'flush', extra].filter(Boolean).join(' ')}
            aria-labelledby={title ? id : undefined}
        >
            {(title || actions) && (
                <div class="card-head">
                    <div class="head-text">
                        <div class="head-title">
                            {icon && <Icon name={icon} />}
                            {title && <Heading id={id}>{title}</Heading>}
                        </div>
                        {intro && <p class="intro">{intro}</p>}
                    </div>
                    {actions && <div class="actions">{actions}</div>}
                </div>
            )}
            {children}
        </section>
    );
}

/** The same without a panel: a part of a page under its own heading. */
export function Section({ title, intro, actions, children, level = 2 }: Omit<CardProps, 'flush' | 'icon' | 'class'>) {
    const id = useId();
    const Heading = level === 2 ? 'h2' : 'h3';
    return (
        <section class="section" aria-labelledby={id}>
            <div class="card-head">
                <div class="head-text">
                    <Heading id={id}>{title}</Heading>
                    {intro && <p class="intro">{intro}</p>}
                </div>
                {actions && <div class="actions">{actions}</div>}
            </div>
            {children}
        </section>
    );
}

/** Children below each other with the gap of the page; `row`: beside each other, wrapping; `grid`: equal columns at least 17rem wide, `stats`: 10rem. */
export function Stack({
    children,
    as = 'column',
}: {
    children: ComponentChildren;
    as?: 'column' | 'row' | 'grid' | 'stats' | 'tight';
}) {
    return <div class={`stack ${as}`}>{children}</div>;
}

/** What matters now, in a coloured band with a drawing. */
export function Note({
    tone,
    title,
    children,
    actions,
}: {
    tone: 'info' | 'good' | 'warn' | 'bad';
    title?: ComponentChildren;
    children?: ComponentChildren;
    actions?: ComponentChildren;
}) {
    return (
        <div class={`note ${tone}`} role={tone === 'bad' ? 'alert' : 'note'}>
            <Icon name={tone} />
            <div class="note-text">
                {title && <strong>{title}</strong>}
                {children && <div>{children}</div>}
            </div>
            {actions && <div class="actions">{actions}</div>}
        </div>
    );
}
