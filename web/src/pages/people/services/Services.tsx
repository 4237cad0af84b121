// SPDX-License-Identifier: Apache-2.0
export default function Services(_: { id?: string }) {
    return null;
}
