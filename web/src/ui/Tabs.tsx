// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { useQuery } from '../router.ts';
import { PartNav } from './PartNav.tsx';

export interface Tab {
    key: string;
    label: ComponentChildren;
    /** Behind the word. */
    count?: number | string | undefined;
    /** Drawn only while its tab is the chosen one. */
    content: () => ComponentChildren;
}

/** Parts of a page, the chosen one in the URL (`?tab=`), each a link: it can be opened beside, marked and sent. */
export function Tabs({
    label,
    items,
    param = 'tab',
}: {
    label: string;
    items: readonly (Tab | false | null | undefined)[];
    param?: string;
}) {
    const [query] = useQuery();
    const shown = items.filter((one): one is Tab => Boolean(one));
    const chosen = shown.find((one) => one.key === query[param]) ?? shown[0];
    const hrefOf = (tab: Tab): string => {
        const next = new URLSearchParams(query);
        if (tab === shown[0]) next.delete(param);
        else next.set(param, tab.key);
        return `?${next}`;
    };
    return (
        <>
            <PartNav
                label={label}
                current={chosen?.key}
                parts={shown.map((tab) => ({ key: tab.key, href: hrefOf(tab), label: tab.label, count: tab.count }))}
            />
            {chosen && (
                <div class="tab-panel" key={chosen.key}>
                    {chosen.content()}
                </div>
            )}
        </>
    );
}
