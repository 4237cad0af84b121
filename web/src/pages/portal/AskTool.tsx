// SPDX-License-Identifier: Apache-2.0
// Asks for a tool that no permission gives.
import { api, call, onceKey } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { Button, Dialog, ErrorBox, Field, TextArea, toast, useForm } from '../../ui/index.ts';
import { titleOf, type Tool } from './tools.ts';

export function AskTool({ tool, close, sent }: { tool: Tool; close(): void; sent(): void }) {
    const words = t.portal.applications;
    const form = useForm({
        initial: { reason: '' },
        careless: true,
        submit: ({ reason }) =>
            call(
                api.POST('/api/v1/portal/tool-requests', {
                    body: { tool: tool.tool ?? '', ...(reason && { reason }) },
                    headers: { 'Idempotency-Key': onceKey() },
                }),
            ),
        done: () => {
            toast.good(words.sent);
            sent();
            close();
        },
    });
    return (
        <Dialog
            title={t.portal.tools.ask(titleOf(tool))}
            onClose={close}
            onSubmit={() => void form.submit()}
            actions={
                <>
                    <Button onClick={close}>{t.kit.cancel}</Button>
                    <Button kind="primary" type="submit" busy={form.busy}>
                        {words.send}
                    </Button>
                </>
            }
        >
            {form.problem && <ErrorBox problem={form.problem} />}
            <p>{words.askText}</p>
            <Field label={words.reason} error={form.error('reason')}>
                <TextArea rows={3} maxLength={512} {...form.bind('reason')} />
            </Field>
        </Dialog>
    );
}
