// SPDX-License-Identifier: Apache-2.0
export default function Provider(_: { id?: string }) {
    return null;
}
