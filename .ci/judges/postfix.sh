#!/usr/bin/env bash
# A real Postfix takes our emails: STARTTLS with a certificate of its own authority,
# passwords by Cyrus SASL, refusals for now and for good, and bounces that Postfix writes
# itself. What it passed on is then checked by Debian's python3-dkim.
#
# The Postfix is private: its configuration, queue, log and processes are in a folder of
# this script, its ports are high ones of 127.0.0.1. Where Debian's packages are not
# installed they are unpacked into that folder too. It needs root, because Postfix gives
# its programs to other users.
#
# Every Go test named TestPostfix… runs, in whatever package reads POSTFIX_JUDGE: the name
# of a JSON file that says where Postfix listens, whom it asks, and where it delivers.
judge="Postfix on our emails"
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
PATH="$PATH:/usr/sbin:/sbin"
[ "$(id -u)" = 0 ] || skip "$judge: only root can start Postfix"
have openssl || skip "$judge: openssl is not installed"
have setsid || skip "$judge: setsid is not installed"
python=/usr/bin/python3
[ -x $python ] || skip "$judge: Debian's python3, which checks the signatures, is not installed"

# Postfix's own users must be able to walk down to the queue, and TMPDIR may be closed to
# them.
umask 022
scratch=$(mktemp -d /tmp/hearback-postfix.XXXXXX)
chmod 755 "$scratch"

programs=/usr/lib/postfix/sbin commands=/usr/sbin libraries=/usr/lib/postfix surroundings=()
if ! [ -x $programs/master ] || ! have saslpasswd2 || ! $python -c 'import dkim, nacl' 2>/dev/null; then
  from_debian postfix sasl2-bin libsasl2-modules python3-dkim python3-nacl
  unpacked="$scratch/debian/usr"
  if [ -d "$unpacked/lib/postfix/sbin" ]; then
    programs="$unpacked/lib/postfix/sbin" commands="$unpacked/sbin" libraries="$unpacked/lib/postfix"
  fi
  shared=$(find "$unpacked" -maxdepth 2 -path '*/lib/*-linux-gnu*' -print -quit)
  surroundings=("LD_LIBRARY_PATH=${shared:+$shared:}$libraries" "PYTHONPATH=$unpacked/lib/python3/dist-packages")
  # What is both here and installed would be loaded twice.
  if [ -e "$shared/sasl2/libplain.so" ]; then surroundings+=("SASL_PATH=$shared/sasl2"); fi
  PATH="$unpacked/sbin:$PATH"
fi
surrounded() { env "${surroundings[@]}" "$@"; }
surrounded $python -c 'import dkim, nacl' || fail "python3-dkim cannot be loaded"

# Postfix's users where there are any, else users that every Debian has.
owner=postfix group=postdrop
getent passwd $owner >/dev/null && getent group $group >/dev/null || owner=mail group=uucp
getent passwd $owner nobody >/dev/null && getent group $group >/dev/null || skip "$judge: there is no user $owner, or no group $group"

# An authority, and a certificate for localhost alone.
(
  cd "$scratch"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Authority of a test" -keyout authority.key -out authority.pem
  openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout server.key -out server.csr
  printf 'subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n' >server.ext
  openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key -set_serial 2 -days 2 -extfile server.ext -out server.pem
  openssl genrsa -out rsa.key 2048
  openssl rsa -in rsa.key -pubout -outform DER -out rsa.pub
  openssl genpkey -algorithm ed25519 -out ed25519.key
  openssl pkey -in ed25519.key -pubout -outform DER -out ed25519.pub
) >"$scratch/openssl.out" 2>&1 || { cat "$scratch/openssl.out"; fail "openssl made no certificate"; }

username=hearback password="not-a-real-password-$RANDOM$RANDOM"
# Debian's Postfix looks for SASL's settings in a folder of its own beside main.cf.
mkdir -p "$scratch"/{config/sasl,data,queue,kept}
cat >"$scratch/config/sasl/smtpd.conf" <<SASL
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: $scratch/config/sasl/sasldb2
mech_list: SCRAM-SHA-256 PLAIN LOGIN
SASL
printf '%s' "$password" | surrounded saslpasswd2 -p -c -f "$scratch/config/sasl/sasldb2" -u council.example $username
chown $owner "$scratch/config/sasl/sasldb2" "$scratch/data"

