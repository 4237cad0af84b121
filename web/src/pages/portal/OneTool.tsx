// SPDX-License-Identifier: Apache-2.0
// A tool as its user knows it: what it does, whether he may call it, and the way to it where he may not.
import { t } from '../../i18n/index.ts';
import { Button, Status, Time, Why } from '../../ui/index.ts';
import { nameOf, standingOf, titleOf, type Request, type Tool } from './tools.ts';

/** `user`, `default`, `group NAME` and such, as a sentence. */
function reasonOf(source: string): string {
    const words = t.portal.tools;
    const known: Record<string, string> = words.why;
    return source.startsWith('group ')
        ? words.whyGroup(source.slice('group '.length))
        : (known[source] ?? words.why.other);
}

interface Props {
    tool: Tool;
    asked: Request | undefined;
    ask(): void;
}

export function OneTool({ tool, asked, ask }: Props) {
    const words = t.portal.tools;
    const kinds: Record<string, string> = words.klass;
    const refused = standingOf(tool) === 'refused';
    return (
        <li>
            <div class="own-tool">
                <strong>{titleOf(tool)}</strong>
                {tool.description && <p class="muted">{tool.description}</p>}
                <small class="muted">
                    {kinds[tool.class ?? ''] ?? tool.class}
                    {tool.title && (
                        <>
                            {' · '}
                            <code>{nameOf(tool)}</code>
                        </>
                    )}
                </small>
            </div>
            <div class="own-standing">{refused ? <Refused {...{ tool, asked, ask }} /> : <May tool={tool} />}</div>
        </li>
    );
}

function May({ tool }: { tool: Tool }) {
    const words = t.portal.tools;
    return (
        <>
            {standingOf(tool) === 'asks' ? (
                <Status tone="wait">{words.asks}</Status>
            ) : (
                <Status tone="good">{tool.conditional ? words.some : words.allowed}</Status>
            )}
            {tool.source && <Why label={words.from}>{reasonOf(tool.source)}</Why>}
        </>
    );
}

function Refused({ tool, asked, ask }: Props) {
    const words = t.portal.tools;
    if (asked?.status === 'open')
        return (
            <>
                <Status tone="wait">{words.asked}</Status>
                <span class="muted">
                    <Time at={asked.created_at} />
                </span>
            </>
        );
    return (
        <>
            <Status tone="off">{words.denied}</Status>
            <Button small onClick={ask} aria-label={words.askThis(titleOf(tool))}>
                {words.askShort}
            </Button>
            {asked?.status === 'refused' && (
                <small class="muted">
                    {asked.decided_reason ? words.refusedWith(asked.decided_reason) : words.refusedOnce}
                </small>
            )}
        </>
    );
}
