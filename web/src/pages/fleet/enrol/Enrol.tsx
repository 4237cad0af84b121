// SPDX-License-Identifier: Apache-2.0
import { FleetHead } from '../FleetHead.tsx';

export default function Enrol() {
    return <FleetHead part="enrol" />;
}
