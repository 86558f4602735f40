#!/usr/bin/env python3
"""Our client engines (SMTP, POP3, IMAP) with real servers: Postfix takes what our SMTP client sends,
also after AUTH through Dovecot; popa3d and Dovecot hand it out to our POP3 and IMAP clients, octet
for octet. The servers run from folders of this test, on ports of their own, and end with it. As
root: Postfix and popa3d need it."""
import atexit
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import threading

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))
import _serve  # noqa: E402
from _serve import message, run  # noqa: E402

if os.getuid() != 0:
    sys.exit("this test starts Postfix and popa3d, which only root can: run it as root")
missing = [p for p in ("postfix", "popa3d", "dovecot", "useradd") if not shutil.which(p)]
if missing:
    sys.exit(f"not installed: {', '.join(missing)} (packaging/packages-test.txt)")

home = pathlib.Path(_serve.folder())
home.chmod(0o755)
TALK = str(pathlib.Path(os.environ["POSTACK"]).parent / "tests" / "talk_mail")
USER = f"postack{os.getpid()}"  # of popa3d: a user of the system, as long as the test runs
PASSWORD = "Etudiant1"
NOBODY = 65534


def talk(*words, status=0):
    return run(TALK, *[str(w) for w in words], status=status).decode().splitlines()


class Dovecot:
    def __init__(self, auth_socket):
        self.port = _serve.free_port()
        base = home / "dovecot"
        (base / "state").mkdir(parents=True)
        mail = home / "mail"
        mail.mkdir()
        os.chown(mail, NOBODY, NOBODY)
        config = base / "dovecot.conf"
        config.write_text(f"""
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = {NOBODY}
mail_location = maildir:{mail}/%n
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={NOBODY} gid={NOBODY} home={mail}/home-%n
}}
service auth {{
  unix_listener {auth_socket} {{
    mode = 0666
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
""")
        self.log = base / "log"
        self.process = subprocess.Popen(["dovecot", "-F", "-c", str(config)],
                                        stdin=subprocess.DEVNULL)
        atexit.register(self.end)
        _serve.wait_for("Dovecot's greeting", self.greets)

    def greets(self):
        assert self.process.poll() is None, self.log.read_text()
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=60) as s:
                return s.recv(100).startswith(b"* OK")
        except OSError:
            return False

    def end(self):
        self.process.terminate()
        self.process.wait(timeout=60)


class Postfix:
    """With its configuration, queue and log in a folder of ours."""

    def __init__(self):
        self.port, self.submission = _serve.free_port(), _serve.free_port()
        self.config, self.queue = home / "postfix", home / "queue"
        for folder in (self.config, self.queue, home / "data"):
            folder.mkdir()
        shutil.chown(home / "data", "postfix", "postfix")
        self.log = home / "postfix.log"
        (self.config / "main.cf").write_text(f"""
compatibility_level = 3.6
queue_directory = {self.queue}
data_directory = {home}/data
maillog_file = {self.log}
maillog_file_prefixes = {home}
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = mail.lab.fr
mydomain = lab.fr
mynetworks = 127.0.0.0/8
mydestination = lab.fr
local_recipient_maps = unix:passwd.byname
alias_maps =
alias_database =
mailbox_size_limit = 0
virtual_mailbox_domains = boite.fr
virtual_mailbox_base = {home}/mail
virtual_mailbox_maps = inline:{{{{anne@boite.fr=anne/}}}}
virtual_uid_maps = static:{NOBODY}
virtual_gid_maps = static:{NOBODY}
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_tls_security_level = none
smtp_tls_security_level = none
biff = no
""")
        services = []
        for line in self.services():
            words = line.split()
            # Nothing runs in a chroot: there are no copies of /etc in a queue of ours.
            if len(words) >= 8 and words[1] in ("inet", "unix", "fifo", "unix-dgram"):
                words[4] = "n"
                if words[0] == "smtp" and words[1] == "inet":
                    words[0] = f"127.0.0.1:{self.port}"
                line = " ".join(words)
            services.append(line)
        services.append(f"127.0.0.1:{self.submission} inet n - n - - smtpd "
                        "-o smtpd_sasl_auth_enable=yes "
                        "-o smtpd_recipient_restrictions=permit_sasl_authenticated,reject")
        (self.config / "master.cf").write_text("\n".join(services) + "\n")
        (self.queue / "private").mkdir()
        shutil.chown(self.queue / "private", "postfix", "root")

    def services(self):
        for path in ("/usr/share/postfix/master.cf.dist", "/etc/postfix/master.cf.proto"):
            if os.path.exists(path):
                return [l for l in pathlib.Path(path).read_text().splitlines()
                        if l and not l.startswith("#")]
        sys.exit("Postfix's own master.cf.dist is not where its package puts it")

    def start(self):
        told = subprocess.run(["postfix", "-c", str(self.config), "start"], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=120)
        assert told.returncode == 0, told.stdout + told.stderr + self.said()
        atexit.register(self.end)
        _serve.wait_for("Postfix's ports", lambda: all(
            socket.socket().connect_ex(("127.0.0.1", p)) == 0
            for p in (self.port, self.submission)))

    def said(self):
        return self.log.read_bytes() if self.log.exists() else b""

    def end(self):
        subprocess.run(["postfix", "-c", str(self.config), "abort"], capture_output=True,
                       stdin=subprocess.DEVNULL, timeout=120)


