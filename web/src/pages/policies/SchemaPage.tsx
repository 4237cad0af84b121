// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { navigate } from '../../router.ts';
import { may } from '../../session.ts';
import { Badge, Button, Card, confirm, JsonEditor, Loaded, Menu, PageHead, Time, toast } from '../../ui/index.ts';
import { SchemaEdit } from './SchemaEdit.tsx';

/** One schema: what it says, and how to replace or delete it. */
export function SchemaPage({ id }: { id: string }) {
    const words = t.policies.schemas;
    const [editing, setEditing] = useState(false);
    const found = useData(id, (signal) => call(api.GET('/api/v1/schemas/{id}', { params: { path: { id } }, signal })), {
        topics: ['policies'],
    });
    return (
        <Loaded of={found}>
            {(schema) => {
                const name = schema.namespace || words.whole;
                const remove = async () => {
                    const act = () => call(api.DELETE('/api/v1/schemas/{id}', { params: { path: { id } } }));
                    if (
                        !(await confirm({
                            title: words.removeTitle(name),
                            text: words.removeText,
                            yes: words.remove,
                            danger: true,
                            act,
                        }))
                    )
                        return;
                    toast.good(words.removed);
                    navigate('/policies/schemas');
                };
                const actions = may('policy:write') && (
                    <>
                        <Button kind="primary" icon="upload" onClick={() => setEditing(true)}>
                            {words.replace}
                        </Button>
                        <Menu
                            label={t.policies.more(name)}
                            items={[
                                {
                                    key: 'remove',
                                    label: words.remove,
                                    icon: 'remove',
                                    danger: true,
                                    onSelect: () => void remove(),
                                },
                            ]}
                        />
                    </>
                );
                return (
                    <>
                        <PageHead
                            title={words.of(name)}
                            intro={schema.description ?? undefined}
                            back={{ href: '/policies/schemas', label: words.back }}
                            actions={actions}
                            mark={
                                <Badge>
                                    {words.revision} {schema.revision}
                                </Badge>
                            }
                        />
                        <Card
                            title={words.text}
                            actions={
                                <span class="muted">
                                    {words.changed} <Time at={schema.updated_at} />
                                </span>
                            }
                        >
                            <JsonEditor
                                label={words.text}
                                value={`${JSON.stringify(schema.schema, null, 2)}\n`}
                                readOnly
                                lines={20}
                            />
                        </Card>
                        {editing && <SchemaEdit schema={schema} close={() => setEditing(false)} done={found.reload} />}
                    </>
                );
            }}
        </Loaded>
    );
}
