# Ceph's S3 gateway on the smallest cluster there is: a monitor and one object store in memory, without
# authentication between them. Sourced by services.sh.
# shellcheck shell=bash disable=SC2154

readonly bucket=segue-test
readonly region=us-east-1

# start_radosgw MONITOR_PORT S3_PORT
start_radosgw() {
    local conf=$run/ceph.conf fsid osd_uuid
    fsid=$(cat /proc/sys/kernel/random/uuid)
    osd_uuid=$(cat /proc/sys/kernel/random/uuid)
    mkdir -p "$run/monitor" "$run/osd" "$run/radosgw"
    write_ceph_conf "$fsid" "$1" "$2" >"$conf"
    (run_from ceph monmaptool --create --addv a "[v1:127.0.0.1:$1/0]" --fsid "$fsid" "$run/monmap") >"$run/log/monmaptool.out"
    (run_from ceph ceph-mon --conf "$conf" --mkfs --id a --monmap "$run/monmap") >"$run/log/monitor-mkfs.out" 2>&1
    launch monitor ceph ceph-mon --conf "$conf" --foreground --id a
    wait_for_daemon monitor port_answers "$1"
    # An object store would put itself on the map at its start, but may ask before it has learnt the cluster's id, is
    # refused and ends. So it is put there beforehand.
    (run_from ceph python3 "$here/services/mon_command.py" "$conf" "$fsid" \
        "{\"prefix\": \"osd new\", \"uuid\": \"$osd_uuid\"}" \
        '{"prefix": "osd crush create-or-move", "id": 0, "weight": 1.0, "args": ["host=localhost", "root=default"]}')
    (run_from ceph ceph-osd --conf "$conf" --id 0 --mkfs --osd-uuid "$osd_uuid") >"$run/log/osd-mkfs.out" 2>&1
    launch osd ceph ceph-osd --conf "$conf" --foreground --id 0
    launch radosgw ceph radosgw --conf "$conf" --foreground --name client.rgw
    create_user "$conf"
    wait_for_daemon radosgw port_answers "$2"
    create_bucket "$2"
}

# The gateway makes up the keys, so that no secret stands in a command line.
create_user() {
    (run_from ceph timeout 60 radosgw-admin --conf "$1" --name client.rgw user create --uid=test --display-name=test) \
        2>"$run/log/radosgw-admin.out" |
        python3 -c '
import json, sys
key = json.load(sys.stdin)["keys"][0]
print("export TEST_S3_ACCESS_KEY_ID=" + key["access_key"])
print("export TEST_S3_SECRET_ACCESS_KEY=" + key["secret_key"])
' >"$run/s3.env"
    echo "export TEST_S3_REGION=$region TEST_S3_BUCKET=$bucket" >>"$run/s3.env"
}

# Tests share one bucket and own a prefix each. Making it here also makes the pools that the gateway creates lazily.
create_bucket() {
    (
        # shellcheck disable=SC1091
        source "$run/s3.env"
        export TEST_S3_ENDPOINT=http://127.0.0.1:$1
        python3 "$here/services/create_bucket.py" "$bucket"
    )
}

# write_ceph_conf FSID MONITOR_PORT S3_PORT
write_ceph_conf() {
    cat <<END
[global]
fsid = $1
ms bind retry count = 1
mon host = [v1:127.0.0.1:$2/0]
mon initial members = a
public network = 127.0.0.0/8
auth cluster required = none
auth service required = none
auth client required = none
setuser match path =
mgr initial modules =
mon allow pool size one = true
mon data avail crit = 1
mon cluster log to file = false
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd crush chooseleaf type = 0
osd class update on start = false
osd crush update on start = false
osd objectstore = memstore
memstore device bytes = 8589934592
admin socket =
run dir = $run
log file = $run/log/\$name.log
plugin dir = ${libraries[ceph]}/ceph
osd class dir = ${libraries[ceph]}/rados-classes
erasure code dir = ${libraries[ceph]}/ceph/erasure-code
[mon.a]
host = localhost
mon data = $run/monitor
mon addr = 127.0.0.1:$2
[osd.0]
osd data = $run/osd
[client.rgw]
rgw data = $run/radosgw
rgw frontends = beast endpoint=127.0.0.1:$3
rgw thread pool size = 32
rgw enable usage log = false
END
}