read -r submission implicit hurried policy next returns local <<<"$(free_ports 7)"
cat >"$scratch/config/main.cf" <<MAIN
compatibility_level = 3.6
queue_directory = $scratch/queue
data_directory = $scratch/data
daemon_directory = $programs
command_directory = $commands
shlib_directory = $libraries
meta_directory = $scratch/config
mail_owner = $owner
setgid_group = $group
default_privs = nobody
import_environment = MAIL_CONFIG LD_LIBRARY_PATH SASL_PATH TZ=UTC POSTLOG_SERVICE POSTLOG_HOSTNAME
maillog_file = $scratch/log
maillog_file_prefixes = $scratch

# Nothing leaves this machine, and nobody else's address is asked for.
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_peername_lookup = no
default_transport = error:5.4.4 nothing leaves this machine
relay_transport = error:5.4.4 nothing leaves this machine
transport_maps = inline:{
  { family.example = smtp:[127.0.0.1]:$next }
  { asked.family.example = smtp:[127.0.0.1]:$next }
  { gone.family.example = error:5.1.1 There is nobody of that name here }
  { council.example = smtp:[127.0.0.1]:$returns }
  { send.council.example = smtp:[127.0.0.1]:$returns }
  { lmtp.council.example = lmtp:inet:127.0.0.1:$local } }

myhostname = mail.council.example
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
mynetworks = 192.0.2.1
relay_domains = family.example asked.family.example gone.family.example council.example send.council.example lmtp.council.example
relay_recipient_maps = regexp:$scratch/config/mailboxes
fast_flush_domains =
notify_classes =
# Bounces of small emails hold them whole, those of larger ones their headers alone.
bounce_size_limit = 20000
message_size_limit = 100000
queue_minfree = 0
smtputf8_enable = yes
smtpd_error_sleep_time = 0

smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = $scratch/server.pem
smtpd_tls_key_file = $scratch/server.key
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = $scratch/config/sasl
smtpd_sasl_local_domain = council.example
smtpd_sasl_security_options = noanonymous
# The account may send for its own domains only.
smtpd_sender_login_maps = regexp:$scratch/config/senders
smtpd_sender_restrictions = reject_sender_login_mismatch
smtpd_relay_restrictions = permit_sasl_authenticated, reject
# Postfix finds out only later that it cannot deliver to these, or else it would refuse
# them at once and write no bounce.
smtpd_recipient_restrictions = check_recipient_access inline:{ { gone.family.example = OK } { gone.example = OK } },
  reject_unlisted_recipient, check_recipient_access inline:{asked.family.example=asked}
smtpd_reject_unlisted_recipient = no
smtpd_restriction_classes = asked
asked = check_policy_service inet:127.0.0.1:$policy
MAIN
echo '!/^nobody/ OK' >"$scratch/config/mailboxes"
echo "/@((send|lmtp)\.)?council\.example\$/ $username@council.example" >"$scratch/config/senders"
cat >"$scratch/config/master.cf" <<MASTER
127.0.0.1:$submission inet n - n - - smtpd
127.0.0.1:$implicit inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_sasl_mechanism_filter=plain
127.0.0.1:$hurried inet n - n - - smtpd -o smtpd_timeout=1
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
MASTER
(
  cd "$scratch/queue"
  mkdir -m 700 active bounce corrupt defer deferred flush hold incoming private saved trace
  mkdir -m 710 public
  mkdir -m 755 pid
  mkdir -m 730 maildrop
  chown $owner active bounce corrupt defer deferred flush hold incoming private saved trace
  chown $owner:$group public maildrop
)

