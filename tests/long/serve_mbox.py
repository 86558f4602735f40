#!/usr/bin/env python3
"""The mailbox files that `postack serve --mailbox-format mbox` writes are read by Dovecot and by
mutt, with flags, keywords, folders and uids; what they change and add is seen by us, while we run
and after; and a file that Dovecot made is ours with the uids that it gave. A filter sorts."""
import os
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "interop"))
import _serve  # noqa: E402
from _dovecot import Dovecot, become_nobody, contents, made_by_dovecot, mutt, ok  # noqa: E402
from _serve import Serve, message, without_trace  # noqa: E402

home = pathlib.Path(_serve.folder())
if os.getuid() == 0:
    become_nobody(home)


def serving(place, *users):
    return Serve("--mailbox-format", "mbox", mail_dir=str(place), users=users)


def dovecot_of(place):
    return Dovecot(home, f"mbox:{place}/home/%u/mail:INBOX={place}/%u")


def validity(c, mailbox="INBOX"):
    ok(c.select(mailbox, readonly=True))
    return c.response("UIDVALIDITY")[1][-1]


def folders(c):
    return sorted(re.search(rb'"/" "?(.*?)"?$', line)[1] for line in ok(c.list())
                  if not re.search(rb"(?i)\\(noselect|nonexistent)", line))


def quoted(data):
    """As an mbox file keeps it: no line begins with From_."""
    return data.replace(b"\r\nFrom ", b"\r\n>From ")


# ---- ours, read by Dovecot and mutt --------------------------------------------------------
place = home / "mail"
(place / "home/anne").mkdir(parents=True)
(place / "home/anne/.dovecot.sieve").write_text(
    'require "fileinto"; if header :contains "message-id" "filtre" { fileinto "Filtr\u00e9s"; }\n')
serve = serving(place, "anne:secret", "eve:secret")
for ident in ("un", "deux", "trois", "filtre"):
    serve.send(message(ident=ident))
ours = serve.imap()
ok(ours.create("Ann&AOk-e/2024"))
ok(ours.subscribe("Ann&AOk-e/2024"))
ok(ours.append("Ann&AOk-e/2024", r"(\Draft \Seen)", '"17-Jul-1996 02:44:25 +0000"',
               message(ident="vieux")))
ok(ours.select())
ok(ours.store("2", "+FLAGS", r"(\Flagged \Answered $Forwarded Travail)"))

dovecot = dovecot_of(place)
theirs = dovecot.imap()
_serve.wait_for("our flags to be in the file", lambda: b"Travail" in
                (place / "anne").read_bytes())
assert folders(theirs) == folders(ours) == [b"Ann&AOk-e/2024", b"Filtr&AOk-s", b"INBOX"], \
    (folders(theirs), folders(ours))
assert b"2024" in ok(theirs.lsub())[0]
for mailbox in ("INBOX", "Ann&AOk-e/2024", "Filtr&AOk-s"):
    a, b = contents(ours, mailbox), contents(theirs, mailbox)
    assert a == b, (mailbox, a, b)  # uids, flags, dates, sizes, texts
    assert validity(ours, mailbox) == validity(theirs, mailbox)
assert len(contents(theirs)) == 3
assert contents(theirs)["deux"][1] == {b"\\Flagged", b"\\Answered", b"$Forwarded", b"Travail"}, \
    contents(theirs)["deux"][:4]
assert without_trace(contents(theirs)["un"][4]) == quoted(message(ident="un"))

# ---- what they do, seen by us while we run ---------------------------------------------------
ok(theirs.select())
before = contents(theirs)
ok(theirs.uid("STORE", str(before["un"][0]), "+FLAGS", r"(\Seen $Junk)"))
ok(theirs.uid("STORE", str(before["trois"][0]), "+FLAGS", r"(\Deleted)"))
ok(theirs.expunge())
ok(theirs.append("INBOX", r"(\Flagged)", '"01-Jan-2001 12:00:00 +0000"', message(ident="leur")))
ok(theirs.create("Leur"))
ok(theirs.append("Leur", None, None, message(ident="dedans")))
ok(theirs.select())
ok(theirs.check())


def same():
    ours.noop()
    theirs.noop()
    return contents(ours) == contents(theirs)


_serve.wait_for("Dovecot's changes to be seen", same)
a = contents(ours)
assert set(a) == {"un", "deux", "leur"} and a["un"][1] == {b"\\Seen", b"$Junk"}, a
# Dovecot does not quote: it knows a From_ line by the date at its end.
assert message(ident="leur") == a["leur"][4], a["leur"][4]
assert a["un"][0] == before["un"][0] and a["leur"][0] > before["trois"][0]
assert set(contents(ours, "Leur")) == {"dedans"}
# And ours by them, once more; by POP3 too.
ok(ours.select())
ok(ours.store("1", "-FLAGS", r"($Junk)"))
ok(ours.store("1", "+FLAGS", r"(\Answered)"))
serve.send(message(ident="encore"))
_serve.wait_for("our changes to be seen by Dovecot", same)
# Dovecot keeps its locks while a mailbox is open and changed: it is closed for the others.
ok(theirs.close())
pop = serve.pop3()
assert len(pop.list()[1]) == 4
pop.dele(4)
pop.quit()
_serve.wait_for("the deletion by POP3 to be seen by Dovecot", same)
assert set(contents(theirs)) == {"un", "deux", "leur"}
ok(theirs.close())

# mutt flags the first and deletes the last.
(home / "muttrc").write_text(f"set folder={place} delete=yes resolve=no move=no quit=yes sort=mailbox-order "
                             "wait_key=no mbox_type=mbox header_cache=''\n"
                             f"set spoolfile={place}/anne\n")
mutt(home, "<last-entry><delete-message><first-entry><flag-message><sync-mailbox><exit>",
     "-F", f"{home}/muttrc", "-f", f"{place}/anne")
_serve.wait_for("mutt's changes to be seen",
                lambda: (ours.noop(), len(contents(ours)) == 2)[1])
b = contents(ours)
assert b["un"][1] >= {b"\\Flagged", b"\\Seen", b"\\Answered"}, b
assert {ident: facts[0] for ident, facts in b.items()} == \
    {ident: a[ident][0] for ident in ("un", "deux")}, (a, b)
ours.logout()
theirs.logout()
dovecot.end()
serve.end()

# ---- theirs, read by us ------------------------------------------------------------------------
place = home / "theirs"
(place / "home/eve/mail").mkdir(parents=True)
made_by_dovecot(dovecot_of(place),
                lambda: serving(place, "eve:secret"))
print("ok")
