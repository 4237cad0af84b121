// SPDX-License-Identifier: Apache-2.0
export default function Providers(_: { id?: string }) {
    return null;
}
