// SPDX-License-Identifier: Apache-2.0
// What the server says about a question: the verdict, why, and each rule that was asked with its conditions.
import type { Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Badge, Button, Card, Icon, Note, Status } from '../../ui/index.ts';

const TONES = { allow: 'good', deny: 'bad', require_mfa: 'warn', require_reauth: 'warn' } as const;
type Effect = keyof typeof TONES;

const asEffect = (text: string | null | undefined): Effect =>
    text === 'allow' || text === 'require_mfa' || text === 'require_reauth' ? text : 'deny';

/** A rule says what happens; where none decided, or one could not, the server's reason says it better. */
function whyOf(said: Shape<'AccessExplanation'>): string {
    const words = t.rules;
    const reason = words.reason(said.reason ?? '');
    return said.rule ? `${words.byRule(said.rule)} ${said.reason === 'a rule' ? '' : reason}`.trim() : reason;
}

export function Verdict({ said, application }: { said: Shape<'AccessExplanation'>; application: string }) {
    const words = t.rules;
    const effect = asEffect(said.effect);
    const rules = said.rules ?? [];
    return (
        <>
            <Note
                tone={TONES[effect]}
                title={words.verdict[effect]}
                actions={
                    <>
                        <Button small href={`/applications/${application}`}>
                            {words.toBindings}
                        </Button>
                        {rules.length > 0 && may('access-rule:read') && (
                            <Button small href="/applications/rules">
                                {words.toRules}
                            </Button>
                        )}
                    </>
                }
            >
                {whyOf(said)}
            </Note>
            {rules.length > 0 && (
                <Card title={words.asked} icon="rule">
                    <ul class="app-list">
                        {rules.map((rule) => (
                            <li key={rule.rule_id}>
                                <span>
                                    {rule.name} <Badge>{words.effect[asEffect(rule.effect)]}</Badge>
                                </span>
                                <Status tone={rule.matched ? 'good' : 'off'}>
                                    {rule.matched ? words.holds : words.holdsNot}
                                </Status>
                                <ul class="verdicts">
                                    {rule.conditions?.map((one) => (
                                        <li key={one.condition} class={one.met ? 'met' : 'not-met'}>
                                            <Icon
                                                name={one.met ? 'good' : 'bad'}
                                                size={16}
                                                label={one.met ? words.met : words.notMet}
                                            />
                                            {words.conditionName(one.condition ?? '')}
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
