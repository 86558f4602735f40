#!/usr/bin/env python3
"""The Maildir that `postack serve` writes is read by Dovecot and by mutt, with flags, folders,
keywords and dates; what they change and add is seen by us, while we run and after; and a Maildir
that Dovecot made is ours with the uids that it gave."""
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

dovecot = Dovecot(home, f"maildir:{place}/%u")
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

# mutt flags the first and deletes the last.
(home / "muttrc").write_text(f"set folder={place} delete=yes resolve=no move=no quit=yes "
                             "sort=mailbox-order wait_key=no mbox_type=Maildir header_cache=''\n")
mutt(home, "<last-entry><delete-message><first-entry><flag-message><sync-mailbox><exit>",
     "-F", f"{home}/muttrc", "-f", f"{place}/anne")
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
made_by_dovecot(Dovecot(home, f"maildir:{place}/%u"),
                lambda: Serve(mail_dir=str(place), users=("eve:secret",)))
print("ok")
