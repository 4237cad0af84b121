// SPDX-License-Identifier: Apache-2.0
// What can be done with the machines that are selected in the lobby: in together, into groups, or none of them.
import { useState } from 'preact/hooks';
import { t } from '../../../i18n/index.ts';
import { Button, Dialog, Field, TextInput, confirm } from '../../../ui/index.ts';
import { BulkReport, type Work } from '../list/BulkReport.tsx';
import { GroupsField, sentGroups } from './fields.tsx';
import '../../../style/kit/table.css';

function ApproveMany({
    count,
    onClose,
    onGo,
}: {
    count: number;
    onClose: () => void;
    onGo: (groups: readonly string[], reason: string) => void;
}) {
    const [groups, setGroups] = useState<readonly string[]>([]);
    const [reason, setReason] = useState('');
    const words = t.lobby.form;
    return (
        <Dialog
            title={t.fleet.bulk.approve.title(count)}
            onClose={onClose}
            onSubmit={() => onGo(sentGroups(groups), reason.trim())}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit">
                        {words.approve}
                    </Button>
                </>
            }
        >
            <p>{t.lobby.bulk}</p>
            <GroupsField value={groups} onInput={setGroups} />
            <Field label={words.reason} hint={words.reasonHint}>
                <TextInput value={reason} onInput={setReason} maxLength={500} />
            </Field>
        </Dialog>
    );
}

export function LobbyBar({ ids, clear, done }: { ids: readonly string[]; clear: () => void; done: () => void }) {
    const [work, setWork] = useState<Work>();
    const [asking, setAsking] = useState(false);
    const refuse = async (): Promise<void> => {
        const answer = await confirm({
            title: t.fleet.bulk.refuse.title(ids.length),
            text: t.lobby.refuseText,
            yes: t.lobby.refuse,
            danger: true,
            reason: 'optional',
        });
        if (answer) setWork({ move: 'refuse', reason: answer.reason, which: ids });
    };
    return (
        <div class="bulk-bar" role="region" aria-label={t.kit.table.bulk}>
            <strong aria-live="polite">{t.lobby.selected(ids.length)}</strong>
            <Button kind="link" small onClick={clear}>
                {t.kit.table.clear}
            </Button>
            <div class="actions">
                <Button kind="primary" small onClick={() => setAsking(true)}>
                    {t.lobby.approve}…
                </Button>
                <Button small onClick={() => void refuse()}>
                    {t.lobby.refuse}…
                </Button>
            </div>
            {asking && (
                <ApproveMany
                    count={ids.length}
                    onClose={() => setAsking(false)}
                    onGo={(groups, reason) => {
                        setAsking(false);
                        setWork({ move: 'approve', reason, groups, which: ids });
                    }}
                />
            )}
            {work && (
                <BulkReport
                    work={work}
                    onClose={() => {
                        setWork(undefined);
                        clear();
                        done();
                    }}
                />
            )}
        </div>
    );
}
