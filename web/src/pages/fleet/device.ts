// SPDX-License-Identifier: Apache-2.0
import type { Shape } from '../../api/client.ts';

export type DeviceRow = Shape<'Device'>;

/** What a person calls it: its host name, else its own name for itself. */
export const nameOf = (device: DeviceRow): string => device.hostname || device.machine_id || device.id || '';
