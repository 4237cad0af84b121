// SPDX-License-Identifier: Apache-2.0
// A webhook, new or changed: what is told, to whom, and what goes with it.
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { findApplications, findGroups } from '../../ui/find.ts';
import {
    Button,
    Checkbox,
    Chooser,
    Dialog,
    ErrorBox,
    Field,
    Loaded,
    ManagedBy,
    Select,
    Stack,
    TextArea,
    TextInput,
    useForm,
    type Form,
} from '../../ui/index.ts';
import { FormatFields } from './WebhookFormat.tsx';
import { Withheld } from './Withheld.tsx';
import { asFiles, bodyOf, FORMATS, pairsOf, valuesOf, type Values } from './webhook.ts';
import type { Webhook } from './Webhooks.tsx';

interface Props {
    hook: Webhook | undefined;
    /** Since when files stand behind it. */
    since: string | undefined;
    close(): void;
    saved(secret: string | null | undefined): void;
}

async function save(hook: Webhook | undefined, values: Values): Promise<string | null | undefined> {
    if (!hook) return (await call(api.POST('/api/v1/webhooks', { body: bodyOf(values, false) }))).secret;
    const headers = { ...(hook.etag && { 'If-Match': hook.etag }) };
    const params = { path: { id: hook.id ?? '' } };
    await call(api.PATCH('/api/v1/webhooks/{id}', { params, body: bodyOf(values, true), headers }));
    return undefined;
}

function check(values: Values) {
    const words = t.admin.webhooks;
    return {
        ...(!values.name && { name: words.nameNeeded }),
        ...(!values.url && { url: words.urlNeeded }),
        ...(!pairsOf(values.headers) && { headers: words.linesNeeded }),
        ...(!pairsOf(values.values) && { values: words.linesNeeded }),
    };
}

/** Which events: by their names, and by what they concern. */
function Which({ form }: { form: Form<Values> }) {
    const words = t.admin.webhooks;
    return (
        <>
            <Field label={words.events} hint={words.eventsHint} error={form.error('events')}>
                <TextArea {...form.bind('events')} rows={3} mono />
            </Field>
            {may('group:read') && (
                <Field label={words.group} hint={words.groupHint} error={form.error('group')} group>
                    <Chooser
                        chosen={form.values.group}
                        onInput={(group) => form.set({ group })}
                        find={findGroups}
                        label={words.groupFind}
                        single
                    />
                </Field>
            )}
            {may('application:read') && (
                <Field label={words.application} hint={words.applicationHint} error={form.error('application')} group>
                    <Chooser
                        chosen={form.values.application}
                        onInput={(application) => form.set({ application })}
                        find={findApplications}
                        label={words.applicationFind}
                        single
                    />
                </Field>
            )}
        </>
    );
}

function Fields({ form, old }: { form: Form<Values>; old: boolean }) {
    const words = t.admin.webhooks;
    const formats = FORMATS.map((value) => ({ value, label: words.formats[value] }));
    return (
        <Stack>
            <Field label={words.name} error={form.error('name')} required>
                <TextInput {...form.bind('name')} />
            </Field>
            <Field label={words.description} error={form.error('description')}>
                <TextInput {...form.bind('description')} />
            </Field>
            <Field label={words.url} error={form.error('url')} required>
                <TextInput {...form.bind('url')} type="url" placeholder="https://" />
            </Field>
            <Field label={words.format} hint={words.formatHint} error={form.error('format')}>
                <Select {...form.bind('format')} options={formats} />
            </Field>
            <FormatFields form={form} old={old} />
            <Which form={form} />
            <Withheld
                form={form}
                about="aboutToken"
                field="token"
                label={words.token}
                hint={words.tokenHint}
                old={old}
            />
            <Withheld
                form={form}
                about="aboutHeaders"
                field="headers"
                label={words.headers}
                hint={words.headersHint}
                old={old}
            />
            <Checkbox {...form.tick('active')} label={words.active} />
            {form.problem && <ErrorBox problem={form.problem} />}
        </Stack>
    );
}

type Names = { group?: string; application?: string };

/** What files stand behind is changed there, and this is how it stands there. */
function ByFiles({ hook, since, close, names }: { hook: Webhook; since: string; close(): void; names: Names }) {
    return (
        <Dialog title={hook.name ?? ''} onClose={close} wide>
            <ManagedBy object={asFiles(hook, names)} since={since} />
        </Dialog>
    );
}

function Known(props: Props & { names: Names }) {
    const { hook, since } = props;
    return hook && since ? <ByFiles {...props} hook={hook} since={since} /> : <Editable {...props} />;
}

function Editable({ hook, close, saved, names }: Props & { names: Names }) {
    const words = t.admin.webhooks;
    const form = useForm({
        initial: valuesOf(hook, names),
        careless: true,
        check,
        submit: (values) => save(hook, values),
        done: saved,
    });
    return (
        <Dialog
            title={hook ? words.editTitle(hook.name ?? '') : words.add}
            onClose={close}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={close}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {t.kit.save}
                    </Button>
                </>
            }
            wide
        >
            <Fields form={form} old={hook !== undefined} />
        </Dialog>
    );
}

/** What the group and the application of a webhook are called; who may not read them sees their ids. */
async function namesOf(hook: Webhook, signal: AbortSignal): Promise<Names> {
    const path = (id: string) => ({ params: { path: { id } }, signal });
    const named = async (asked: Promise<{ name?: string | null }> | undefined): Promise<string | undefined> =>
        (await asked?.catch(() => undefined))?.name ?? undefined;
    const [group, application] = await Promise.all([
        named(hook.group_id ? call(api.GET('/api/v1/groups/{id}', path(hook.group_id))) : undefined),
        named(hook.application_id ? call(api.GET('/api/v1/applications/{id}', path(hook.application_id))) : undefined),
    ]);
    return { ...(group && { group }), ...(application && { application }) };
}

export function WebhookForm(props: Props) {
    const { hook } = props;
    const concerns = hook?.group_id || hook?.application_id;
    const asked = useData(concerns ? `admin/webhook ${hook?.etag}` : undefined, (signal) =>
        hook ? namesOf(hook, signal) : Promise.resolve({}),
    );
    if (!concerns) return <Known {...props} names={{}} />;
    return <Loaded of={asked}>{(names) => <Known {...props} names={names} />}</Loaded>;
}
