// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, call, problemOf, type Problem, type Shape } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Dialog, ErrorBox, toast } from '../../../ui/index.ts';
import { Access, usePreview } from './Access.tsx';
import type { PolicyRow } from './Policy.tsx';

/** Publishes an old content again, after showing whom that changes. */
export function Rollback({
    policy,
    line,
    close,
    done,
}: {
    policy: PolicyRow;
    line: Shape<'PolicyVersionLine'>;
    close: () => void;
    done: () => void;
}) {
    const words = t.policy.history;
    const number = line.number ?? 0;
    const preview = usePreview({ policy_id: policy.id ?? '', number });
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const act = async () => {
        setBusy(true);
        setProblem(undefined);
        try {
            const made = await call(
                api.POST('/api/v1/policies/{id}/rollback', {
                    params: { path: { id: policy.id ?? '' } },
                    body: { number },
                }),
            );
            toast.good(words.rolledBack(made.version ?? ''));
            done();
            close();
        } catch (thrown) {
            setProblem(problemOf(thrown));
            setBusy(false);
        }
    };
    return (
        <Dialog
            wide
            title={words.rollbackTitle(number)}
            onClose={close}
            onSubmit={() => void act()}
            actions={
                <>
                    <Button onClick={close}>{t.kit.cancel}</Button>
                    <Button kind="primary" icon="undo" type="submit" busy={busy}>
                        {words.rollbackYes}
                    </Button>
                </>
            }
        >
            {problem && <ErrorBox problem={problem} />}
            <p>{words.rollbackText}</p>
            <Access of={preview} title={t.policy.review.access} />
        </Dialog>
    );
}
