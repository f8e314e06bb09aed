#!/usr/bin/env bash
# debian-base.sh PACKAGE… > base.tar: a Debian root file system with these packages and all that they depend on, from the
# files of this machine's own packages: for `docker import` where no image can be pulled. Debian alone; nothing is fetched.
# Only files that a package owns are taken: no password and no key of this machine comes along. The list of installed
# packages stays behind too, so apt can add nothing to it.
set -euo pipefail

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
chmod 755 "$stage"

# The closure over Depends and Pre-Depends; of alternatives, all that are installed.
packages=$(dpkg-query -Wf '${db:Status-Status}\t${Package}\t${binary:Package}\t${Pre-Depends}, ${Depends}\n' |
  awk -F '\t' -v wanted="$*" '
    $1 == "installed" { name[$2] = $3; needs[$2] = $4 }
    END {
      asked = count = split(wanted, queue, " ")
      for (i = 1; i <= count; i++) {
        package = queue[i]
        if (!(package in name)) {
          if (i <= asked) {
            print "debian-base.sh: not installed here: " package > "/dev/stderr"; exit 1
          }
          continue
        }
        if (package in taken) continue
        taken[package] = 1
        print name[package]
        parts = split(needs[package], part, /[,|]/)
        for (k = 1; k <= parts; k++) {
          sub(/\(.*/, "", part[k]); sub(/:any/, "", part[k]); gsub(/ /, "", part[k])
          if (part[k] != "" && part[k] in name) queue[++count] = part[k]
        }
      }
    }')

# Where /usr is merged, packages still name /bin/…, which is a link: the link first, then the true places.
# shellcheck disable=SC2086  # one word a package
{ printf '%s\n' /bin /sbin /lib /lib32 /lib64 /libx32
  dpkg-query -L $packages | sed -E 's,^/(bin|sbin|lib|lib32|lib64|libx32)/,/usr/\1/,'
} | grep -E '^/[^ ]' | grep -vE '^/(\.|usr/share/(doc|man|locale|info|lintian|bug)(/.*)?)$' | sort -u |
  while read -r file; do if [ -e "$file" ] || [ -L "$file" ]; then printf '%s\n' "${file#/}"; fi; done |
  tar -C / --no-recursion -c -T - | tar -C "$stage" -x -p

# What the installation would have made of base-passwd.
for file in passwd group; do cp "/usr/share/base-passwd/$file.master" "$stage/etc/$file"; done
ldconfig -r "$stage"
tar -C "$stage" -c .
