// SPDX-License-Identifier: Apache-2.0
// In the head of every page: what this person was told, and what needs somebody like him.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { language, t } from '../../i18n/index.ts';
import { useStore } from '../../store.ts';
import { Icon } from '../../ui/Icon.tsx';
import { useNeeds, type Need } from './attention.ts';
import { List } from './List.tsx';
import './notices.css';

export type Notice = Shape<'Notice'>;

/** So many at first, and so many more each time. */
const PART = 20;
const BADGE_MAX = 99;

function useNotices() {
    const [limit, setLimit] = useState(PART);
    const lang = useStore(language);
    const found = useData(
        `notices/${lang}/${limit}`,
        (signal) => call(api.GET('/api/v1/portal/notices', { params: { query: { limit, lang } }, signal })),
        { topics: ['notices'] },
    );
    const [last, setLast] = useState(found.data);
    if (found.data && found.data !== last) setLast(found.data);
    return { notices: last?.items ?? [], more: last?.next_cursor ? () => setLimit(limit + PART) : undefined, found };
}

export default function Bell() {
    const { notices, more, found } = useNotices();
    const needs = useNeeds();
    const words = t.notices;
    const unread = notices.filter((one) => !one.read_at).length;
    const n = unread + needs.length;
    const read = async (ids: readonly string[]): Promise<void> => {
        await Promise.all(ids.map((id) => api.POST('/api/v1/portal/notices/{id}/read', { params: { path: { id } } })));
        found.reload();
    };
    return (
        <>
            <button type="button" class="bell" popovertarget="notices">
                <Icon name="bell" />
                <span class="unseen">{words.bell(n)}</span>
                {n > 0 && (
                    <span class="bell-count" aria-hidden="true">
                        {n > BADGE_MAX ? `${BADGE_MAX}+` : n}
                    </span>
                )}
            </button>
            <div
                id="notices"
                class="notices"
                popover="auto"
                role="dialog"
                aria-label={words.title}
                onClick={(event) => {
                    if ((event.target as Element).closest('a')) event.currentTarget.hidePopover();
                }}
            >
                <Needs needs={needs} />
                <List notices={notices} problem={found.error} retry={found.reload} read={read} more={more} />
            </div>
        </>
    );
}

function Needs({ needs }: { needs: readonly Need[] }) {
    if (needs.length === 0) return null;
    return (
        <section>
            <h2>{t.notices.needsYou}</h2>
            <ul class="needs">
                {needs.map((need) => (
                    <li key={need.words}>
                        <a href={need.href}>
                            <Icon name={need.icon} />
                            {t.notices.needs[need.words](need.n)}
                        </a>
                    </li>
                ))}
            </ul>
        </section>
    );
}
