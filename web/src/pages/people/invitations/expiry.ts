// SPDX-License-Identifier: Apache-2.0
// How long an invitation stands.
import { t } from '../../../i18n/index.ts';

export const DAYS = ['1', '7', '30', '90', '365'] as const;
export type Days = (typeof DAYS)[number];

const DAY_MS = 86_400_000;
/** The server's year begins when it reads this; a minute less keeps us inside it. */
const MARGIN_MS = 60_000;

export const expiresIn = (days: Days, now = Date.now()): string =>
    new Date(now + Number(days) * DAY_MS - MARGIN_MS).toISOString();

export const dayOptions = () => DAYS.map((days) => ({ value: days, label: t.invitations.days(Number(days)) }));
