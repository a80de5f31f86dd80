#!/bin/sh
# Boots Debian's systemd as process 1 of new namespaces. The machine's own files are in ROOT, its programs are this
# machine's /usr, read-only; the kernel's settings and the clock are out of its reach.
# boot.sh ROOT TERMINAL PYTHON    PYTHON: the prefix of the interpreter, to be found at /opt/python
set -eu
root=$1 terminal=$2 python=$3
mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
for each in "/usr usr" "$python opt/python"; do
    mount --bind ${each}
    mount -o remount,bind,ro "${each#* }"
done
mount --bind usr-src usr/src
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
mkdir dev/pts dev/shm
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
for each in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "dev/${each%:*}" c 1 "${each#*:}"; done
mknod -m 666 dev/tty c 5 0
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
touch dev/console
mount --bind "$terminal" dev/console
[ -e etc/ld.so.cache ] || ldconfig -r .
mkdir -p old
pivot_root . old
umount --lazy /old
exec env -i container=test setpriv --bounding-set=-sys_module,-sys_time,-sys_rawio,-syslog \
    /lib/systemd/systemd --system --unit=multi-user.target --log-target=console --show-status=0
