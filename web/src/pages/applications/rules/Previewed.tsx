// SPDX-License-Identifier: Apache-2.0
// Who gains an application or loses it by a rule that is made, changed or deleted.
import { api, call, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { AccessDiff } from '../../../ui/index.ts';

type Asked = (signal?: AbortSignal) => Promise<Shape<'AccessPreview'>>;

/** Without an id: a rule that would be made; without a body: one that would be deleted. */
export const previewRule =
    (id: string | null | undefined, rule?: Shape<'AccessRulePatch'>): Asked =>
    (signal) =>
        call(
            api.POST('/api/v1/access-rules/preview', {
                body: { ...(id && { rule_id: id }), ...(rule && { rule }) },
                ...(signal && { signal }),
            }),
        );

export function Previewed({ ask }: { ask: Asked }) {
    return (
        <>
            <AccessDiff of="rule" ask={ask} nobody={t.rules.nobody} />
            <p class="hint">{t.rules.dependsHint}</p>
        </>
    );
}
