// SPDX-License-Identifier: Apache-2.0
// May somebody make this call, and what says so.
import { api, call, type Shape } from '../../api/client.ts';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Note, type Subject } from '../../ui/index.ts';
import type { Server, Tool } from './data.ts';

const MEMBERS = {
    user: 'user_id',
    'service-account': 'service_account_id',
    device: 'device_id',
    group: undefined,
} as const;

/** `subject` absent: about oneself. */
export function askVerdict(
    server: Server,
    tool: Tool,
    subject: Subject | undefined,
    args: Record<string, never>,
): Promise<Shape<'PermissionVerdict'>> {
    const member = subject && MEMBERS[subject.kind];
    return call(
        api.POST('/api/v1/permissions/validate', {
            body: {
                tool: `${server.name}/${tool.name}`,
                access: (tool.class ?? 'WRITE') as 'READ' | 'WRITE' | 'EXECUTE',
                arguments: args,
                ...(member && { [member]: subject.id }),
            },
        }),
    );
}

/** The words for where a verdict comes from: `group family` has its name behind it. */
export function sourceText(source: string | null | undefined): string {
    const words = t.tools.sources;
    const [kind = '', ...name] = (source ?? '').split(' ');
    if (kind === 'group') return words.group(name.join(' '));
    return kind in words ? (words[kind as keyof typeof words] as string) : (source ?? '');
}

export function Verdict({
    verdict,
    server,
    tool,
    subject,
}: {
    verdict: Shape<'PermissionVerdict'>;
    server: Server;
    tool: Tool;
    subject?: Subject | undefined;
}) {
    const words = t.tools.tester;
    const who = subject?.name ?? words.you;
    const title = verdict.allowed
        ? verdict.needs_approval
            ? words.allowedHeld(who)
            : words.allowed(who)
        : words.denied(who);
    const query = new URLSearchParams({
        server: server.name ?? '',
        search: tool.name ?? '',
        ...(subject && { subject: `${subject.kind}:${subject.id}` }),
    });
    return (
        <Note tone={verdict.allowed ? (verdict.needs_approval ? 'warn' : 'good') : 'bad'} title={title}>
            <p>
                {words.because(sourceText(verdict.source))}
                {verdict.reason && verdict.source !== 'built-in' && <span class="muted"> ({verdict.reason})</span>}
            </p>
            {may('tool:read') && (
                <a href={`/permissions?${query}`}>{verdict.allowed ? words.seeRule : words.allowThis}</a>
            )}
        </Note>
    );
}
