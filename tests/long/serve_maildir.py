#!/usr/bin/env python3
"""The Maildir that `postack serve` writes is read by Dovecot and by mutt, with flags, folders,
keywords and dates; what they change and add is seen by us, while we run and after; and a Maildir
that Dovecot made is ours with the uids that it gave."""
import atexit
import grp
import encodings.idna  # noqa: F401, as message() in become_nobody
import imaplib
import os
import pathlib
import pty
import pwd
import re
import shutil
import signal
import smtplib  # noqa: F401
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))
import _serve  # noqa: E402
from _serve import DOMAIN, Serve, message, without_trace



def become_nobody(home):
    """Dovecot gives no mail to root: then all of this runs as nobody, with a copy of the program
    where nobody may read it. What is left in `home` is removed by root, when nobody has ended."""
    message()  # imports all that it needs, from where nobody may not be able to read
    program = pathlib.Path(os.environ["POSTACK"])
    for name in ("postack", "postack-window"):
        shutil.copy(program.with_name(name), home)
    data = home / "data"
    for part in ("assets/personalities", "assets/languages", "scenarios"):
        shutil.copytree(pathlib.Path(os.environ["POSTACK_DATA"], part), data / part)
    for path in [home, *home.rglob("*")]:
        os.chown(path, 65534, 65534)
        path.chmod(0o755)
    child = os.fork()
    if child != 0:
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os.environ.update(POSTACK=str(home / "postack"), POSTACK_DATA=str(data))
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


home = pathlib.Path(_serve.folder())
if os.getuid() == 0:
    become_nobody(home)
env = {"HOME": str(home), "TERM": "vt100", "MAIL": "/nonexistent"}
ME = pwd.getpwuid(os.getuid()).pw_name
MY_GROUP = grp.getgrgid(os.getgid()).gr_name


class Dovecot:
    """A Dovecot of our own, whose users' mail is where ours is. Runs without privileges too."""

    def __init__(self, mail_dir):
        self.port = _serve.free_port()
        base = home / "dovecot"
        for part in ("run", "state"):
            (base / part).mkdir(parents=True, exist_ok=True)
        config = base / "dovecot.conf"
        config.write_text(f"""
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {ME}
default_internal_group = {MY_GROUP}
default_login_user = {ME}
mail_location = maildir:{mail_dir}/%u
mail_fsync = always
maildir_very_dirty_syncs = no
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={os.getuid()} gid={os.getgid()} home={home}/dovecot/home-%u
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
""")
        self.process = subprocess.Popen(["dovecot", "-F", "-c", str(config)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        atexit.register(self.end)
        self.log = base / "log"
        told = sys.excepthook
        sys.excepthook = lambda *what: (told(*what), print(self.log.read_text(), file=sys.stderr))
        _serve.wait_for("Dovecot's greeting", self.greets)

    def greets(self):
        assert self.process.poll() is None, f"Dovecot ended: {self.log.read_text()}"
        try:
            imaplib.IMAP4("127.0.0.1", self.port, timeout=60).logout()
            return True
        except (OSError, imaplib.IMAP4.error):
            return False

    def imap(self, user="anne"):
        c = imaplib.IMAP4("127.0.0.1", self.port, timeout=60)
        c.login(user, "secret")
        return c

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=60)


def ok(answer):
    assert answer[0] == "OK", answer
    return answer[1]


def contents(c, mailbox="INBOX"):
    """{Subject or first line: (uid, flags without \\Recent, INTERNALDATE, size, text)}"""
    if int(ok(c.select(mailbox))[0]) == 0:
        return {}
    found = {}
    for part in ok(c.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])")):
        if not isinstance(part, tuple):
            continue
        head, text = part
        flags = frozenset(re.search(rb"FLAGS \((.*?)\)", head)[1].split()) - {b"\\Recent"}
        ident = re.search(rb"Message-ID: <(.*?)@", text)[1].decode()
        found[ident] = (int(re.search(rb"UID (\d+)", head)[1]), flags,
                        imaplib.Internaldate2tuple(head),
                        int(re.search(rb"RFC822.SIZE (\d+)", head)[1]), text)
    return found


def without_uid(found):
    return {ident: facts[1:] for ident, facts in found.items()}


def folders(c):
    return sorted(re.search(rb'"/" "?(.*?)"?$', line)[1] for line in ok(c.list()))


# ---- ours, read by Dovecot and mutt --------------------------------------------------------
place = home / "mail"
serve = Serve(mail_dir=str(place), users=("anne:secret", "eve:secret"))
for ident in ("un", "deux", "trois"):
    serve.send(message(ident=ident))
ours = serve.imap()
ok(ours.create("Année.2024".replace("é", "&AOk-").replace(".", "/")))
ok(ours.subscribe("Ann&AOk-e/2024"))
ok(ours.append("Ann&AOk-e/2024", r"(\Draft \Seen)", '"17-Jul-1996 02:44:25 +0000"',
               message(ident="vieux")))
