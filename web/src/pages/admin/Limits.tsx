// SPDX-License-Identifier: Apache-2.0
// How often somebody may call: what holds, what is configured, and another rate at once.
import { useEffect, useRef } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, Card, ErrorBox, Field, Loaded, Note, Stack, TextInput, toast, useForm } from '../../ui/index.ts';

const NAMES = ['address', 'signin', 'device', 'principal', 'enrollment_key'] as const;
type Name = (typeof NAMES)[number];
type Values = Record<Name, string>;

const valuesOf = (limits: Shape<'Limits'>): Values =>
    Object.fromEntries(NAMES.map((name) => [name, String(limits[name]?.set ?? '')])) as Values;

function LimitsForm({ limits, done }: { limits: Shape<'Limits'>; done: () => void }) {
    const words = t.upkeep.limits;
    const mayChange = may('operation:write');
    const known = useRef(valuesOf(limits));
    const form = useForm({
        initial: known.current,
        check: (values) => {
            const wrong: Partial<Record<Name, string>> = {};
            for (const name of NAMES) {
                const { least = 1, most = 1 } = limits[name] ?? {};
                const n = Number(values[name]);
                if (values[name] !== '' && !(Number.isInteger(n) && n >= least && n <= most))
                    wrong[name] = words.wrong(least, most);
            }
            return wrong;
        },
        submit: (values) => {
            const set = (name: Name): number | null => (values[name] === '' ? null : Number(values[name]));
            const body = Object.fromEntries(NAMES.map((name) => [name, set(name)]));
            return call(api.PUT('/api/v1/admin/security/limits', { body }));
        },
        done: (now) => {
            known.current = valuesOf(now);
            form.reset(known.current);
            toast.good(words.saved);
            done();
        },
    });
    // Somebody else set others, or the answer to our own question comes late: what was changed here since stays.
    useEffect(() => {
        const changed = NAMES.filter((name) => form.values[name] !== known.current[name]);
        known.current = valuesOf(limits);
        form.reset(known.current);
        form.set(Object.fromEntries(changed.map((name) => [name, form.values[name]])));
    }, [JSON.stringify(valuesOf(limits))]);
    const isSet = NAMES.some((name) => form.values[name] !== '');
    const clear = (): void => form.set(Object.fromEntries(NAMES.map((name) => [name, ''])));
    return (
        <form {...form.attributes}>
            <Stack>
                {!limits.enabled && <Note tone="warn">{words.off}</Note>}
                {form.problem && <ErrorBox problem={form.problem} />}
                <Stack as="grid">
                    {NAMES.map((name) => {
                        const { configured = 0, least = 0, burst = 0, most } = limits[name] ?? {};
                        return (
                            <Field
                                key={name}
                                label={words.name[name]}
                                hint={`${words.hint[name]} ${words.bounds(configured, least, burst)}`}
                                error={form.error(name)}
                            >
                                <TextInput
                                    {...form.bind(name)}
                                    type="number"
                                    inputMode="numeric"
                                    min={least}
                                    max={most ?? ''}
                                    placeholder={String(configured)}
                                    unit={words.unit}
                                    readOnly={!mayChange}
                                />
                            </Field>
                        );
                    })}
                </Stack>
                {mayChange ? (
                    <Stack as="row">
                        <Button type="submit" kind="primary" icon="check" busy={form.busy} disabled={!form.dirty}>
                            {words.save}
                        </Button>
                        <Button icon="undo" disabled={!isSet} onClick={clear}>
                            {words.back}
                        </Button>
                    </Stack>
                ) : (
                    <p class="muted">{words.readOnly}</p>
                )}
            </Stack>
        </form>
    );
}

export default function Limits() {
    const words = t.upkeep.limits;
    const asked = useData('admin/limits', (signal) => call(api.GET('/api/v1/admin/security/limits', { signal })), {
        topics: ['admin'],
    });
    return (
        <Card title={words.title} intro={words.intro} icon="wait">
            <Loaded of={asked}>{(limits) => <LimitsForm limits={limits} done={asked.reload} />}</Loaded>
        </Card>
    );
}