setsid env "${surroundings[@]}" "$programs/master" -d -c "$scratch/config" >"$scratch/master.out" 2>&1 </dev/null &
group=$!
tell() { cat "$scratch/master.out"; [ ! -f "$scratch/log" ] || tail -n 60 "$scratch/log"; }
for _ in $(seq 200); do
  ! listens "$hurried" || ! listens "$submission" || break
  kill -0 "$group" 2>/dev/null || { tell; fail "Postfix ended by itself"; }
  sleep 0.1
done
listens "$submission" || { tell; fail "Postfix does not listen after 20 seconds"; }

cat >"$scratch/judge.json" <<JSON
{"submission": "127.0.0.1:$submission", "implicit": "127.0.0.1:$implicit", "hurried": "127.0.0.1:$hurried",
 "policy": "127.0.0.1:$policy", "next": "127.0.0.1:$next", "returns": "127.0.0.1:$returns", "returns_lmtp": "127.0.0.1:$local",
 "username": "$username", "password": "$password", "keys": {"rsa": "$scratch/rsa.key", "ed25519": "$scratch/ed25519.key"},
 "kept": "$scratch/kept"}
JSON
export POSTFIX_JUDGE="$scratch/judge.json" SSL_CERT_FILE="$scratch/authority.pem"
mapfile -t packages < <(grep -rlw --include='*_test.go' POSTFIX_JUDGE ./cmd ./notifier | xargs -n 1 dirname | sort -u)
(go_tests '^TestPostfix' "${packages[@]}") || { tell; exit 1; }

# What Postfix passed on, as its receiver would check it: the key comes from DNS there,
# from a file here. Each email must be whole, and must not be once anything that was
# signed is changed, or a second header is put before one that was signed.
surrounded $python - "$scratch" <<'VERIFY'
import base64, glob, os, re, sys
import dkim
folder = sys.argv[1]

def record(name, timeout=5):
    selector, domain = name.decode().rstrip(".").split("._domainkey.")
    assert domain == "council.example", domain
    public = open(os.path.join(folder, selector + ".pub"), "rb").read()
    if selector == "ed25519":
        public = public[-32:]
    return b"v=DKIM1; k=%s; p=%s" % (selector.encode(), base64.b64encode(public))

def whole(email):
    return dkim.verify(email, dnsfunc=record)

faults, emails, trials = 0, 0, 0
def must(holds, what):
    global faults, trials
    trials += 1
    if not holds:
        print(what)
        faults += 1

for name in sorted(glob.glob(os.path.join(folder, "kept", "*.eml"))):
    email = open(name, "rb").read()
    label = os.path.basename(name)
    emails += 1
    must(whole(email), label + ": the signature does not hold")
    head, _, body = email.partition(b"\r\n\r\n")
    signature = re.search(rb"(?ims)^DKIM-Signature:.*?(?=\r\n\S|\Z)", head).group(0)
    signed = re.search(rb"[;:]\s*h=([^;]*);", signature).group(1)
    signed = [field.strip().lower() for field in signed.split(b":")]
    for field in (b"from", b"subject", b"date", b"message-id", b"list-unsubscribe", b"list-unsubscribe-post"):
        must(field in signed, "%s: %s is not signed" % (label, field.decode()))
    must(not whole(head + b"\r\n\r\n" + body.replace(b"Jo", b"Al", 1)), label + ": a changed body passes")
    for field in (b"From", b"Reply-To", b"Subject", b"Content-Type", b"List-Unsubscribe", b"List-Unsubscribe-Post"):
        must(not whole(field + b": <https://elsewhere.example/>\r\n" + email), "%s: a second %s passes" % (label, field.decode()))
        changed = re.sub(rb"(?im)^(" + field + rb":\s*\S)", rb"\1x", head)
        must(changed == head or not whole(changed + b"\r\n\r\n" + body), "%s: a changed %s passes" % (label, field.decode()))
    taken = re.sub(rb"(?ims)^List-Unsubscribe:.*?\r\n(?=\S)", b"", head)
    must(taken == head or not whole(taken + b"\r\n\r\n" + body), label + ": it passes without its List-Unsubscribe")
print("dkimpy: %d emails, %d trials, %d faults" % (emails, trials, faults))
sys.exit(0 if emails >= 2 and faults == 0 else 1)
VERIFY
