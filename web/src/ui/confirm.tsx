// SPDX-License-Identifier: Apache-2.0
import { render, type ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { problemOf, type Problem } from '../api/client.ts';
import { t } from '../i18n/index.ts';
import { Button } from './Button.tsx';
import { Dialog } from './Dialog.tsx';
import { Field } from './Field.tsx';
import { TextArea, TextInput } from './Inputs.tsx';
import { ErrorBox } from './States.tsx';

export interface Question {
    /** The act and the object: "Revoke laptop-042?" */
    title: string;
    /** What will happen, and whether it can be undone. */
    text?: ComponentChildren;
    /** The button: the verb, never "OK". */
    yes: string;
    /** Red. */
    danger?: boolean;
    /** What must be typed before the button works: the name of the object. */
    typed?: string;
    /** Asks for a reason; 'required': not without one. */
    reason?: 'optional' | 'required';
    /** Done while the dialog is open: busy, and a refusal is shown in it. Without it the caller acts on the answer. */
    act?: (reason: string) => Promise<unknown>;
}

export interface Answer {
    reason: string;
}

function Ask({ question: q, done }: { question: Question; done: (answer: Answer | null) => void }) {
    const [name, setName] = useState('');
    const [reason, setReason] = useState('');
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem | null>(null);
    const ready =
        (q.typed === undefined || name.trim() === q.typed) && (q.reason !== 'required' || reason.trim() !== '');
    const submit = async (): Promise<void> => {
        if (!ready || busy) return;
        setBusy(true);
        setProblem(null);
        try {
            await q.act?.(reason.trim());
            done({ reason: reason.trim() });
        } catch (error) {
            setProblem(problemOf(error));
            setBusy(false);
        }
    };
    return (
        <Dialog
            title={q.title}
            onClose={() => !busy && done(null)}
            onSubmit={() => void submit()}
            actions={
                <>
                    <Button onClick={() => done(null)} disabled={busy}>
                        {t.kit.cancel}
                    </Button>
                    <Button kind={q.danger ? 'danger' : 'primary'} type="submit" disabled={!ready} busy={busy}>
                        {q.yes}
                    </Button>
                </>
            }
        >
            {q.text && <div class="question">{q.text}</div>}
            {q.reason && (
                <Field label={t.kit.reason} hint={t.kit.reasonHint} required={q.reason === 'required'}>
                    <TextArea value={reason} onInput={setReason} rows={2} maxLength={500} />
                </Field>
            )}
            {q.typed !== undefined && (
                <Field label={t.kit.typeName(q.typed)}>
                    <TextInput value={name} onInput={setName} mono autocomplete="off" />
                </Field>
            )}
            {problem && <ErrorBox problem={problem} />}
        </Dialog>
    );
}

/** The titles of what is being asked: a double click asks once. */
const open = new Set<string>();

/** Asks before an act; null: no. `if (await confirm({ title: t.x.revoke(name), yes: t.x.revokeVerb, danger: true, typed: name })) …` */
export function confirm(question: Question): Promise<Answer | null> {
    if (open.has(question.title)) return Promise.resolve(null);
    open.add(question.title);
    const host = document.body.appendChild(document.createElement('div'));
    return new Promise((resolve) => {
        const done = (answer: Answer | null): void => {
            render(null, host);
            host.remove();
            open.delete(question.title);
            resolve(answer);
        };
        render(<Ask question={question} done={done} />, host);
    });
}
