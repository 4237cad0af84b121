// SPDX-License-Identifier: Apache-2.0
// Why a person, a program or a device may or may not open an application: the question, and what the server says.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { may } from '../../session.ts';
import {
    Card,
    Chips,
    Chooser,
    Checkbox,
    Field,
    Loaded,
    Note,
    Select,
    SubjectPicker,
    TextInput,
    nameOfSubject,
    type Choice,
    type SubjectKind,
} from '../../ui/index.ts';
import { findApplications, findDevices } from '../../ui/find.ts';
import { Head } from './Head.tsx';
import { Verdict } from './Verdict.tsx';

/** Who asks, by the name that the URL has for the kind. A person may sit at a device. */
const KINDS = { user: 'user', service: 'service-account', device: 'device' } as const satisfies Record<
    string,
    SubjectKind
>;
type Key = keyof typeof KINDS;
const KEYS = Object.keys(KINDS) as readonly Key[];
const keyOf = (kind: SubjectKind): Key => KEYS.find((key) => KINDS[key] === kind) ?? 'user';

/** How long ago one signed in, in seconds. */
const AGES = ['0', '3600', '86400', '2592000'] as const;

/** The object that the URL names, as what was chosen. */
function useNamed(
    id: string | undefined,
    ask: (id: string, signal: AbortSignal) => Promise<string>,
): readonly Choice[] {
    const asked = useData(id && `named ${id}`, (signal) => ask(id ?? '', signal));
    return id ? [{ id, name: asked.data || `…${id.slice(-8)}` }] : [];
}

const nameOfApplication = async (id: string, signal: AbortSignal): Promise<string> =>
    (await call(api.GET('/api/v1/applications/{id}', { params: { path: { id } }, signal }))).name ?? '';

/** What else the rules may ask for. */
interface Circumstances {
    ip: string;
    scopes: readonly string[];
    age: string;
    mfa: boolean;
}

function questionOf(query: Readonly<Record<string, string>>, who: Key, more: Circumstances): Shape<'AccessExplainIn'> {
    const { user, service, device, application = '' } = query;
    return {
        application_id: application,
        ...(who === 'user' && user && { user_id: user, auth_age_s: Number(more.age) }),
        ...(who === 'user' && user && more.mfa && { mfa_age_s: 0 }),
        ...(who === 'service' && service && { service_account_id: service }),
        ...(who !== 'service' && device && { device_id: device }),
        ...(more.ip && { ip: more.ip }),
        ...(more.scopes.length > 0 && { scope: more.scopes.join(' ') }),
    };
}

export default function Explain() {
    const words = t.rules;
    const [query, setQuery] = useQuery();
    const [more, setMore] = useState<Circumstances>({ ip: '', scopes: [], age: AGES[0], mfa: false });
    const [picked, setPicked] = useState<SubjectKind>();
    const change = (changes: Partial<Circumstances>): void => setMore({ ...more, ...changes });
    const { application } = query;
    const asking = KEYS.find((key) => query[key]) ?? 'user';
    const kind = picked ?? KINDS[asking];
    const id = query[keyOf(kind)];
    const app = useNamed(application, nameOfApplication);
    const who = useNamed(id, (one, signal) => nameOfSubject(kind, one, signal))[0];
    const device = useNamed(kind === 'user' ? query['device'] : undefined, (one, signal) =>
        nameOfSubject('device', one, signal),
    );
    const question = application && id ? questionOf(query, keyOf(kind), more) : undefined;
    const asked = useData(
        question && JSON.stringify(question),
        (signal) =>
            call(api.POST('/api/v1/access-rules/explain', { body: question ?? { application_id: '' }, signal })),
        { topics: ['applications', 'people', 'devices'] },
    );
    const pick = (next: { kind: SubjectKind; id: string }): void =>
        setQuery({
            user: undefined,
            service: undefined,
            device: next.kind === 'user' && query['user'] ? query['device'] : undefined,
            [keyOf(next.kind)]: next.id,
        });
    return (
        <>
            <Head part="explain" />
            <div class="app-parts">
                <Card title={words.question} icon="why">
                    <Field label={words.who} group>
                        <SubjectPicker
                            label={words.who}
                            kinds={Object.values(KINDS)}
                            kind={kind}
                            onKind={setPicked}
                            value={who && { kind, ...who }}
                            onPick={pick}
                        />
                    </Field>
                    <Field label={words.which}>
                        <Chooser
                            label={words.whichFind}
                            chosen={app}
                            onInput={(chosen) => setQuery({ application: chosen[0]?.id })}
                            find={findApplications}
                            single
                        />
                    </Field>
                    {kind === 'user' && (
                        <>
                            <Field label={words.signedIn}>
                                <Select
                                    value={more.age}
                                    onInput={(age) => change({ age })}
                                    options={AGES.map((value) => ({ value, label: words.ages[value] }))}
                                />
                            </Field>
                            <Checkbox label={words.withMfa} checked={more.mfa} onInput={(mfa) => change({ mfa })} />
                            {may('device:read') && (
                                <Field label={words.onDevice} hint={words.onDeviceHint}>
                                    <Chooser
                                        label={words.onDeviceFind}
                                        chosen={device}
                                        onInput={(chosen) => setQuery({ device: chosen[0]?.id })}
                                        find={findDevices}
                                        single
                                    />
                                </Field>
                            )}
                        </>
                    )}
                    <Field label={words.ip} hint={words.ipHint}>
                        <TextInput value={more.ip} onInput={(ip) => change({ ip })} mono placeholder="192.168.1.20" />
                    </Field>
                    <Field label={words.withScopes} hint={words.ipHint}>
                        <Chips value={more.scopes} onInput={(scopes) => change({ scopes })} remove={t.kit.drop} />
                    </Field>
                </Card>
                <div aria-live="polite" class="answer">
                    {question ? (
                        <Loaded of={asked}>{(said) => <Verdict said={said} application={application ?? ''} />}</Loaded>
                    ) : (
                        <Note tone="info">{words.choose}</Note>
                    )}
                </div>
            </div>
        </>
    );
}
