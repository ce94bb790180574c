#!/bin/sh
# Puts the unit, its user, its folders and the command `perpdesk` on this machine; a second run changes nothing.
# The checkout must be /opt/perpdesk, where the unit looks for it. DESTDIR=/some/folder only copies, for packagers.
set -eu
here=$(cd "$(dirname "$0")/systemd" && pwd)
root=${DESTDIR:-}
if [ -z "$root" ]; then
  [ "$(id -u)" = 0 ] || { echo "make install: run it as root (sudo make install)" >&2; exit 1; }
  [ "$here" = /opt/perpdesk/ops/deploy/systemd ] \
    || { echo "make install: the checkout must be /opt/perpdesk" >&2; exit 1; }
fi
place() { install -D -m "$1" "$here/$2" "$root$3"; }
place 0644 perpdesk.service /etc/systemd/system/perpdesk.service
place 0644 perpdesk-failed.service /etc/systemd/system/perpdesk-failed.service
place 0644 perpdesk.sysusers /etc/sysusers.d/perpdesk.conf
place 0644 perpdesk.tmpfiles /etc/tmpfiles.d/perpdesk.conf
place 0755 perpdesk /usr/local/bin/perpdesk
[ -z "$root" ] || exit 0
systemd-sysusers perpdesk.conf
systemd-tmpfiles --create perpdesk.conf
runuser -u perpdesk -- /opt/perpdesk/.venv/bin/python -c '' 2>/dev/null || {
  echo "make install: the user perpdesk may not run this Python, which is in somebody's home or not for everybody:" >&2
  echo "  rm -r /opt/perpdesk/.venv && make install PYTHON=/usr/bin/python3" >&2
  exit 1
}
# Nothing of /opt is written at run time: what is not compiled by now is compiled at every start.
/opt/perpdesk/.venv/bin/python -m compileall -q /opt/perpdesk/bot /opt/perpdesk/handlers /opt/perpdesk/storage \
  /opt/perpdesk/cache /opt/perpdesk/stats_api /opt/perpdesk/ops
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  echo "Installed. Next: perpdesk init, then systemctl enable --now perpdesk"
else
  echo "Installed; systemd does not run here. Next: perpdesk init, then the unit's ExecStart by hand"
fi
