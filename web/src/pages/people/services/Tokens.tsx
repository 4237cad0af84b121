// SPDX-License-Identifier: Apache-2.0
// Tokens of a program: the text of one is shown when it is made, and never again.
import { useState } from 'preact/hooks';
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Dialog, ErrorBox, Field, Once, Select, TextInput, useForm } from '../../../ui/index.ts';
import { Credentials } from './Credentials.tsx';

const DAYS = ['30', '90', '365'] as const;
const DAY_MS = 86_400_000;

function NewToken({ id, onClose, done }: { id: string; onClose: () => void; done: () => void }) {
    const words = t.services;
    const [made, setMade] = useState<string>();
    const form = useForm({
        initial: { name: '', days: '90' as (typeof DAYS)[number] },
        careless: true,
        check: (v) => (v.name.trim() ? {} : { name: t.people.needed }),
        submit: (v) =>
            call(
                api.POST('/api/v1/service-accounts/{id}/tokens', {
                    params: { path: { id } },
                    body: {
                        name: v.name.trim(),
                        expires_at: new Date(Date.now() + Number(v.days) * DAY_MS).toISOString(),
                    },
                }),
            ),
        done: (token) => {
            setMade(token.token ?? '');
            done();
        },
    });
    if (made !== undefined) {
        return (
            <Once
                title={words.tokenMade}
                heading={words.once}
                note={words.onceText}
                text={made}
                label={words.token}
                yes={t.people.closed}
                onClose={onClose}
            />
        );
    }
    return (
        <Dialog
            title={words.newToken}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.newToken}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={t.people.column.name} hint={words.tokenNameHint} error={form.error('name')} required>
                <TextInput {...form.bind('name')} />
            </Field>
            <Field label={words.goodFor} error={undefined}>
                <Select
                    {...form.bind('days')}
                    options={DAYS.map((value) => ({ value, label: words.days(Number(value)) }))}
                />
            </Field>
        </Dialog>
    );
}

export function Tokens({ id, name, write }: { id: string; name: string; write: boolean }) {
    const words = t.services;
    const list = useData(
        `tokens ${id}`,
        (signal) =>
            call(
                api.GET('/api/v1/service-accounts/{id}/tokens', {
                    params: { path: { id }, query: { limit: 200 } },
                    signal,
                }),
            ),
        { topics: ['people'] },
    );
    return (
        <Credentials
            write={write}
            title={words.tokens}
            icon="key"
            owner={name}
            none={words.noTokens}
            add={words.newToken}
            list={list}
            line={(token) => token.name}
            end={(token_id) =>
                call(
                    api.DELETE('/api/v1/service-accounts/{id}/tokens/{token_id}', {
                        params: { path: { id, token_id } },
                    }),
                )
            }
            form={(close) => <NewToken id={id} onClose={close} done={list.reload} />}
        />
    );
}