ok(ours.select())
ok(ours.store("2", "+FLAGS", r"(\Flagged \Answered $Forwarded Travail)"))
ours.logout()

dovecot = Dovecot(place)
theirs = dovecot.imap()
ours = serve.imap()
assert folders(theirs) == folders(ours) == [b"Ann&AOk-e", b"Ann&AOk-e/2024", b"INBOX"], \
    (folders(theirs), folders(ours))
assert b"2024" in ok(theirs.lsub())[0]
for mailbox in ("INBOX", "Ann&AOk-e/2024"):
    a, b = contents(ours, mailbox), contents(theirs, mailbox)
    assert without_uid(a) == without_uid(b), (mailbox, a, b)
assert len(contents(theirs)) == 3
assert contents(theirs)["deux"][1] == {b"\\Flagged", b"\\Answered", b"$Forwarded", b"Travail"}
assert without_trace(contents(theirs)["un"][4]) == message(ident="un")


# ---- what they do, seen by us while we run ---------------------------------------------------
ok(theirs.select())
uid = contents(theirs)["un"][0]
ok(theirs.uid("STORE", str(uid), "+FLAGS", r"(\Seen $Junk)"))
ok(theirs.uid("STORE", str(contents(theirs)["trois"][0]), "+FLAGS", r"(\Deleted)"))
ok(theirs.expunge())
ok(theirs.append("INBOX", r"(\Flagged)", '"01-Jan-2001 12:00:00 +0000"', message(ident="leur")))
ok(theirs.create("Leur"))
ok(theirs.append("Leur", None, None, message(ident="dedans")))


def seen():
    ours.noop()
    return without_uid(contents(ours)) == without_uid(contents(theirs))


_serve.wait_for("Dovecot's changes to be seen", seen)
a = contents(ours)
assert set(a) == {"un", "deux", "leur"} and a["un"][1] == {b"\\Seen", b"$Junk"}, a
assert a["leur"][4] == message(ident="leur")
assert without_uid(contents(ours, "Leur")) == without_uid(contents(theirs, "Leur"))
# And ours by them, once more.
ok(ours.select())
ok(ours.store("1", "-FLAGS", r"($Junk)"))
ok(ours.store("1", "+FLAGS", r"(\Answered)"))
serve.send(message(ident="encore"))
theirs.noop()
assert without_uid(contents(ours)) == without_uid(contents(theirs))

# mutt flags the first and deletes the last; on a terminal where nobody types (the end of a `script`
# would come as ^D, which is delete-thread to mutt).
keys = "<last-entry><delete-message><first-entry><flag-message><sync-mailbox><exit>"
(home / "muttrc").write_text(f"set folder={place} delete=yes resolve=no move=no quit=yes "
                             "sort=mailbox-order wait_key=no mbox_type=Maildir header_cache=''\n")
ours_side, mutts_side = pty.openpty()
mutt = subprocess.Popen(["mutt", "-F", f"{home}/muttrc", "-f", f"{place}/anne",
                         "-e", f"push '{keys}'"], stdin=mutts_side, stdout=mutts_side,
                        stderr=mutts_side, env=dict(os.environ, **env), start_new_session=True)
atexit.register(mutt.kill)
os.close(mutts_side)
try:
    while os.read(ours_side, 65536):
        pass
except OSError:
    pass  # EIO: mutt has ended
assert mutt.wait(timeout=60) == 0
_serve.wait_for("mutt's changes to be seen",
                lambda: (ours.noop(), len(contents(ours)) == 3)[1])
assert any(b"\\Flagged" in facts[1] and ident == "un" for ident, facts in contents(ours).items()), \
    contents(ours)
ours.logout()
theirs.logout()
dovecot.end()
serve.end()

# ---- theirs, read by us ------------------------------------------------------------------------
place = home / "theirs"
place.mkdir()
dovecot = Dovecot(place)
theirs = dovecot.imap("eve")
for i in range(5):
    ok(theirs.append("INBOX", r"(\Seen Travail)" if i % 2 else None, None, message(ident=f"d{i}")))
ok(theirs.select())
ok(theirs.store("2", "+FLAGS", r"(\Deleted)"))
ok(theirs.expunge())
ok(theirs.create("Archives/2023"))
ok(theirs.append("Archives/2023", None, None, message(ident="archive")))
ok(theirs.subscribe("Archives/2023"))
before = contents(theirs)
validity = theirs.response("UIDVALIDITY")[1]
theirs.logout()
dovecot.end()
serve = Serve(mail_dir=str(place), users=("eve:secret",))
ours = serve.imap("eve")
assert contents(ours) == before, (contents(ours), before)  # the uids too
assert ours.response("UIDVALIDITY")[1] == validity
assert set(contents(ours, "Archives/2023")) == {"archive"}
assert b"Archives/2023" in ok(ours.lsub())[0]
ours.logout()
serve.end()
print("ok")
