// SPDX-License-Identifier: Apache-2.0
export default function Requests(_: { id?: string }) {
    return null;
}
