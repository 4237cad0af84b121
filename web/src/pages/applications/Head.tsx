// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { PageHead } from '../../ui/index.ts';

type Part = 'list' | 'rules' | 'explain';
const PARTS: readonly { part: Part; href: string; may: string }[] = [
    { part: 'list', href: '/applications', may: 'application:read' },
    { part: 'rules', href: '/applications/rules', may: 'access-rule:read' },
    { part: 'explain', href: '/applications/explain', may: 'access-rule:read' },
];

/** The head of the pages about applications, and the way between them. */
export function Head({ part, actions }: { part: Part; actions?: ComponentChildren }) {
    return (
        <>
            <PageHead title={t.applications.title[part]} intro={t.applications.intro[part]} actions={actions} />
            <nav class="tabs" aria-label={t.applications.parts}>
                {PARTS.filter((one) => may(one.may)).map((one) => (
                    <a key={one.part} class="tab" href={one.href} aria-current={one.part === part ? 'page' : undefined}>{t.applications.nav[one.part]}</a>
                ))}
            </nav>
        </>
    );
}
