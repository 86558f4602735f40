#!/usr/bin/env python3
"""Real mail programs on `postack serve`: swaks, msmtp, curl and mutt send; fetchmail, curl, mutt and
mbsync read, flag, move and delete. What they read is what was sent."""
import email
import os
import pathlib
import re

import _serve
from _serve import DOMAIN, Serve, message, run, without_trace

home = _serve.folder()
serve = Serve(mail_dir=home + "/mail")
smtp, pop3, imap = serve.ports["smtp"], serve.ports["pop3"], serve.ports["imap"]
# Their own configuration only, in a home of their own.
env = {"HOME": home, "MAIL": home + "/none", "EMAIL": "marie@ailleurs.fr"}


def write(name, text, mode=0o600):
    path = pathlib.Path(home, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)
    return str(path)


def curl(url, *options, status=0):
    return run("curl", "-sS", "--max-time", "60", *options, url, status=status, env=env)


def in_mailbox(name="INBOX"):
    """(uid, flags, text) of all messages, read by imaplib."""
    c = serve.imap()
    c.select(name, readonly=True)
    data = c.uid("FETCH", "1:*", "(FLAGS BODY.PEEK[])")[1]
    found = []
    for part in data:
        if isinstance(part, tuple):
            uid = int(re.search(rb"UID (\d+)", part[0])[1])
            found.append((uid, re.search(rb"FLAGS \((.*?)\)", part[0])[1].split(), part[1]))
    c.logout()
    return found


def same(got, expected, what):
    """Shows the first line that differs."""
    if got == expected:
        return
    for a, b in zip(got.split(b"\n") + [b""], expected.split(b"\n") + [b""]):
        assert a == b, f"{what}: got {a[:200]}, expected {b[:200]}"
    raise SystemExit(f"{what}: {len(got)} bytes, expected {len(expected)}")


# ---- sending -----------------------------------------------------------------------------------
sent = {}
sent["swaks"] = message(ident="swaks")
run("swaks", "--server", "127.0.0.1", "--port", str(smtp), "--from", "marie@ailleurs.fr", "--to",
    "anne@" + DOMAIN, "--data", "@" + write("swaks.eml", sent["swaks"][:-2]), env=env)  # it ends it
said = run("swaks", "--server", "127.0.0.1", "--port", str(smtp), "--to", "personne@" + DOMAIN,
           "--quit-after", "RCPT", env=env, status=24)
assert b"550" in said, said

sent["msmtp"] = message(ident="msmtp")
run("msmtp", "--host=127.0.0.1", f"--port={smtp}", "--from=marie@ailleurs.fr", "--tls=off",
    "--auth=off", "anne@" + DOMAIN, input=sent["msmtp"].replace(b"\r\n", b"\n"), env=env)

sent["curl"] = message(ident="curl")
curl(f"smtp://127.0.0.1:{smtp}/moi.fr", "--mail-from", "marie@ailleurs.fr", "--mail-rcpt",
     "anne@" + DOMAIN, "--upload-file", write("curl.eml", sent["curl"]))

rc = write("muttrc", f"""
set from="marie@ailleurs.fr" realname="Marie" use_from=yes hostname="ailleurs.fr"
set smtp_url="smtp://127.0.0.1:{smtp}/" ssl_starttls=no ssl_force_tls=no copy=no
set folder="imap://anne@127.0.0.1:{imap}/" imap_pass="secret" spoolfile="imap://anne@127.0.0.1:{imap}/INBOX"
set resolve=no confirmcreate=no mbox_type=Maildir confirmappend=no delete=yes move=no quit=yes wait_key=no
set charset=utf-8 send_charset=utf-8 allow_8bit=yes header_cache="" sort=mailbox-order
""")
run("mutt", "-F", rc, "-s", _serve.SUBJECT, "-a", write("octets.bin", _serve.BINARY), "--",
    "anne@" + DOMAIN, input="Voilà\n.\nFrom moi à toi\n".encode(), env=env)

delivered = [text for _, _, text in in_mailbox()]
assert len(delivered) == 4
for text, name in zip(delivered, sent):
    same(without_trace(text), sent[name], name)
parsed = email.message_from_bytes(delivered[3], policy=email.policy.default)
assert parsed["Subject"] == _serve.SUBJECT
text = parsed.get_body().get_content().replace("\r\n", "\n")
assert text.startswith("Voilà\n.\nFrom moi à toi\n"), text
assert next(parsed.iter_attachments()).get_content() == _serve.BINARY

