// SPDX-License-Identifier: Apache-2.0
// One's own devices.
import { api, call, type Shape } from '../../api/client.ts';
import { useData } from '../../api/data.ts';
import { t } from '../../i18n/index.ts';
import { whoAmI } from '../../session.ts';
import {
    Button,
    Card,
    Empty,
    KeyValue,
    Loaded,
    Note,
    PageHead,
    Stack,
    Status,
    Time,
    type Tone,
} from '../../ui/index.ts';

type Device = Shape<'Device'>;

const TONES: Record<string, Tone> = {
    PENDING: 'wait',
    ENROLLED: 'good',
    BLOCKED: 'bad',
    REVOKED: 'bad',
    REFUSED: 'bad',
    UNINSTALLED: 'off',
};

export default function Devices() {
    const words = t.portal.devices;
    const user = whoAmI().id ?? '';
    const own = useData(
        `portal/devices/${user}`,
        (signal) => call(api.GET('/api/v1/devices', { params: { query: { user } }, signal })),
        { topics: ['devices'] },
    );
    return (
        <>
            <PageHead title={t.shell.pages.portalDevices} intro={words.intro} />
            <Loaded of={own}>
                {({ items = [] }) =>
                    items.length === 0 ? (
                        <Empty
                            icon="device"
                            title={words.none}
                            action={
                                <Button kind="primary" href="/docs/enrolling">
                                    {words.how}
                                </Button>
                            }
                        >
                            {words.noneText}
                        </Empty>
                    ) : (
                        <Stack>
                            <Stack as="grid">
                                {items.map((device) => (
                                    <OneDevice key={device.id} device={device} />
                                ))}
                            </Stack>
                            <Note tone="info">{words.lost}</Note>
                        </Stack>
                    )
                }
            </Loaded>
        </>
    );
}

function OneDevice({ device }: { device: Device }) {
    const words = t.portal.devices;
    const status = (device.status ?? 'PENDING') as keyof typeof words.status;
    return (
        <Card title={device.hostname || device.machine_id} icon="device">
            <p>
                <Status tone={TONES[status] ?? 'off'}>{words.status[status]}</Status>
            </p>
            <KeyValue
                pairs={[
                    [words.seen, <Time at={device.last_seen_at} none={words.never} />],
                    [words.version, device.config?.version ?? null],
                    [words.client, device.client_version ?? null],
                ]}
            />
        </Card>
    );
}
