// SPDX-License-Identifier: Apache-2.0
// A house is named, tried before it is saved, and narrowed to what assistants may touch. Its token is never shown again.
import { useState } from 'preact/hooks';
import { api, call, onceKey, problemOf, type Problem } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Button, Chips, Dialog, ErrorBox, Field, Note, TextInput, toast, useForm } from '../../ui/index.ts';
import type { HomeAssistant } from './index.tsx';
import { Steps } from './Steps.tsx';
import type { Test } from './test.ts';

/** What most houses have; others can be written. */
const DOMAINS = [
    'light',
    'switch',
    'climate',
    'cover',
    'fan',
    'lock',
    'media_player',
    'scene',
    'script',
    'sensor',
    'todo',
    'vacuum',
];

interface Fields {
    name: string;
    url: string;
    token: string;
    domains: readonly string[];
}

const save = (house: HomeAssistant | undefined, { name, url, token, domains }: Fields): Promise<HomeAssistant> => {
    const body = { name: name.trim(), url: url.trim(), domains_allowed: [...domains] };
    return house
        ? call(
              api.PUT('/api/v1/config/homeassistant/{id}', {
                  params: { path: { id: house.id ?? '' } },
                  body: { ...body, ...(token && { token: token.trim() }) },
                  headers: house.etag ? { 'If-Match': house.etag } : {},
              }),
          )
        : call(
              api.POST('/api/v1/config/homeassistant', {
                  body: { ...body, token: token.trim() },
                  headers: { 'Idempotency-Key': onceKey() },
              }),
          );
};

/** Plain HTTP, whatever else is written so far. */
const isPlain = (url: string): boolean => /^http:\/\//i.test(url.trim());

export default function Edit({ house, onClose }: { house?: HomeAssistant; onClose: () => void }) {
    const words = t.config;
    const initial: Fields = {
        name: house?.name ?? 'home',
        url: house?.url ?? '',
        token: '',
        domains: house?.domains_allowed ?? [],
    };
    const [test, setTest] = useState<Test>();
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const moved = (values: Fields): boolean => house !== undefined && values.url.trim() !== house.url;
    const check = (values: Fields): Partial<Record<keyof Fields, string>> => ({
        ...(!values.name.trim() && { name: words.needName }),
        ...(!values.url.trim() && { url: words.needUrl }),
        ...(!values.token &&
            (!house || moved(values)) && { token: moved(values) ? words.needTokenMoved : words.needToken }),
    });
    const form = useForm({
        initial,
        check,
        careless: true,
        submit: (values) => save(house, values),
        done: (saved) => {
            toast.good(words.saved(saved.name ?? ''));
            onClose();
        },
    });
    const { url, token } = form.values;
    const own = house !== undefined && !token && !moved(form.values);
    const run = async (): Promise<void> => {
        setBusy(true);
        setTest(undefined);
        setProblem(undefined);
        try {
            setTest(
                own
                    ? await call(
                          api.POST('/api/v1/config/homeassistant/{id}/test', {
                              params: { path: { id: house?.id ?? '' } },
                          }),
                      )
                    : await call(
                          api.POST('/api/v1/config/homeassistant/test', {
                              body: { url: url.trim(), token: token.trim() },
                          }),
                      ),
            );
        } catch (thrown) {
            setProblem(problemOf(thrown));
        }
        setBusy(false);
    };
    const testable = url.trim() !== '' && (own || token !== '');
    return (
        <Dialog
            wide
            title={house ? words.editTitle(house.name ?? '') : words.add}
            onClose={onClose}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={onClose}>{t.kit.cancel}</Button>
                    <Button icon="play" busy={busy} disabled={!testable} onClick={() => void run()}>
                        {words.test.verb}
                    </Button>
                    <Button type="submit" kind="primary" busy={form.busy} disabled={house !== undefined && !form.dirty}>
                        {t.kit.save}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <Field label={words.url} required error={form.error('url')} hint={words.urlHint}>
                <TextInput {...form.bind('url')} type="url" mono placeholder="http://192.168.1.5:8123" />
            </Field>
            {isPlain(url) && <Note tone="warn" title={words.warnings['plain-http']} />}
            <Field
                label={words.token}
                required={!house}
                error={form.error('token')}
                hint={house ? words.tokenKept : words.tokenHint}
            >
                <TextInput
                    {...form.bind('token')}
                    type="password"
                    autocomplete="off"
                    placeholder={house ? '••••••••' : undefined}
                />
            </Field>
            <Field
                label={words.name}
                required
                error={form.error('name')}
                hint={words.nameHint(form.values.name || 'home')}
            >
                <TextInput {...form.bind('name')} mono maxLength={64} />
            </Field>
            <Field label={words.domains} hint={words.domainsHint} error={form.error('domains')}>
                <Chips
                    value={form.values.domains}
                    onInput={(domains) => form.set({ domains })}
                    list={DOMAINS}
                    remove={words.domainDrop}
                />
            </Field>
            {(busy || test) && <Steps test={test} busy={busy} />}
            {problem && <ErrorBox problem={problem} />}
        </Dialog>
    );
}
