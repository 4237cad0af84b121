// SPDX-License-Identifier: Apache-2.0
import { useState } from 'preact/hooks';
import { Problem } from '../../api/client.ts';
import { ICONS, type IconName } from '../icons.ts';
import {
    Badge,
    Button,
    Card,
    CodeBlock,
    Copy,
    Dialog,
    Drawer,
    Empty,
    ErrorBox,
    Icon,
    IconButton,
    Id,
    KeyValue,
    Menu,
    Note,
    PageHead,
    SearchInput,
    Skeleton,
    Snippets,
    Stack,
    Stat,
    Status,
    Tabs,
    Time,
    confirm,
    toast,
} from '../index.ts';
import { AForm } from './Form.tsx';

const REFUSAL = new Problem({
    status: 409,
    code: 'version-conflict',
    title: 'The policy has changed',
    detail: 'Version 7 was published 20 seconds ago by Ada.',
    request_id: '0198c1d2-7a30-7f51-9d0e-3f2c5b7a9e10',
});
const SOON = Date.now() - 7_260_000;

export function Controls() {
    const [open, setOpen] = useState<'dialog' | 'drawer' | null>(null);
    const [text, setText] = useState('');
    return (
        <>
            <PageHead
                title="laptop-042"
                mark={<Status tone="good">Online</Status>}
                back={{ href: '/gallery.html', label: 'Devices' }}
                intro="Everything that pages share, on one page: look at it in both themes, both languages, wide and narrow."
                actions={
                    <>
                        <Button icon="reload" onClick={() => toast.good('The device was asked to report.')}>
                            Refresh
                        </Button>
                        <Button kind="primary" icon="check" onClick={() => setOpen('drawer')}>
                            Approve
                        </Button>
                        <Menu
                            label="More"
                            items={[
                                {
                                    key: 'a',
                                    label: 'Export',
                                    icon: 'download',
                                    onSelect: () => toast.info('Exported.'),
                                },
                                { key: 'c', label: 'Conflict', icon: 'warn', onSelect: () => toast.bad(REFUSAL) },
                                {
                                    key: 'b',
                                    label: 'Revoke',
                                    icon: 'remove',
                                    danger: true,
                                    onSelect: () =>
                                        void confirm({
                                            title: 'Revoke laptop-042?',
                                            text: 'It loses its configuration at once and has to be enrolled anew.',
                                            yes: 'Revoke',
                                            danger: true,
                                            typed: 'laptop-042',
                                            reason: 'optional',
                                            act: () =>
                                                new Promise((_, reject) => {
                                                    setTimeout(() => reject(REFUSAL), 600);
                                                }),
                                        }),
                                },
                            ]}
                        />
                    </>
                }
            />
            <Stack as="stats">
                <Stat label="Devices online" value="1,284" note="of 1,310 enrolled" href="?x=1" tone="good" />
                <Stat label="Waiting for approval" value="7" tone="warn" />
                <Stat label="Failed calls, 24 h" value="312" note="0.4 %" tone="bad" />
            </Stack>
            <Card title="Buttons and marks" actions={<IconButton icon="edit" label="Edit" kind="link" />}>
                <Stack as="row">
                    <Button kind="primary">Primary</Button>
                    <Button>Plain</Button>
                    <Button kind="danger">Danger</Button>
                    <Button kind="link">Link</Button>
                    <Button busy>Busy</Button>
                    <Button disabled>Disabled</Button>
                    <Button small icon="add">
                        Small
                    </Button>
                    <Button onClick={() => setOpen('dialog')}>Dialog</Button>
                </Stack>
                <p />
                <Stack as="row">
                    <Status tone="good">Online</Status>
                    <Status tone="wait">Pending</Status>
                    <Status tone="warn">Stale</Status>
                    <Status tone="bad">Revoked</Status>
                    <Status tone="off">Offline</Status>
                    <Status tone="info">Draft</Status>
                    <Badge>v12</Badge>
                    <Badge tone="info">group</Badge>
                    <Time at={SOON} />
                    <Id id="0198c1d2-7a30-7f51-9d0e-3f2c5b7a9e10" />
                </Stack>
                <p />
                <Stack as="row">
                    {(Object.keys(ICONS) as IconName[]).map((name) => (
                        <span key={name} title={name}>
                            <Icon name={name} />
                        </span>
                    ))}
                </Stack>
            </Card>
            <Card title="A form">
                <AForm />
            </Card>
            <Card title="Values">
                <Tabs
                    label="Parts"
                    items={[
                        {
                            key: 'facts',
                            label: 'Facts',
                            content: () => (
                                <KeyValue
                                    pairs={[
                                        ['Machine', <code>laptop-042</code>],
                                        ['Owner', 'Ada Lovelace'],
                                        ['Last seen', <Time at={SOON} />],
                                        ['Labels', null],
                                    ]}
                                />
                            ),
                        },
                        {
                            key: 'wide',
                            label: 'Below each other',
                            count: 3,
                            content: () => (
                                <KeyValue
                                    wide
                                    pairs={[
                                        ['Machine', 'laptop-042'],
                                        ['Last seen', <Time at={SOON} full />],
                                        ['Id', <Id id="0198c1d2-7a30-7f51-9d0e-3f2c5b7a9e10" />],
                                    ]}
                                />
                            ),
                        },
                    ]}
                />
                <Snippets
                    label="Clients"
                    items={[
                        {
                            key: 'curl',
                            label: 'curl',
                            text: 'curl https://seneschal.example/api/v1/health',
                            hint: 'In any shell.',
                        },
                        {
                            key: 'json',
                            label: 'JSON',
                            text: '{\n  "mcpServers": { "seneschal": { "url": "https://seneschal.example/mcp" } }\n}',
                        },
                    ]}
                />
                <p />
                <Stack as="row">
                    <Copy text="x">Copy the link</Copy>
                    <SearchInput label="Search" value={text} onInput={setText} />
                </Stack>
                <p />
                <CodeBlock
                    label="Command"
                    text="seneschal agent --server https://seneschal.example --state /var/lib/seneschal --config-out /etc/app.json --enrollment-key-file key"
                />
            </Card>
            <Note tone="info" title="Three devices are not seen">
                They get the version when they come back.
            </Note>
            <Note tone="warn" title="The key ends in 3 days" actions={<Button small>Rotate</Button>} />
            <ErrorBox problem={REFUSAL} retry={() => {}} />
            <Stack as="grid">
                <Card title="Loading">
                    <Skeleton lines={4} />
                </Card>
                <Card title="Tiles">
                    <Skeleton look="tiles" lines={2} />
                </Card>
            </Stack>
            <Empty
                icon="device"
                title="No device yet"
                action={
                    <Button kind="primary" icon="add">
                        Enrol a device
                    </Button>
                }
            >
                Devices fetch their configuration here. Enrol the first one with a key or a code.
            </Empty>
            {open === 'dialog' && (
                <Dialog
                    title="A dialog"
                    onClose={() => setOpen(null)}
                    actions={
                        <Button kind="primary" onClick={() => setOpen(null)}>
                            Done
                        </Button>
                    }
                >
                    <AForm />
                </Dialog>
            )}
            {open === 'drawer' && (
                <Drawer
                    title="laptop-042"
                    onClose={() => setOpen(null)}
                    actions={<Button kind="primary">Approve</Button>}
                >
                    <AForm />
                </Drawer>
            )}
        </>
    );
}
