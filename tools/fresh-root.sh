#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tools/fresh-root.sh DIR [COMMAND...]: a new Debian 12 in DIR with nothing but git and ca-certificates,
# a clean clone of this repository in it, and there `./dev test` and `./dev run` (or the COMMAND).
# As root, with debootstrap. It reaches its packages as this machine does: the sources, proxies,
# certificates and npm settings come from here. By hand only; no other command calls it.
set -eu
[ $# -ge 1 ] || {
    sed -n '3,6s/^# //p' "$0" >&2
    exit 2
}
mkdir -p "$1"
root=$(cd "$1" && pwd)
shift
repo=$(cd "$(dirname "$0")/.." && pwd)

make_root() {
    # The first Debian archive that this machine's apt uses, whatever it is called.
    mirror=$(apt-get indextargets --format '$(SITE)/ $(RELEASE)' 'Created-By: Packages' |
        awk '$2 == "bookworm" || $2 == "stable" { print $1; exit }')
    debootstrap --variant=minbase --include=git,ca-certificates bookworm "$root" "$mirror"
}

copy_settings() {
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    rm -f "$root/etc/apt/sources.list"
    grep -rlis '^\(URIs:\|deb \).*debian' /etc/apt/sources.list /etc/apt/sources.list.d |
        grep -v nodesource | while read -r file; do cp "$file" "$root/etc/apt/sources.list.d/"; done
    grep -rlis 'proxy\|Acquire::Check' /etc/apt/apt.conf.d | while read -r file; do cp "$file" "$root/etc/apt/apt.conf.d/"; done
    cp -r /usr/local/share/ca-certificates "$root/usr/local/share/"
    chroot "$root" update-ca-certificates >/dev/null
    [ ! -e /etc/npmrc ] || cp /etc/npmrc "$root/etc/npmrc"
}

mount_all() {
    mount -t proc proc "$root/proc"
    mount -t sysfs sysfs "$root/sys"
    mount --rbind /dev "$root/dev"
    mount --make-rslave "$root/dev"
    trap 'umount -R "$root/dev" "$root/sys" "$root/proc"' EXIT
}

inside() {
    chroot "$root" /usr/bin/env -i HOME=/root TERM=dumb \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin sh -c "cd /root/seneschal && $1"
}

# Start it, ask it once, stop it.
run_and_ask() {
    inside 'echo $$ >/tmp/run.pid; exec ./dev run' >"$root/run.log" 2>&1 &
    for _ in $(seq 300); do
        sleep 1
        grep -q '^listening ' "$root/run.log" && break
        kill -0 $! 2>/dev/null || break
    done
    cat "$root/run.log"
    python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())' \
        "$(sed -n 's/^listening //p' "$root/run.log")/health"
    kill "$(cat "$root/tmp/run.pid")"
    wait $!
}

[ -e "$root/etc/debian_version" ] || make_root
copy_settings
rm -rf "$root/root/seneschal"
git clone --quiet --no-hardlinks "$repo" "$root/root/seneschal"
mount_all
if [ $# -gt 0 ]; then
    inside "$*"
else
    inside './dev test'
    run_and_ask
fi
