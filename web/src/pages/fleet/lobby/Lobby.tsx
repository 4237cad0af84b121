// SPDX-License-Identifier: Apache-2.0
import { FleetHead } from '../FleetHead.tsx';

export default function Lobby() {
    return <FleetHead part="lobby" />;
}
