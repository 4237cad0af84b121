// SPDX-License-Identifier: Apache-2.0
// What a version or an assignment would change, device by device: the access diff.
import { api, call, type Shape } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { list } from '../../../i18n/format.ts';
import { t } from '../../../i18n/index.ts';
import { may } from '../../../session.ts';
import { Card, Loaded, Note, Status, ValueDiff } from '../../../ui/index.ts';

type Asked = Shape<'PreviewIn'>;
export type Preview = Shape<'Preview'>;
type Result = Shape<'PreviewResult'>;

/** What it would change; undefined data without the right to read devices. `key` names what it follows from besides `body`. */
export function usePreview(body: Asked | undefined, key = '') {
    return useData(body && may('device:read') ? `${JSON.stringify(body)} ${key}` : undefined, (signal) =>
        call(api.POST('/api/v1/policies/preview', { body: body as Asked, signal })),
    );
}

const nameOf = (one: NonNullable<Result['sample']>[number]): string => one.hostname || one.machine_id || '';

function Names({ result }: { result: Result }) {
    const sample = result.sample ?? [];
    const names = sample.map(nameOf);
    const n = result.devices ?? 0;
    return (
        <details class="access-names" open={n <= 3}>
            <summary>{t.policy.review.group(n, list(names.slice(0, 3)), n > 3)}</summary>
            <ul>
                {sample.map((one) => (
                    <li key={one.id}>
                        <a href={`/fleet/${one.id}`}>{nameOf(one)}</a>
                    </li>
                ))}
            </ul>
        </details>
    );
}

function Group({ result }: { result: Result }) {
    const words = t.policy.review;
    const faults = result.faults ?? [];
    const diff = (result.diff ?? []).map((one) => ({
        pointer: one.pointer ?? '',
        ...('from' in one && { from: one.from as unknown }),
        ...('to' in one && { to: one.to as unknown }),
    }));
    const hidden = (result.changes ?? 0) - diff.length;
    return (
        <div class="access-group">
            <Names result={result} />
            {result.enabled_from !== result.enabled_to && (
                <p>
                    <Status tone={result.enabled_to ? 'good' : 'off'}>
                        {result.enabled_to ? words.switchOn : words.switchOff}
                    </Status>
                </p>
            )}
            {diff.length > 0 && <ValueDiff changes={diff} head={words.access} />}
            {hidden > 0 && <p class="muted">{words.more(hidden)}</p>}
            {faults.length > 0 && (
                <Note tone="warn" title={words.faults}>
                    <ul class="breaks">
                        {faults.map((one, at) => (
                            <li key={at}>
                                <code>{one.pointer || '/'}</code> {one.want}
                            </li>
                        ))}
                    </ul>
                </Note>
            )}
        </div>
    );
}

/** The whole of it, as a panel. */
export function Access({
    of,
    title,
    none,
    summed = true,
}: {
    of: ReturnType<typeof usePreview>;
    title: string;
    none?: string;
    /** False: how many there are, is said elsewhere. */
    summed?: boolean;
}) {
    const words = t.policy.review;
    if (!may('device:read'))
        return (
            <Card title={title}>
                <Note tone="info">{words.noRight}</Note>
            </Card>
        );
    return (
        <Card title={title}>
            <Loaded of={of}>
                {(preview) => (
                    <>
                        {(summed || !preview.devices) && (
                            <p>
                                {preview.devices
                                    ? words.reaches(preview.devices, preview.changed ?? 0)
                                    : (none ?? words.reachesNone)}
                            </p>
                        )}
                        {preview.truncated && <Note tone="warn">{words.partial(preview.looked_at ?? 0)}</Note>}
                        {preview.devices !== 0 && preview.changed === 0 && <p class="muted">{words.same}</p>}
                        {(preview.results ?? []).map((result, at) => (
                            <Group key={result.sample_device_id ?? at} result={result} />
                        ))}
                    </>
                )}
            </Loaded>
        </Card>
    );
}