# ---- reading -----------------------------------------------------------------------------------
login = ("--user", "anne:secret")
assert curl(f"pop3://127.0.0.1:{pop3}/1", *login) == delivered[0]
assert len(curl(f"pop3://127.0.0.1:{pop3}/", *login).split(b"\r\n")) == 5
curl(f"pop3://127.0.0.1:{pop3}/1", "--user", "anne:faux", status=67)
assert curl(f"imap://127.0.0.1:{imap}/INBOX;UID=1", *login) == delivered[0]
curl(f"imap://127.0.0.1:{imap}/INBOX", "--user", "anne:faux", status=67)
assert b"SEARCH 1 2 3 4" in curl(f"imap://127.0.0.1:{imap}/INBOX?SUBJECT%20Besan", *login)
curl(f"imap://127.0.0.1:{imap}/INBOX", *login, "-X", r"STORE 1 +FLAGS (\Flagged)")
curl(f"imap://127.0.0.1:{imap}/INBOX", *login, "--upload-file", write("up.eml", message(ident="up")))
state = in_mailbox()
assert b"\\Flagged" in state[0][1]
assert state[4][2] == message(ident="up") and b"\\Seen" in state[4][1]

# mutt on a terminal: flags the second, deletes the third, copies the fourth to a new folder.
keys = ("<first-entry><next-entry><flag-message><next-entry><delete-message><next-entry>"
        "<copy-message>=Tri<enter><sync-mailbox><exit>")
command = f"mutt -F {rc} -e \"push '{keys}'\""
run("script", "-qec", command, "/dev/null", input=b"", env=dict(env, TERM="vt100"))
state = in_mailbox()
assert [uid for uid, _, _ in state] == [1, 2, 4, 5], [uid for uid, _, _ in state]
assert b"\\Flagged" in state[1][1]
assert in_mailbox("Tri")[0][2] == delivered[3]

# fetchmail by POP3 takes all of bob's, by the program that it is told to hand them to.
serve.send(message(ident="bob-1"), to=["bob@" + DOMAIN])
serve.send(message(ident="bob-2"), to=["bob@" + DOMAIN])
fetched = home + "/fetched"
write("fetchmailrc", f"""
poll 127.0.0.1 protocol pop3 port {pop3} username "bob" password "mot:de passe"
  sslproto '' fetchall nokeep nostripcr mda "cat >> {fetched}"
""")
run("fetchmail", "-f", home + "/fetchmailrc", "--pidfile", home + "/fetchmail.pid", "--nosyslog",
    env=dict(env, FETCHMAILHOME=home))
text = pathlib.Path(fetched).read_bytes().replace(b"\r\n", b"\n")
for ident in ("bob-1", "bob-2"):
    body = message(ident=ident).replace(b"\r\n", b"\n").split(b"\n\n", 1)[1]
    assert body.rstrip(b"\n") in text, ident
bob = serve.pop3("bob", "mot:de passe")
assert bob.stat() == (0, 0)
bob.quit()

# mbsync, both ways: what is here goes there with its flags; what is done there comes back.
local = pathlib.Path(home, "local")
local.mkdir()
rc = write("mbsyncrc", f"""
IMAPAccount serve
Host 127.0.0.1
Port {imap}
User anne
Pass secret
SSLType None
AuthMechs LOGIN

IMAPStore far
Account serve

MaildirStore near
Path {local}/
Inbox {local}/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Both
Remove Both
Expunge Both
SyncState *
CopyArrivalDate yes
""")
run("mbsync", "-c", rc, "all", env=env)
files = {f: f.read_bytes() for f in sorted((local / "INBOX").glob("*/*"))
         if f.parent.name in ("cur", "new")}
assert len(files) == 4
plain = sorted(text.replace(b"\r\n", b"\n") for _, _, text in in_mailbox())
# mbsync marks its copies with a field of its own while they are under way, at most.
assert sorted(re.sub(rb"X-TUID: .*\n", b"", data) for data in files.values()) == plain
for f, data in files.items():
    if b"<swaks@" in data:
        assert "F" in f.name.split(":2,")[1], f  # the flag came with it
        f.rename(local / "INBOX/cur" / (f.name.split(":2,")[0] + ":2,FRS"))
    if b"<msmtp@" in data:
        f.rename(local / "INBOX/cur" / (f.name.split(":2,")[0] + ":2,T"))
for part in ("cur", "new", "tmp"):
    (local / "Voyages" / part).mkdir(parents=True)
(local / "Voyages/new/1.2.h").write_bytes(message(ident="local").replace(b"\r\n", b"\n"))
run("mbsync", "-c", rc, "all", env=env)
state = in_mailbox()
assert len(state) == 3 and not any(b"<msmtp@" in text for _, _, text in state)
flags = next(flags for _, flags, text in state if b"<swaks@" in text)
assert {b"\\Flagged", b"\\Answered", b"\\Seen"} <= set(flags)
travels = in_mailbox("Voyages")
assert len(travels) == 1
assert re.sub(rb"X-TUID: .*\r\n", b"", travels[0][2]) == message(ident="local")
before = sorted(os.listdir(local / "INBOX/cur"))
run("mbsync", "-c", rc, "all", env=env)  # nothing is left to do
assert sorted(os.listdir(local / "INBOX/cur")) == before

serve.end()
print("ok")
