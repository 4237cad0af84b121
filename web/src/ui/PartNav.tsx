// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Badge, type Tone } from './Badge.tsx';

/** For the chosen one of links in a row that scrolls sideways: it is in view, whatever of these moved it. */
export function useInView(moved: readonly unknown[]) {
    const chosen = useRef<HTMLAnchorElement>(null);
    useEffect(() => {
        const link = chosen.current;
        const row = link?.parentElement;
        if (link && row) row.scrollLeft = link.offsetLeft - row.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
    }, moved);
    return chosen;
}

/** The way between the pages of one part, as tabs that are links; where they have no room for all, the one that stands open is in view. */
export function PartNav({
    label,
    parts,
    current,
}: {
    label: string;
    parts: readonly {
        key: string;
        href: string;
        label: ComponentChildren;
        /** Behind the word. */
        count?: number | string | undefined;
        tone?: Tone | undefined;
    }[];
    current: string | undefined;
}) {
    const open = useInView([current, parts.map(({ count }) => count).join()]); // a count that comes later moves what is behind it
    return (
        <nav class="tabs" aria-label={label}>
            {parts.map((one) => (
                <a
                    key={one.key}
                    ref={one.key === current ? open : null}
                    class="tab"
                    href={one.href}
                    aria-current={one.key === current ? 'page' : undefined}
                >
                    {one.label}
                    {one.count !== undefined && <Badge tone={one.tone}>{one.count}</Badge>}
                </a>
            ))}
        </nav>
    );
}
