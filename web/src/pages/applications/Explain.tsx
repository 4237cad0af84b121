// SPDX-License-Identifier: Apache-2.0
// Why somebody may or may not open an application: the verdict, the rule that decided, each condition.
import { useState } from 'preact/hooks';
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { useQuery } from '../../router.ts';
import { Badge, Card, Chooser, Checkbox, Field, Icon, Loaded, Note, Status, TextInput, type Choice } from '../../ui/index.ts';
import { findApplications, findUsers } from '../../ui/find.ts';
import { Head } from './Head.tsx';

const TONES = { allow: 'good', deny: 'bad', require_mfa: 'warn', require_reauth: 'warn' } as const;
type Effect = keyof typeof TONES;

const asEffect = (text: string | null | undefined): Effect => (text === 'allow' || text === 'require_mfa' || text === 'require_reauth' ? text : 'deny');

function Verdict({ said }: { said: Shape<'AccessExplanation'> }) {
    const words = t.rules;
    const effect = asEffect(said.effect);
    return (
        <>
            <Note tone={TONES[effect]} title={words.verdict[effect]}>{said.rule ? words.byRule(said.rule) : said.reason}</Note>
            {(said.rules?.length ?? 0) > 0 && (
                <Card title={words.asked}>
                    <ul class="app-list">
                        {said.rules?.map((rule) => (
                            <li key={rule.rule_id}>
                                <span>{rule.name} <Badge>{words.effect[asEffect(rule.effect)]}</Badge></span>
                                <Status tone={rule.matched ? 'good' : 'off'}>{rule.matched ? words.holds : words.holdsNot}</Status>
                                <ul class="conditions">
                                    {rule.conditions?.map((one) => (
                                        <li key={one.condition}>
                                            <Icon name={one.met ? 'good' : 'bad'} size={16} label={one.met ? words.met : words.notMet} /> {words.conditionName(one.condition ?? '')}
                                            {one.failed && <Badge tone="bad">{words.failed}</Badge>}
                                        </li>
                                    ))}
                                </ul>
                            </li>
                        ))}
                    </ul>
                </Card>
            )}
        </>
    );
}

/** The object that the URL names, as what was chosen. */
function useNamed(id: string | undefined, ask: (id: string, signal: AbortSignal) => Promise<string | null | undefined>): readonly Choice[] {
    const asked = useData(id && `named ${id}`, async (signal) => (await ask(id ?? '', signal)) ?? '');
    return id ? [{ id, name: asked.data || `…${id.slice(-8)}` }] : [];
}

export default function Explain() {
    const words = t.rules;
    const [query, setQuery] = useQuery();
    const [ip, setIp] = useState('');
    const [mfa, setMfa] = useState(false);
    const { application, user } = query;
    const app = useNamed(application, async (id, signal) => (await call(api.GET('/api/v1/applications/{id}', { params: { path: { id } }, signal }))).name);
    const who = useNamed(user, async (id, signal) => {
        const found = await call(api.GET('/api/v1/users/{id}', { params: { path: { id } }, signal }));
        return found.display_name || found.username;
    });
    const key = application && user ? JSON.stringify([application, user, ip, mfa]) : undefined;
    const asked = useData(key, (signal) => call(api.POST('/api/v1/access-rules/explain', {
        body: { application_id: application ?? '', user_id: user ?? '', auth_age_s: 0, ...(mfa && { mfa_age_s: 0 }), ...(ip && { ip }) }, signal,
    })), { topics: ['applications', 'people'] });
    return (
        <>
            <Head part="explain" />
            <div class="app-parts">
                <Card title={words.question} icon="why">
                    <Field label={words.who}><Chooser label={words.whoFind} chosen={who} onInput={(chosen) => setQuery({ user: chosen[0]?.id })} find={findUsers} single /></Field>
                    <Field label={words.which}><Chooser label={words.whichFind} chosen={app} onInput={(chosen) => setQuery({ application: chosen[0]?.id })} find={findApplications} single /></Field>
                    <Field label={words.ip} hint={words.ipHint}><TextInput value={ip} onInput={setIp} mono placeholder="192.168.1.20" /></Field>
                    <Checkbox label={words.withMfa} checked={mfa} onInput={setMfa} />
                </Card>
                <div aria-live="polite">
                    {key ? <Loaded of={asked}>{(said) => <Verdict said={said} />}</Loaded> : <Note tone="info">{words.choose}</Note>}
                </div>
            </div>
        </>
    );
}