class Popa3d:
    """As inetd runs it: one process a connection, on its standard input and output."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            with connection:
                subprocess.run(["popa3d"], stdin=connection, stdout=connection, timeout=120)


def remove_user():
    subprocess.run(["userdel", USER], capture_output=True)
    pathlib.Path("/var/mail", USER).unlink(missing_ok=True)


atexit.register(remove_user)
run("useradd", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", USER)
run("chpasswd", input=f"{USER}:{PASSWORD}\n".encode())
spool = pathlib.Path("/var/mail", USER)

postfix = Postfix()
dovecot = Dovecot(postfix.queue / "private" / "auth")
postfix.start()
popa3d = Popa3d()

letters = []
for i in range(3):
    path = home / f"letter{i}"
    path.write_bytes(message(to="anne@boite.fr", ident=str(i)))
    letters.append(path)
# A Maildir is written with one LF a line, and CRLF comes out again: what is compared has CRLF.
sent = [path.read_bytes() for path in letters]


def body_of(data):
    """From the first field that we wrote; servers put theirs before."""
    return data[data.index(b"From: "):]


def difference(got, wanted):
    """Where two texts begin to differ."""
    at = next((i for i, (a, b) in enumerate(zip(got, wanted)) if a != b), len(got))
    return f"at octet {at}: {got[at - 40:at + 40]} instead of {wanted[at - 40:at + 40]}"


# --- SMTP: three mails in one session, PIPELINING and 8BITMIME as Postfix announces them.
assert talk("smtp", postfix.port, "marie@ailleurs.fr", "anne@boite.fr", *letters) == \
    ["accepted"] * 3
assert talk("smtp", postfix.port, "marie@ailleurs.fr", f"{USER}@lab.fr", *letters[:2]) == \
    ["accepted"] * 2
answer = talk("smtp", postfix.port, "marie@ailleurs.fr", "personne@boite.fr", letters[0])
assert answer[0].startswith("refused 550"), answer
# Submission: refused without a password and with a wrong one, taken after AUTH.
answer = talk("smtp", postfix.submission, "marie@ailleurs.fr", "anne@boite.fr", letters[0])
assert answer[0].startswith("refused 554"), answer
answer = talk("smtp", postfix.submission, "marie@ailleurs.fr", "anne@boite.fr", letters[0],
              "--login", f"anne:faux")
assert answer[0].startswith("refused 535"), answer
assert talk("smtp", postfix.submission, "marie@ailleurs.fr", "anne@boite.fr", letters[0],
            "--login", f"anne:{PASSWORD}") == ["accepted"]
maildir = home / "mail" / "anne" / "new"
_serve.wait_for("four mails in the Maildir",
                lambda: maildir.exists() and len(list(maildir.iterdir())) == 4)
_serve.wait_for("two mails in the spool",
                lambda: spool.exists() and spool.read_bytes().count(b"\nSubject: ") == 2)

# --- POP3 from popa3d: read and left, then read and deleted, then nothing.
for option, expected in ((), 2), (("--delete",), 2), ((), 0):
    folder = home / f"pop3-{len(option)}-{expected}"
    folder.mkdir()
    lines = talk("pop3", popa3d.port, USER, PASSWORD, folder, *option)
    assert lines[0] == f"messages {expected}", lines
    assert len(set(l.split()[1] for l in lines[1:])) == expected, lines  # unique ids
    # An mbox quotes the line that begins with "From ": popa3d hands it out so. Which of two mails
    # Postfix delivers first is its own affair.
    texts = [(folder / f"{number}.eml").read_bytes() for number in range(1, expected + 1)]
    got = sorted(body_of(t).replace(b"\r\n>From ", b"\r\nFrom ").rstrip() for t in texts)
    wanted = sorted(text.rstrip() for text in sent[:expected])
    assert got == wanted, [difference(a, b) for a, b in zip(got, wanted)] or len(got)
refused = subprocess.run([TALK, "pop3", str(popa3d.port), USER, "faux", str(home)],
                         capture_output=True, timeout=120)
assert refused.returncode == 1 and b"problem:" in refused.stderr, refused

# --- IMAP from Dovecot: twice, by LOGIN with LITERAL+ and by AUTHENTICATE without.
for options in (), ("--authenticate", "--no-literal-plus"):
    if options:
        assert talk("smtp", postfix.port, "marie@ailleurs.fr", "anne@boite.fr", *letters) == \
            ["accepted"] * 3
        _serve.wait_for("three more mails", lambda: len(list(maildir.iterdir())) >= 3)
    mails = 3 if options else 4
    folder = home / f"imap{len(options)}"
    folder.mkdir()
    client = subprocess.Popen([TALK, "imap", str(dovecot.port), "anne", PASSWORD, str(folder),
                               str(letters[0]), *options],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = client.stdout.readline()
    assert line == b"idling\n", (line, client.communicate())
    assert talk("smtp", postfix.port, "marie@ailleurs.fr", "anne@boite.fr", letters[0]) == \
        ["accepted"]
    out, err = client.communicate(timeout=120)
    assert client.returncode == 0, (out, err)
    told = out.decode().splitlines()
    print("\n".join(told))
    create, append, select, fetch, store, search, idle, copy, status, listed, deleted, expunge, \
        examine, again = told
    assert create.startswith("CREATE no [ALREADYEXISTS]" if options else "CREATE ok"), create
    assert append.startswith("APPEND ok [APPENDUID "), append
    assert select.startswith("SELECT ok [READ-WRITE]") and f" {mails} EXISTS" in select, select
    for number in range(1, mails + 1):
        got = (folder / f"INBOX-{number}.eml").read_bytes()
        assert body_of(got) in sent, number
        assert f"fetched {number} size {len(got)}" in fetch, fetch
    assert store.startswith("STORE ok") and store.count("\\Flagged") == mails, store
    assert search == "SEARCH ok found " + " ".join(str(n) for n in range(1, mails + 1)), search
    assert idle.startswith("IDLE ok") and f"{mails + 1} EXISTS" in idle, idle
    assert copy.startswith("COPY ok [COPYUID "), copy
    assert status.startswith("STATUS ok") and f"MESSAGES {4 if options else 2}" in status, status
    assert listed.count("LIST (") == 2 and "R&AOk-seaux" in listed, listed
    assert expunge.startswith("EXPUNGE ok") and expunge.count("EXPUNGE") == mails + 2, expunge
    assert examine.startswith("EXAMINE ok [READ-ONLY]"), examine
    assert "\\Draft" in again and "$Perso" in again, again
    got = (folder / "R&AOk-seaux-1.eml").read_bytes()
    assert got == sent[0], "what was appended comes back as it was"
refused = subprocess.run([TALK, "imap", str(dovecot.port), "anne", "faux", str(home),
                          str(letters[0])], capture_output=True, timeout=120)
assert refused.returncode == 1 and b"Authentication failed" in refused.stderr, refused
print("Postfix, popa3d and Dovecot understand our clients, and are understood.")
