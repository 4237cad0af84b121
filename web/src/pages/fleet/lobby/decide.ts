// SPDX-License-Identifier: Apache-2.0
// Approving and refusing from the lobby, at one click where nothing is odd.
import { api, call } from '../../../api/client.ts';
import { t } from '../../../i18n/index.ts';
import { confirm, toast } from '../../../ui/index.ts';
import { nameOf, type DeviceRow } from '../device.ts';
import { isGrave, odditiesOf } from './oddness.ts';

type Request = NonNullable<DeviceRow['requests']>[number];

/** Lets this request in; answers whether it did. */
export async function approve(device: DeviceRow, request: Request): Promise<boolean> {
    const name = nameOf(device);
    const send = () =>
        call(
            api.POST('/api/v1/devices/{id}/approve', {
                params: { path: { id: device.id ?? '' } },
                body: { request_id: request.request_id ?? null },
            }),
        );
    const odd = odditiesOf(device, request);
    try {
        if (!isGrave(odd)) await send();
        else if (
            !(await confirm({
                title: t.lobby.anyway.title(name),
                text: odd.map((one) => t.lobby.odd[one]).join(' '),
                yes: t.lobby.anyway.yes,
                act: send,
            }))
        )
            return false;
        toast.good(t.lobby.done(name));
        return true;
    } catch (refused) {
        toast.bad(refused);
        return false;
    }
}

export async function refuse(device: DeviceRow): Promise<boolean> {
    const name = nameOf(device);
    const answer = await confirm({
        title: t.lobby.refuseTitle(name),
        text: t.lobby.refuseText,
        yes: t.lobby.refuse,
        danger: true,
        reason: 'optional',
        act: (reason) =>
            call(
                api.POST('/api/v1/devices/{id}/refuse', {
                    params: { path: { id: device.id ?? '' } },
                    body: reason ? { reason } : {},
                }),
            ),
    });
    if (answer) toast.good(t.lobby.refused(name));
    return answer !== null;
}
