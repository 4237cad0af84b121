// SPDX-License-Identifier: Apache-2.0
// The fields of a server, of a new one and of one that is there.
import { t } from '../../i18n/index.ts';
import {
    Button,
    Checkbox,
    ErrorBox,
    Field,
    IconButton,
    Note,
    RadioCards,
    Select,
    TextInput,
    type Form,
} from '../../ui/index.ts';
import { useCommands } from './commands.ts';
import { nameOf, type Secret, type ServerFields, type Transport } from './fields.ts';

const TRANSPORTS: readonly Transport[] = ['http', 'sse', 'stdio', 'demo'];
const ICONS = { http: 'link', sse: 'activity', stdio: 'file', demo: 'play' } as const;

function Secrets({
    value,
    onInput,
    kind,
    kept,
}: {
    value: readonly Secret[] | undefined;
    onInput: (next: readonly Secret[]) => void;
    kind: 'headers' | 'env';
    kept: readonly string[];
}) {
    const words = t.tools.form[kind];
    const set = (at: number, change: Partial<Secret>): void =>
        onInput((value ?? []).map((one, i) => (i === at ? { ...one, ...change } : one)));
    if (value === undefined && kept.length > 0) {
        return (
            <Field label={words.label} group hint={words.kept}>
                <div class="secret-kept">
                    {kept.map((name) => (
                        <code key={name}>{name}: •••</code>
                    ))}
                    <Button small onClick={() => onInput([])}>
                        {words.replace}
                    </Button>
                </div>
            </Field>
        );
    }
    return (
        <Field label={words.label} group hint={words.hint}>
            {(value ?? []).map((one, at) => (
                <div class="secret-row" key={at}>
                    <TextInput
                        mono
                        aria-label={words.name}
                        placeholder={words.example}
                        value={one.name}
                        onInput={(name) => set(at, { name })}
                        autocomplete="off"
                    />
                    <TextInput
                        type="password"
                        aria-label={words.value}
                        value={one.value}
                        onInput={(text) => set(at, { value: text })}
                        autocomplete="new-password"
                    />
                    <IconButton
                        icon="remove"
                        kind="link"
                        label={words.drop}
                        onClick={() => onInput((value ?? []).filter((_, i) => i !== at))}
                    />
                </div>
            ))}
            <div>
                <Button small icon="add" onClick={() => onInput([...(value ?? []), { name: '', value: '' }])}>
                    {words.add}
                </Button>
            </div>
        </Field>
    );
}

function Command({ form }: { form: Form<ServerFields> }) {
    const commands = useCommands();
    const known = commands.data ?? [];
    const chosen = known.find((one) => one.name === form.values.command);
    if (commands.data && known.length === 0)
        return (
            <Note tone="warn" title={t.tools.form.noCommands}>
                <p>{t.tools.form.noCommandsText}</p>
                <code>mcp-files=/usr/local/bin/mcp-files --root /srv/files</code>
            </Note>
        );
    return (
        <Field
            label={t.tools.form.command}
            required
            error={form.error('command')}
            hint={chosen?.env?.length ? t.tools.form.commandEnv(chosen.env) : t.tools.form.commandHint}
        >
            <Select
                {...form.bind('command')}
                options={[
                    { value: '', label: t.tools.form.choose },
                    ...known.map((one) => ({ value: one.name ?? '', label: one.name ?? '' })),
                ]}
            />
        </Field>
    );
}

