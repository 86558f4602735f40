#!/usr/bin/env bash
# Kernel and Postack move bytes over a TUN device, both ways, inside a network namespace of the test's
# own; byte-equal by SHA-256. tshark reads the device meanwhile: no malformed packet, no bad checksum.
#
#   tun_transfer.sh [SIZE]        bytes each way, 5000000 unless told
#
# Needs root, /dev/net/tun and network namespaces, and fails without them.
set -euo pipefail

size=${1:-5000000}
postack=${POSTACK:?POSTACK names the built program}
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
if [[ $(id -u) != 0 || ! -w /dev/net/tun ]] || ! ip netns list >/dev/null 2>&1; then
    echo "FAIL: needs root, /dev/net/tun and ip netns"
    exit 1
fi

space=postack-tun-$$
work=$(mktemp -d)
watcher=
cleanup() {
    [[ -z $watcher ]] || kill "$watcher" 2>/dev/null || true
    ip netns pids "$space" 2>/dev/null | xargs -r kill 2>/dev/null || true
    ip netns del "$space" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT
ip netns add "$space"
inside() { ip netns exec "$space" "$@"; }
inside ip link set lo up
inside ip tuntap add mode tun name pst0
inside ip addr add 10.9.0.1/24 dev pst0
inside ip link set pst0 up

# One run: name, size, then options of `postack tun`.
run() {
    local name=$1 bytes=$2
    shift 2
    local capture=$work/$name.pcap
    : >"$work/tshark"
    # Not through a function, which would be a shell to kill, and dumpcap would go on writing.
    ip netns exec "$space" dumpcap -q -i pst0 -w "$capture" >/dev/null 2>"$work/tshark" &
    watcher=$!
    for _ in $(seq 100); do
        grep -q Capturing "$work/tshark" && break
        sleep 0.1
    done
    inside python3 "$here/_tun_peer.py" "$postack" "$bytes" "$@" >"$work/$name.json" ||
        { echo "FAIL $name: $(cat "$work/$name.json")"; exit 1; }
    sleep 0.5
    kill "$watcher" && wait "$watcher" 2>/dev/null || true
    watcher=
    # Our bytes are plain data on every port: tshark would now and then take them, on a port that the
    # kernel happened to choose, for those of a protocol, and malformed. The kernel leaves
    # the checksums of what it sends into the device to the device.
    local bad
    bad=$(tshark -r "$capture" -d tcp.port==1-65535,data \
        -o tcp.check_checksum:TRUE -o ip.check_checksum:TRUE \
        -Y '_ws.malformed || ip.checksum.status == "Bad" || (tcp.checksum.status == "Bad" && ip.src == 10.9.0.2)' \
        2>"$work/tshark") || { cat "$work/tshark"; exit 1; }
    if [[ -n $bad ]]; then
        echo "FAIL $name: tshark finds malformed packets or bad checksums:"
        head -5 <<<"$bad"
        exit 1
    fi
    local good
    good=$(tshark -r "$capture" -o tcp.check_checksum:TRUE \
        -Y 'ip.src == 10.9.0.2 && tcp.checksum.status == "Good"' 2>"$work/tshark" | wc -l)
    ((good > 100)) || { echo "FAIL $name: tshark saw $good good packets of ours"; exit 1; }
    echo "$name: $(cat "$work/$name.json")"
}

# Real time: when the machine lets the kernel's side wait for longer than a round trip and a bit, a
# tail loss probe is right (RFC 8985, 7.2). So one run of three has to be without any.
for attempt in 1 2 3; do
    run clean "$size"
    grep -q '"retransmissions": 0' "$work/clean.json" && break
    ((attempt < 3)) || { echo "FAIL: retransmissions on a clean link, three times"; exit 1; }
done
run lossy "$((size / 5))" --delay 2ms --loss 1% --reorder 1% --reorder-by 3ms --duplicate 0.5% --seed 7
echo passed
