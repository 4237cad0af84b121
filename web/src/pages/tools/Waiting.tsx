// SPDX-License-Identifier: Apache-2.0
// One call that waits: who, which tool, with what, how long there is still time; and yes or no.
import { useEffect, useState } from 'preact/hooks';
import { api, call } from '../../api/client.ts';
import { duration } from '../../i18n/format.ts';
import { t } from '../../i18n/index.ts';
import { may, whoAmI } from '../../session.ts';
import { Button, CodeBlock, confirm, ErrorBox, Icon, KeyValue, Skeleton, toast } from '../../ui/index.ts';
import { secondsLeft, shareLeft, useApproval, type Approval } from './approvals.ts';
import { toolPath } from './data.ts';

/** The time, told each second while it is shown. */
function useNow(): number {
    const [now, setNow] = useState(Date.now());
    useEffect(() => {
        const timer = setInterval(() => setNow(Date.now()), 1000);
        return () => clearInterval(timer);
    }, []);
    return now;
}

function Left({ of }: { of: Approval }) {
    const now = useNow();
    const left = secondsLeft(of.expires_at, now);
    const words = t.tools.approvals;
    return (
        <span class="time-left">
            <progress max={1} value={shareLeft(of.created_at, of.expires_at, now)} aria-label={words.left} />
            <span>{left > 0 ? words.leftOf(duration(left)) : words.over}</span>
        </span>
    );
}

function Arguments({ of }: { of: Approval }) {
    const detail = useApproval(of.id ?? '');
    const words = t.tools.approvals;
    if (!may('approval:decide')) return <p class="hint">{words.hidden}</p>;
    if (detail.error) return <ErrorBox problem={detail.error} retry={detail.reload} />;
    if (!detail.data) return <Skeleton lines={2} />;
    const given = detail.data.arguments;
    return given && Object.keys(given).length > 0 ? (
        <CodeBlock
            text={JSON.stringify(given, null, 2)}
            label={words.argumentsOf(of.tool ?? '', of.id?.slice(-4) ?? '')}
            wrap
        />
    ) : (
        <p class="hint">{words.noArguments}</p>
    );
}

export function Waiting({ of, done }: { of: Approval; done: () => void }) {
    const words = t.tools.approvals;
    const tool = `${of.server_name}/${of.tool}`;
    const own = of.caller_id === whoAmI().id;
    const path = { id: of.id ?? '' };
    // The digest says which arguments were looked at: no others run by this answer.
    const body = (reason: string) => ({ ...(reason && { reason }), ...(of.digest && { digest: of.digest }) });
    const answer = async (yes: boolean): Promise<void> => {
        const said = await confirm(
            yes
                ? {
                      title: words.approveAsk(tool),
                      text: words.approveText(of.caller_name ?? words.nobody),
                      yes: words.approve,
                      reason: 'optional',
                      act: (reason) =>
                          call(
                              api.POST('/api/v1/gateway/approvals/{id}/approve', {
                                  params: { path },
                                  body: body(reason),
                              }),
                          ),
                  }
                : {
                      title: words.denyAsk(tool),
                      text: words.denyText,
                      yes: words.deny,
                      danger: true,
                      reason: 'optional',
                      act: (reason) =>
                          call(
                              api.POST('/api/v1/gateway/approvals/{id}/deny', { params: { path }, body: body(reason) }),
                          ),
                  },
        );
        if (said) toast.good(yes ? words.approved(tool) : words.denied(tool));
        done();
    };
    return (
        <article class="card waiting-call" aria-label={words.callOf(tool, of.caller_name ?? words.nobody)}>
            <div class="card-head">
                <Icon name="approval" />
                <h3>
                    <a href={toolPath(of.server_name ?? '', of.tool ?? '')}>
                        <code>{tool}</code>
                    </a>
                </h3>
                <Left of={of} />
            </div>
            <KeyValue
                pairs={[
                    [words.caller, words.kinds(of.caller_kind ?? '', of.caller_name ?? words.nobody)],
                    [words.device, of.device_name ?? undefined],
                ]}
            />
            <Arguments of={of} />
            {may('approval:decide') && (
                <div class="actions">
                    {own && <span class="hint">{words.own}</span>}
                    <Button kind="danger" onClick={() => void answer(false)}>
                        {words.deny}
                    </Button>
                    <Button kind="primary" icon="check" onClick={() => void answer(true)}>
                        {words.approve}
                    </Button>
                </div>
            )}
        </article>
    );
}