/** Bounds, the prefix, the pins: mostly left as they are. */
function More({ form }: { form: Form<ServerFields> }) {
    const words = t.tools.form;
    const pins = (['new', 'strict', 'off'] as const).map((value) => ({ value, label: words.pins[value] }));
    return (
        <details class="more">
            <summary>{words.more}</summary>
            <div class="stack">
                <Field label={words.pinning} hint={words.pinHints[form.values.pinning]}>
                    <Select {...form.bind('pinning')} options={pins} />
                </Field>
                <Field
                    label={words.prefix}
                    error={form.error('prefix')}
                    hint={words.prefixHint(form.values.prefix || form.values.name || 'mail')}
                >
                    <TextInput {...form.bind('prefix')} mono placeholder={form.values.name} maxLength={24} />
                </Field>
                <div class="form-row">
                    <Field label={words.parallel} error={form.error('parallel_max')}>
                        <TextInput
                            {...form.bind('parallel_max')}
                            type="number"
                            min={0}
                            max={1000}
                            placeholder={words.usual}
                        />
                    </Field>
                    <Field label={words.queue} error={form.error('queue_max')}>
                        <TextInput
                            {...form.bind('queue_max')}
                            type="number"
                            min={0}
                            max={100000}
                            placeholder={words.usual}
                        />
                    </Field>
                    <Field label={words.timeout}>
                        <TextInput
                            {...form.bind('timeout_s')}
                            type="number"
                            min={0}
                            max={86400}
                            placeholder={words.usual}
                            unit="s"
                        />
                    </Field>
                </div>
            </div>
        </details>
    );
}

/** `kept`: names of headers or variables that are there; undefined: a new server. */
export function ServerForm({ form, kept }: { form: Form<ServerFields>; kept?: readonly string[] }) {
    const words = t.tools.form;
    const { transport, url, name } = form.values;
    const remote = transport === 'http' || transport === 'sse';
    const setUrl = (next: string): void =>
        form.set({ url: next, ...(!kept && (name === '' || name === nameOf(url)) && { name: nameOf(next) }) });
    const setTransport = (next: Transport): void =>
        form.set({ transport: next, ...(next === 'demo' && name === '' && { name: 'demo' }) });
    const options = TRANSPORTS.map((value) => ({
        value,
        label: words.transports[value].label,
        hint: words.transports[value].hint,
        icon: ICONS[value],
    }));
    return (
        <>
            {form.problem && <ErrorBox problem={form.problem} />}
            {!kept && (
                <Field label={words.transport} group error={form.error('transport')}>
                    <RadioCards label={words.transport} value={transport} onInput={setTransport} options={options} />
                </Field>
            )}
            {remote && (
                <Field
                    label={words.url}
                    required
                    error={form.error('url')}
                    hint={/^http:/i.test(url) ? words.plain : words.urlHint}
                >
                    <TextInput
                        type="url"
                        mono
                        name="url"
                        value={url}
                        onInput={setUrl}
                        placeholder="https://mealie.home.example/mcp"
                    />
                </Field>
            )}
            {transport === 'stdio' && <Command form={form} />}
            <div class="form-row">
                <Field label={words.name} required error={form.error('name')} hint={words.nameHint}>
                    <TextInput {...form.bind('name')} mono maxLength={64} />
                </Field>
                <Field label={words.title} error={form.error('title')} hint={words.titleHint}>
                    <TextInput {...form.bind('title')} maxLength={128} />
                </Field>
            </div>
            {transport !== 'demo' && (
                <Checkbox {...form.tick('per_user')} label={words.perUser} hint={words.perUserHint} />
            )}
            {transport !== 'demo' && (
                <Secrets
                    kind={transport === 'stdio' ? 'env' : 'headers'}
                    kept={kept ?? []}
                    value={form.values.secrets}
                    onInput={(secrets) => form.set({ secrets })}
                />
            )}
            <More form={form} />
        </>
    );
}

/** What has to be there before it is sent. */
export function lacksOf(values: ServerFields): Partial<Record<keyof ServerFields, string>> {
    const remote = values.transport === 'http' || values.transport === 'sse';
    return {
        ...(!values.name.trim() && { name: t.tools.form.needName }),
        ...(remote && !values.url.trim() && { url: t.tools.form.needUrl }),
        ...(values.transport === 'stdio' && !values.command && { command: t.tools.form.needCommand }),
    };
}
