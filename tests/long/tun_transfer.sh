#!/usr/bin/env bash
# The transfers of interop/tun_transfer.sh with 100 MB each way.
exec bash "$(dirname "$(realpath "${BASH_SOURCE[0]}")")/../interop/tun_transfer.sh" 100000000
