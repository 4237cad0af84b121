// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, call, problemOf, type Problem, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Button, Checkbox, Dialog, ErrorBox, Field, JsonEditor, Note, TextInput, toast } from '../../ui/index.ts';
import { asOpen, laidOut, objectOf, type OpenObject } from './json.ts';

interface Break {
    policy?: string;
    number?: number;
    pointer?: string;
    keyword?: string;
    want?: string;
}

/** What a new schema would break, one a line. */
function Breaks({ items }: { items: readonly Break[] }) {
    return (
        <ul class="breaks">
            {items.map((one, at) => (
                <li key={at}>
                    {one.policy && (
                        <strong>
                            {one.policy} #{one.number}{' '}
                        </strong>
                    )}
                    <code>{one.pointer || '/'}</code> {one.want ?? one.keyword}
                </li>
            ))}
        </ul>
    );
}

const refusalText = (thrown: Problem): readonly Break[] =>
    Array.isArray(thrown.more['breaks']) ? (thrown.more['breaks'] as Break[]) : [];

/** A new schema, or another revision of this one: from a file or typed. What it breaks is shown, and may be forced. */
export function SchemaEdit({ schema, close, done }: { schema?: Shape<'Schema'>; close: () => void; done: () => void }) {
    const words = t.policies.schemas;
    const [namespace, setNamespace] = useState(schema?.namespace ?? '');
    const [description, setDescription] = useState(schema?.description ?? '');
    const [text, setText] = useState(schema ? laidOut(schema.schema) : '');
    const [force, setForce] = useState(false);
    const [busy, setBusy] = useState(false);
    const [problem, setProblem] = useState<Problem>();
    const breaks = problem ? refusalText(problem) : [];
    const [wrong, setWrong] = useState<string>();

    const send = (content: OpenObject) => {
        const body = { schema: content, ...(description.trim() && { description }), ...(force && { force: true }) };
        if (!schema) return call(api.POST('/api/v1/schemas', { body: { ...body, namespace } }));
        return call(
            api.PUT('/api/v1/schemas/{id}', {
                params: { path: { id: schema.id ?? '' } },
                body,
                headers: { 'If-Match': schema.etag ?? '' },
            }),
        );
    };
    const submit = async () => {
        const content = objectOf(text);
        setWrong(content ? undefined : words.notJson);
        if (!content || busy) return;
        setBusy(true);
        setProblem(undefined);
        try {
            await send(asOpen(content));
            toast.good(words.saved);
            done();
            close();
        } catch (thrown) {
            setProblem(problemOf(thrown));
            setBusy(false);
        }
    };
    const read = async (file: File) => {
        const came = await file.text();
        const content = objectOf(came);
        setText(content ? laidOut(content) : came);
    };
    return (
        <Dialog
            wide
            title={schema ? words.replaceTitle(schema.namespace || words.whole) : words.add}
            onClose={close}
            onSubmit={() => void submit()}
            actions={
                <>
                    <Button onClick={close}>{t.kit.cancel}</Button>
                    <Button kind={force ? 'danger' : 'primary'} type="submit" busy={busy}>
                        {force ? words.force : words.submit}
                    </Button>
                </>
            }
        >
            {problem && breaks.length === 0 && <ErrorBox problem={problem} />}
            {breaks.length > 0 && (
                <>
                    <Note tone="bad" title={words.breaksTitle(breaks.length)}>
                        {words.breaksText}
                    </Note>
                    <Breaks items={breaks} />
                </>
            )}
            {(breaks.length > 0 || force) && <Checkbox label={words.force} checked={force} onInput={setForce} />}
            {!schema && (
                <Field label={words.namespace} hint={words.namespaceHint} error={problem?.of('namespace')}>
                    <TextInput
                        value={namespace}
                        onInput={setNamespace}
                        mono
                        placeholder="/iassistants"
                        maxLength={256}
                    />
                </Field>
            )}
            <Field label={words.description}>
                <TextInput value={description} onInput={setDescription} maxLength={2000} />
            </Field>
            <Field label={words.file}>
                <input
                    type="file"
                    class="input"
                    aria-label={words.file}
                    accept=".json,application/json,application/schema+json"
                    onChange={({ currentTarget: { files } }) => files?.[0] && void read(files[0])}
                />
            </Field>
            <Field label={words.text} hint={words.textHint} error={wrong} group>
                <JsonEditor label={words.text} value={text} onInput={setText} lines={12} optional />
            </Field>
        </Dialog>
    );
}
