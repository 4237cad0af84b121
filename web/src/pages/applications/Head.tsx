// SPDX-License-Identifier: Apache-2.0
import type { ComponentChildren } from 'preact';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { PageHead, PartNav } from '../../ui/index.ts';

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
            <PartNav
                label={t.applications.parts}
                current={part}
                parts={PARTS.filter((one) => may(one.may)).map((one) => ({
                    key: one.part,
                    href: one.href,
                    label: t.applications.nav[one.part],
                }))}
            />
        </>
    );
}
