// SPDX-License-Identifier: Apache-2.0
// What an administrator says about a tool against its server's own word.
import { api, call, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Card, Field, RadioCards, Switch, toast } from '../../ui/index.ts';
import { ifUnchanged } from './acts.tsx';
import type { Server, Tool } from './data.ts';

type Class = 'READ' | 'WRITE' | 'EXECUTE';

export function ToolSettings({ server, tool, done }: { server: Server; tool: Tool; done: () => void }) {
    const words = t.tools.tool;
    const own = tool.class_of_annotations as Class;
    const set = async (body: Shape<'ToolPatch'>): Promise<void> => {
        try {
            await call(
                api.PATCH('/api/v1/gateway/servers/{id}/tools/{name}', {
                    params: { path: { id: server.id ?? '', name: tool.name ?? '' } },
                    body,
                    headers: ifUnchanged(tool.etag),
                }),
            );
            toast.good(words.saved(tool.name ?? ''));
        } catch (thrown) {
            toast.bad(thrown);
        }
        done();
    };
    const options = (['READ', 'WRITE', 'EXECUTE'] as const).map((value) => ({
        value,
        label: t.tools.classes[value],
        hint: value === own ? t.tools.classHints[value] : words.classMeans[value],
    }));
    return (
        <Card title={words.settings}>
            <Field label={words.class} hint={words.classHint} group>
                <RadioCards
                    label={words.class}
                    value={(tool.class ?? 'WRITE') as Class}
                    onInput={(value) => void set({ class: value === own ? null : value })}
                    options={options}
                />
            </Field>
            <Switch
                label={words.approval}
                hint={words.approvalHint}
                checked={tool.approval ?? false}
                onInput={(approval) => void set({ approval })}
            />
        </Card>
    );
}
