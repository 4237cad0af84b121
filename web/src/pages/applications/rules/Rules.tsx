// SPDX-License-Identifier: Apache-2.0
// Access rules in the order in which they are asked.
import { useState } from 'preact/hooks';
import { managedSince } from '../../../api/all.ts';
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { number } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { useQuery } from '../../../router.ts';
import { may } from '../../../session.ts';
import { Badge, Button, Card, Copy, Empty, Loaded, Status, confirm, toYaml } from '../../../ui/index.ts';
import { Head } from '../Head.tsx';
import { asFiles } from './files.ts';
import { Previewed, previewRule } from './Previewed.tsx';
import { RuleForm } from './RuleForm.tsx';
import { sentencesOf } from './sentences.ts';
import type { Names, Rule } from './values.ts';

const RULES_MAX = 500;

async function load(signal: AbortSignal) {
    const [rules, apps, byFiles] = await Promise.all([
        call(api.GET('/api/v1/access-rules', { params: { query: { limit: RULES_MAX } }, signal })),
        may('application:read')
            ? call(api.GET('/api/v1/applications', { params: { query: { limit: RULES_MAX } }, signal }))
            : { items: [] },
        managedSince('access-rule', signal),
    ]);
    const names: Names = {
        byId: new Map(apps.items.map((app) => [app.id ?? '', app.name ?? ''])),
        byClient: new Map(apps.items.map((app) => [app.client_id ?? '', app.name ?? ''])),
    };
    return { rules: (rules.items ?? []).toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0)), names, byFiles };
}

const effectOf = (rule: Rule): string =>
    t.rules.effect[rule.effect as keyof typeof t.rules.effect] ?? rule.effect ?? '';

export default function Rules() {
    const words = t.rules;
    const [query, setQuery] = useQuery();
    const [edited, setEdited] = useState<Rule>();
    const asked = useData('rules', load, { topics: ['applications'] });
    const write = may('access-rule:write');
    const close = (): void => {
        setEdited(undefined);
        setQuery({ new: undefined });
    };
    const remove = async (rule: Rule): Promise<void> => {
        const act = () => call(api.DELETE('/api/v1/access-rules/{id}', { params: { path: { id: rule.id ?? '' } } }));
        if (
            await confirm({
                title: words.deleteAsk(rule.name ?? ''),
                text: (
                    <>
                        <p>{words.deleteText}</p>
                        <Previewed ask={previewRule(rule.id)} />
                    </>
                ),
                yes: words.delete,
                danger: true,
                typed: rule.name ?? '',
                act,
            })
        )
            asked.reload();
    };
    const add = write && (
        <Button kind="primary" icon="add" onClick={() => setQuery({ new: '1' })}>
            {words.add}
        </Button>
    );
    return (
        <>
            <Head part="rules" actions={add} />
            <Loaded of={asked}>
                {({ rules, names, byFiles }) =>
                    rules.length === 0 ? (
                        <Empty icon="rule" title={words.empty.title} action={add}>
                            {words.empty.text}
                        </Empty>
                    ) : (
                        <Card title={words.order} intro={words.orderText}>
                            <ol class="app-list">
                                {rules.map((rule) => (
                                    <li key={rule.id}>
                                        <span>
                                            <Badge>{number(rule.position ?? 0)}</Badge> <strong>{rule.name}</strong>{' '}
                                            {rule.status === 'disabled' && <Status tone="off">{words.disabled}</Status>}
                                            {byFiles.has(rule.id ?? '') && (
                                                <Status tone="info" icon="file">
                                                    {t.kit.managed.title}
                                                </Status>
                                            )}
                                        </span>
                                        <Badge
                                            tone={
                                                rule.effect === 'deny'
                                                    ? 'bad'
                                                    : rule.effect === 'allow'
                                                      ? 'good'
                                                      : 'warn'
                                            }
                                        >
                                            {effectOf(rule)}
                                        </Badge>
                                        <span class="actions">
                                            {byFiles.has(rule.id ?? '') ? (
                                                <Copy text={() => toYaml(asFiles(rule, names))} small>
                                                    {t.kit.managed.copy}
                                                </Copy>
                                            ) : (
                                                write && (
                                                    <>
                                                        <Button small icon="edit" onClick={() => setEdited(rule)}>
                                                            {words.edit}
                                                        </Button>
                                                        <Button small kind="danger" onClick={() => void remove(rule)}>
                                                            {words.delete}…
                                                        </Button>
                                                    </>
                                                )
                                            )}
                                        </span>
                                        <ul class="conditions">
                                            <li>
                                                {rule.application_id
                                                    ? words.forApp(
                                                          names.byId.get(rule.application_id) ?? rule.application_id,
                                                      )
                                                    : words.forAll}
                                            </li>
                                            {sentencesOf(rule, names).map((sentence) => (
                                                <li key={sentence}>{sentence}</li>
                                            ))}
                                        </ul>
                                    </li>
                                ))}
                            </ol>
                        </Card>
                    )
                }
            </Loaded>
            {write && asked.data && (query['new'] || edited) && (
                <RuleForm
                    {...(edited && { rule: edited })}
                    names={asked.data.names}
                    onClose={close}
                    done={asked.reload}
                />
            )}
        </>
    );
}
