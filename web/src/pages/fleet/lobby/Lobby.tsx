// SPDX-License-Identifier: Apache-2.0
// The lobby: every machine that waits, with what it takes to decide.
import { useState } from 'preact/hooks';
import { api, call } from '../../../api/client.ts';
import { useData } from '../../../api/data.ts';
import { t } from '../../../i18n/index.ts';
import { useQuery } from '../../../router.ts';
import { may } from '../../../session.ts';
import { Button, Checkbox, Empty, Loaded, SearchInput, Time } from '../../../ui/index.ts';
import { FleetHead } from '../FleetHead.tsx';
import { nameOf, type DeviceRow } from '../device.ts';
import { LobbyBar } from './LobbyBar.tsx';
import { RequestsOf } from './Requests.tsx';
import './lobby.css';

const FIRST = 25;
const MOST = 500;

interface CardProps {
    device: DeviceRow;
    picked: boolean;
    onPick: (on: boolean) => void;
    done: () => void;
}

function Waiting({ device, picked, onPick, done }: CardProps) {
    const name = nameOf(device);
    return (
        <li class={picked ? 'card waiting-card picked' : 'card waiting-card'}>
            <div class="waiting-head">
                {may('device:approve') && (
                    <Checkbox bare label={t.lobby.select(name)} checked={picked} onInput={onPick} />
                )}
                <h2>
                    <a href={`/fleet/${device.id}`}>{name}</a>
                </h2>
                {device.hostname && device.hostname !== device.machine_id && <small>{device.machine_id}</small>}
                <small class="when">
                    <Time at={device.requests?.[0]?.created_at ?? device.created_at} />
                </small>
            </div>
            <RequestsOf device={device} done={done} />
        </li>
    );
}

export default function Lobby() {
    const [query, setQuery] = useQuery();
    const [limit, setLimit] = useState(FIRST);
    const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
    const search = query['search'] ?? '';
    const asked = useData(
        `${search} ${limit}`,
        (signal) =>
            call(
                api.GET('/api/v1/devices', {
                    params: {
                        query: { status: 'PENDING', sort: 'created_at', limit, ...(search && { search }) },
                    },
                    signal,
                }),
            ),
        { topics: ['devices'] },
    );
    const items = asked.data?.items ?? [];
    // Whoever was decided meanwhile is selected no more.
    const ids = items.flatMap(({ id }) => (id && picked.has(id) ? [id] : []));
    const pick = (id: string, on: boolean): void =>
        setPicked((was) => new Set(on ? [...was, id] : [...was].filter((one) => one !== id)));
    const enrol = may('enrollment-key:read', 'device:approve') && (
        <Button kind="primary" href="/fleet/enrol">
            {t.lobby.empty.action}
        </Button>
    );
    return (
        <>
            <FleetHead part="lobby" intro={t.lobby.intro} />
            <div class="lobby-bar">
                <SearchInput label={t.lobby.search} value={search} onInput={(next) => setQuery({ search: next })} />
                {may('device:approve') && items.length > 1 && (
                    <Checkbox
                        label={t.lobby.selectAll}
                        checked={ids.length === items.length}
                        mixed={ids.length > 0 && ids.length < items.length}
                        onInput={(on) => setPicked(new Set(on ? items.map(({ id }) => id ?? '') : []))}
                    />
                )}
            </div>
            <Loaded of={asked}>
                {() =>
                    items.length === 0 ? (
                        search ? (
                            <p class="muted">{t.lobby.nothing}</p>
                        ) : (
                            <Empty icon="lobby" title={t.lobby.empty.title} action={enrol}>
                                {t.lobby.empty.text}
                            </Empty>
                        )
                    ) : (
                        <ul class="lobby-list">
                            {items.map((device) => (
                                <Waiting
                                    key={device.id}
                                    device={device}
                                    picked={picked.has(device.id ?? '')}
                                    onPick={(on) => pick(device.id ?? '', on)}
                                    done={asked.reload}
                                />
                            ))}
                        </ul>
                    )
                }
            </Loaded>
            {asked.data?.next_cursor && limit < MOST && (
                <Button onClick={() => setLimit(Math.min(MOST, limit * 4))}>{t.lobby.more}</Button>
            )}
            {ids.length > 0 && <LobbyBar ids={ids} clear={() => setPicked(new Set())} done={asked.reload} />}
        </>
    );
}
