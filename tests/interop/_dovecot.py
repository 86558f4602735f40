"""A Dovecot of our own, whose users' mail is where ours is, and what reading it through IMAP gives."""
import atexit
import encodings.idna  # noqa: F401, as message() in become_nobody
import grp
import imaplib
import os
import pathlib
import pty
import pwd
import re
import shutil
import signal
import poplib  # noqa: F401
import smtplib  # noqa: F401
import subprocess
import sys

import _serve
from _serve import message


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


class Dovecot:
    """Runs without privileges too."""

    def __init__(self, home, mail_location):
        me = pwd.getpwuid(os.getuid()).pw_name
        my_group = grp.getgrgid(os.getgid()).gr_name
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
default_internal_user = {me}
default_internal_group = {my_group}
default_login_user = {me}
mail_location = {mail_location}
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


def made_by_dovecot(dovecot, serve):
    """What Dovecot keeps for eve is ours, with the uids that it gave. `serve` starts us, when Dovecot
    has ended."""
    theirs = dovecot.imap("eve")
    for i in range(5):
        ok(theirs.append("INBOX", r"(\Seen Travail)" if i % 2 else None, None,
                         message(ident=f"d{i}")))
    ok(theirs.select())
    ok(theirs.store("2", "+FLAGS", r"(\Deleted)"))
    ok(theirs.expunge())
    ok(theirs.create("Archives/2023"))
    ok(theirs.append("Archives/2023", None, None, message(ident="archive")))
    ok(theirs.subscribe("Archives/2023"))
    before = contents(theirs)
    validity = theirs.response("UIDVALIDITY")[1]
    ok(theirs.check())
    theirs.logout()
    dovecot.end()
    serve = serve()
    ours = serve.imap("eve")
    assert contents(ours) == before, (contents(ours), before)  # the uids too
    assert ours.response("UIDVALIDITY")[1] == validity
    assert set(contents(ours, "Archives/2023")) == {"archive"}
    assert b"Archives/2023" in ok(ours.lsub())[0]
    ours.logout()
    serve.end()


def mutt(home, keys, *options):
    """mutt does those things; on a terminal where nobody types (the end of a `script` would come as
    ^D, which is delete-thread to mutt)."""
    ours, mutts = pty.openpty()
    environment = dict(os.environ, HOME=str(home), TERM="vt100", MAIL="/nonexistent")
    process = subprocess.Popen(["mutt", *options, "-e", f"push '{keys}'"], stdin=mutts,
                               stdout=mutts, stderr=mutts, env=environment,
                               start_new_session=True)
    atexit.register(process.kill)
    os.close(mutts)
    try:
        while os.read(ours, 65536):
            pass
    except OSError:
        pass  # EIO: mutt has ended
    assert process.wait(timeout=60) == 0
