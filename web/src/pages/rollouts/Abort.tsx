// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Button, Dialog, ErrorBox, Field, RadioCards, TextArea, TextInput, toast, useForm } from '../../ui/index.ts';
import type { RolloutRow } from './rollout.ts';

/** Ends a rollout, and says what becomes of the devices that have the version. Its policy's name has to be typed. */
export function Abort({ row, close, done }: { row: RolloutRow; close: () => void; done: () => void }) {
    const words = t.rollouts.acts;
    const name = row.policy_name ?? String(row.to);
    const [typed, setTyped] = useState('');
    const form = useForm({
        initial: { after: (row.auto_rollback ? 'back' : 'keep') as 'back' | 'keep', reason: '' },
        careless: true,
        submit: (v) =>
            call(
                api.POST('/api/v1/rollouts/{id}/abort', {
                    params: { path: { id: row.id ?? '' } },
                    body: { rollback: v.after === 'back', ...(v.reason.trim() && { reason: v.reason.trim() }) },
                }),
            ),
        done: () => {
            toast.good(words.aborted);
            done();
            close();
        },
    });
    const ready = typed.trim() === name;
    const options = [
        { value: 'back' as const, label: words.takeBack, hint: words.takeBackHint },
        { value: 'keep' as const, label: words.keep, hint: words.keepHint },
    ];
    return (
        <Dialog
            title={words.abortTitle(name)}
            onClose={close}
            onSubmit={() => {
                if (ready) void form.submit();
            }}
            actions={
                <>
                    <Button onClick={close}>{t.kit.cancel}</Button>
                    <Button kind="danger" icon="stop" type="submit" busy={form.busy} disabled={!ready}>
                        {words.abort}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <p>{words.abortText(row.progress?.applied ?? 0)}</p>
            <Field label={words.what} group>
                <RadioCards label={words.what} {...form.bind('after')} options={options} />
            </Field>
            <Field label={words.reason} hint={words.reasonHint} error={form.error('reason')}>
                <TextArea {...form.bind('reason')} rows={2} maxLength={500} />
            </Field>
            <Field label={words.type(name)}>
                <TextInput value={typed} onInput={setTyped} mono autocomplete="off" />
            </Field>
        </Dialog>
    );
}
