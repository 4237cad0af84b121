// SPDX-License-Identifier: Apache-2.0
export default function Service(_: { id?: string }) {
    return null;
}
