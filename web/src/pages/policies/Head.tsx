// SPDX-License-Identifier: Apache-2.0
// The head of the three lists, and the way between them.
import type { ComponentChildren } from 'preact';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { PageHead, PartNav } from '../../ui/index.ts';

export type Part = 'policies' | 'schemas' | 'secrets';

const HREFS: Record<Part, string> = {
    policies: '/policies',
    schemas: '/policies/schemas',
    secrets: '/policies/secrets',
};

export function Head({ part, intro, actions }: { part: Part; intro: string; actions?: ComponentChildren }) {
    const words = t.policies.parts;
    const parts = (['policies', 'schemas', 'secrets'] as const).filter(
        (one) => one !== 'secrets' || may('secret:read'),
    );
    return (
        <>
            <PageHead title={words[part]} intro={intro} actions={actions} />
            <PartNav
                label={words.label}
                current={part}
                parts={parts.map((one) => ({ key: one, href: HREFS[one], label: words[one] }))}
            />
        </>
    );
}
