// SPDX-License-Identifier: Apache-2.0
// Keys of a program: a pair made here, whose file is given once, or the public half of one made elsewhere.
import { useState } from 'preact/hooks';
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { Badge, Button, Dialog, ErrorBox, Field, Once, TextArea, TextInput, useForm } from '../../../ui/index.ts';
import { Credentials } from './Credentials.tsx';

/** The public half as it was pasted; undefined: it is no JSON object. */
function readKey(text: string): Record<string, never> | undefined {
    try {
        const value: unknown = JSON.parse(text);
        return value !== null && typeof value === 'object' && !Array.isArray(value)
            ? (value as Record<string, never>)
            : undefined;
    } catch {
        return undefined;
    }
}

function NewKey({ id, onClose, done }: { id: string; onClose: () => void; done: () => void }) {
    const words = t.services;
    const [made, setMade] = useState<unknown>();
    const form = useForm({
        initial: { name: '', key: '' },
        careless: true,
        check: (v) => (v.key.trim() && !readKey(v.key) ? { key: words.keyWrong } : {}),
        submit: (v) => {
            const half = v.key.trim() ? readKey(v.key) : undefined;
            return call(
                api.POST('/api/v1/service-accounts/{id}/keys', {
                    params: { path: { id } },
                    body: {
                        ...(v.name.trim() && { name: v.name.trim() }),
                        ...(half ? { public_key: half } : { generate: 'EdDSA' as const }),
                    },
                }),
            );
        },
        done: (key) => {
            done();
            if (key.file) setMade(key.file);
            else onClose();
        },
    });
    if (made !== undefined) {
        return (
            <Once
                wide
                title={words.keyMade}
                heading={words.once}
                note={words.keyText}
                text={JSON.stringify(made, null, 2)}
                label={words.keyFile}
                yes={t.people.closed}
                onClose={onClose}
            />
        );
    }
    return (
        <Dialog
            title={words.newKey}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.newKey}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={t.people.column.name} error={form.error('name')}>
                <TextInput {...form.bind('name')} />
            </Field>
            <Field label={words.publicHalf} hint={words.publicHint} error={form.error('key')}>
                <TextArea {...form.bind('key')} mono rows={4} />
            </Field>
        </Dialog>
    );
}

export function Keys({ id, name, write }: { id: string; name: string; write: boolean }) {
    const words = t.services;
    const list = useData(
        `keys ${id}`,
        (signal) =>
            call(
                api.GET('/api/v1/service-accounts/{id}/keys', {
                    params: { path: { id }, query: { limit: 200 } },
                    signal,
                }),
            ),
        { topics: ['people'] },
    );
    return (
        <Credentials
            write={write}
            title={words.keys}
            icon="file"
            owner={name}
            none={words.noKeys}
            add={words.newKey}
            list={list}
            line={(key) => (
                <>
                    {key.name || key.thumbprint} <Badge>{key.alg}</Badge>
                </>
            )}
            end={(key_id) =>
                call(api.DELETE('/api/v1/service-accounts/{id}/keys/{key_id}', { params: { path: { id, key_id } } }))
            }
            form={(close) => <NewKey id={id} onClose={close} done={list.reload} />}
        />
    );
}
