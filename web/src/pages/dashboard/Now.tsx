// SPDX-License-Identifier: Apache-2.0
// What waits for a person: one line for each, with the way there.
import type { ComponentChildren } from 'preact';
import { t } from '../../i18n/index.ts';
import { may } from '../../session.ts';
import { Button, Card, Icon, Time, type Tone } from '../../ui/index.ts';
import type { IconName } from '../../ui/Icon.tsx';
import { saidWords } from '../rollouts/words.tsx';
import type { Waiting } from './data.ts';

interface Line {
    key: string;
    icon: IconName;
    tone: Tone;
    text: ComponentChildren;
    at?: string | null | undefined;
    href: string;
    act: string;
}

/** Of one kind stand so many; the rest is on its page. */
const OF_A_KIND = 3;

function linesOf(waiting: Waiting, pending: number): Line[] {
    const words = t.dashboard.now;
    const lobby: Line[] =
        pending === 0
            ? []
            : [
                  {
                      key: 'lobby',
                      icon: 'lobby',
                      tone: 'warn',
                      text: words.lobby(pending),
                      href: '/fleet/lobby',
                      act: may('device:approve') ? words.decide : words.look,
                  },
              ];
    const approvals = waiting.approvals.map((one): Line => ({
        key: `approval ${one.id}`,
        icon: 'approval',
        tone: 'warn',
        at: one.created_at,
        href: '/tools?tab=approvals',
        act: may('approval:decide') ? words.decide : words.look,
        text: words.approval(one.caller_name ?? words.somebody, `${one.server_name ?? ''} · ${one.tool ?? ''}`),
    }));
    const accounts = waiting.accounts.map((one): Line => ({
        key: `account ${one.id}`,
        icon: 'people',
        tone: 'info',
        at: one.created_at,
        href: '/people',
        act: may('user:write') ? words.decide : words.look,
        text: words.account(one.display_name || one.username || words.somebody),
    }));
    const requests = waiting.requests.map((one): Line => ({
        key: `request ${one.id}`,
        icon: 'application',
        tone: 'info',
        at: one.created_at,
        href: '/people/requests',
        act: may('group:write') ? words.decide : words.look,
        text: words.request(one.username ?? words.somebody, one.application ?? ''),
    }));
    const rollouts = waiting.rollouts.map((one): Line => ({
        key: `rollout ${one.id}`,
        icon: 'rollout',
        tone: one.state === 'aborted' ? 'bad' : 'warn',
        at: one.ended_at ?? one.state_at,
        href: `/rollouts/${one.id}`,
        act: one.state === 'running' && may('rollout:write') ? words.decide : words.look,
        text:
            one.state === 'running'
                ? words.promote(one.policy_name ?? '', one.ring ?? 0)
                : one.state === 'aborted'
                  ? words.aborted(one.policy_name ?? '', saidWords(one.reason ?? ''))
                  : words.paused(one.policy_name ?? '', saidWords(one.reason ?? '')),
    }));
    const drafts = !may('policy:write')
        ? []
        : waiting.policies
              .filter((one) => one.draft_number)
              .map((one): Line => ({
                  key: `draft ${one.id}`,
                  icon: 'policy',
                  tone: 'info',
                  at: one.updated_at,
                  href: `/policies/${one.id}`,
                  act: words.goOn,
                  text: words.draft(one.name ?? ''),
              }));
    const expiring = waiting.notices.map((one): Line => ({
        key: `notice ${one.id}`,
        icon: 'key',
        tone: 'warn',
        at: one.created_at,
        text: one.subject ?? '',
        href: '/portal/account',
        act: words.look,
    }));
    return [lobby, approvals, rollouts, accounts, requests, expiring, drafts].flatMap((kind) =>
        kind.slice(0, OF_A_KIND),
    );
}

export function Now({ waiting, pending }: { waiting: Waiting; pending: number }) {
    const words = t.dashboard.now;
    const lines = linesOf(waiting, pending);
    if (lines.length === 0) {
        return (
            <Card title={words.title} icon="good">
                <p class="muted">{words.nothing}</p>
            </Card>
        );
    }
    return (
        <Card title={words.title} icon="wait">
            <ul class="now">
                {lines.map((line) => (
                    <li key={line.key} class={line.tone}>
                        <Icon name={line.icon} />
                        <span class="now-text">
                            {line.text}
                            {line.at && (
                                <small class="muted">
                                    <Time at={line.at} />
                                </small>
                            )}
                        </span>
                        <Button small href={line.href}>
                            {line.act}
                        </Button>
                    </li>
                ))}
            </ul>
        </Card>
    );
}
