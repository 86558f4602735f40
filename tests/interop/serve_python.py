#!/usr/bin/env python3
"""smtplib, poplib and imaplib on `postack serve`: one mailbox, three protocols, in memory and on
disk; what is read is what was sent; several sessions see each other's changes."""
import email
import imaplib
import poplib
import smtplib

import _serve
from _serve import DOMAIN, Serve, message, without_trace


def refused(call, *expected):
    try:
        call()
    except expected:
        return
    raise SystemExit(f"{call} was not refused")


def ok(answer):
    status, data = answer
    assert status == "OK", answer
    return data


def smtp(serve):
    with serve.smtp() as s:
        assert s.ehlo()[0] == 250
        assert s.has_extn("8bitmime") and s.has_extn("size") and s.has_extn("pipelining")
        refused(lambda: s.login("anne", "faux"), smtplib.SMTPAuthenticationError)
        assert s.docmd("AUTH", "PLAIN AGFubmUAZmF1eA==")[0] == 535
        s.login("anne", "secret")  # the connection stayed usable
        s.mail("a@b.fr")
        assert s.rcpt("personne@" + DOMAIN)[0] == 550
        assert s.rcpt("x@ailleurs.fr")[0] == 550  # no relay
        assert s.rcpt("postmaster")[0] == 250
        assert s.rcpt("postmaster@" + DOMAIN)[0] == 250
        s.rset()
        s.sendmail("marie@ailleurs.fr", ["Anne@" + DOMAIN.upper(), "bob@" + DOMAIN], message(),
                   ["body=8bitmime"])
        s.sendmail("", ["postmaster"], b"Subject: rebond\r\n\r\nFrom postmaster\r\n")


def pop3(serve):
    c = serve.pop3(user=None)
    c.user("anne")
    refused(lambda: c.pass_("faux"), poplib.error_proto)
    c.user("anne")
    c.pass_("secret")  # the connection stayed usable
    capabilities = c.capa()
    assert all(word in capabilities for word in ("USER", "UIDL", "TOP")), capabilities
    assert c.stat()[0] == 2
    got = b"\r\n".join(c.retr(1)[1]) + b"\r\n"
    assert without_trace(got) == message()
    assert c.list(1).split()[2] == str(len(got)).encode()
    top = c.top(1, 1)[1]
    assert top[-2:] == [b"", b"This is a multi-part message in MIME format."] or top[-2] == b""
    uids = [line.split()[1] for line in c.uidl()[1]]
    assert len(set(uids)) == 2
    refused(lambda: serve.pop3(), poplib.error_proto)  # the maildrop is locked
    c.dele(2)
    c.rset()
    c.dele(2)
    c.quit()
    c = serve.pop3()
    assert [line.split()[1] for line in c.uidl()[1]] == uids[:1]
    c.dele(1)
    c.close()  # without QUIT: nothing is deleted
    _serve.wait_for("the lock to go", lambda: not _locked(serve))
    with_bob = serve.pop3("bob", "mot:de passe")
    assert with_bob.stat()[0] == 1
    with_bob.quit()


def _locked(serve):
    try:
        serve.pop3().quit()
        return False
    except poplib.error_proto:
        return True


def imap(serve):
    c = serve.imap(user=None)
    refused(lambda: c.login("anne", "faux"), imaplib.IMAP4.error)
    c.login("anne", "secret")
    assert ok(c.select()) == [b"1"]
    whole = ok(c.fetch("1", "(RFC822.SIZE BODY.PEEK[])"))[0]
    assert without_trace(whole[1]) == message()
    assert f"RFC822.SIZE {len(whole[1])} ".encode() in whole[0], whole[0]
    parsed = email.message_from_bytes(whole[1], policy=email.policy.default)
    attachment = next(parsed.iter_attachments())
    assert attachment.get_content() == _serve.BINARY
    assert parsed["Subject"] == _serve.SUBJECT
    # The attachment by its section, and a piece of it.
    section = ok(c.fetch("1", "(BODY.PEEK[2])"))[0][1]
    assert section == attachment.get_payload().replace("\n", "\r\n").encode() or \
        section.strip() == attachment.get_payload().replace("\r", "").replace("\n", "\r\n").strip().encode()
    assert ok(c.fetch("1", "(BODY.PEEK[2]<10.20>)"))[0][1] == section[10:30]
    assert ok(c.fetch("1", "(BINARY.PEEK[2])"))[0][1] == _serve.BINARY

    # A second session sees what the first does, and what is delivered.
    other = serve.imap()
    other.select()
    ok(c.store("1", "+FLAGS", r"(\Flagged $Important Travail)"))
    other.noop()
    flags = other.response("FETCH")[1]
    assert flags and b"\\Flagged" in flags[-1] and b"Travail" in flags[-1], flags
    serve.send(b"Subject: neuf\r\n\r\ncorps\r\n")
    c.noop()
    assert c.response("EXISTS")[1][-1] == b"2"

    # IDLE: news comes by itself.
    tag = other._new_tag()
    other.send(tag + b" IDLE\r\n")
    assert other.readline().startswith(b"+ ")
    other.readline()  # EXISTS of the message before, and RECENT
    serve.send(b"Subject: encore\r\n\r\ncorps\r\n")
    seen = b""
    while b"3 EXISTS" not in seen:
        line = other.readline()
        assert line, seen
        seen += line
    other.send(b"DONE\r\n")
    while not other.readline().startswith(tag + b" OK"):
        pass

    assert ok(c.search(None, "SUBJECT", "neuf")) == [b"2"]
    c.literal = "Besançon".encode()
    assert ok(c.search("UTF-8", "SUBJECT")) == [b"1"]
    assert ok(c.search(None, "KEYWORD", "Travail", "UNSEEN")) == [b"1"]
    assert ok(c.sort("(REVERSE SUBJECT)", "UTF-8", "ALL"))[0].split()[-1] == b"3"
    assert ok(c.thread("REFERENCES", "UTF-8", "ALL"))

    ok(c.create("Projets/2024"))
    ok(c.create("R&AOk-seau"))
    names = b" ".join(ok(c.list()))
    assert b"Projets/2024" in names and b"R&AOk-seau" in names
    ok(c.subscribe("Projets/2024"))
    assert b"Projets/2024" in ok(c.lsub())[0]
    assert b"COPYUID" in ok(c.copy("1", "Projets/2024"))[0]
    ok(c._simple_command("MOVE", "2", "R&AOk-seau"))
    status = ok(c.status("R&AOk-seau", "(MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ SIZE)"))[0]
    assert b"MESSAGES 1 " in status
    c.noop()
    ok(c.append("Projets/2024", r"(\Seen)", '"17-Jul-1996 02:44:25 -0700"', message(ident="2")))
    assert ok(c.select("Projets/2024")) == [b"2"]
    appended = ok(c.fetch("2", "(INTERNALDATE FLAGS BODY.PEEK[])"))[0]
    assert appended[1] == message(ident="2")
    assert b"17-Jul-1996" in appended[0] and b"\\Seen" in appended[0]
    ok(c.store("1", "+FLAGS", r"(\Deleted)"))
    ok(c.expunge())
    assert ok(c.uid("SEARCH", "ALL")) == [b"2"]
    ok(c.select())
    ok(c.rename("Projets", "Vieux"))
    ok(c.delete("R&AOk-seau"))
    refused(lambda: ok(c.select("R&AOk-seau")), AssertionError)
    ok(c.select("Vieux/2024"))
    assert ok(c.uid("FETCH", "2", "(FLAGS)"))[0]
    c.logout()
    other.logout()


def notified(serve):
    """NOTIFY (RFC 5465) and a followed search (RFC 5267) by raw commands: imaplib knows neither."""
    c = serve.imap()
    words = ok(c.capability())[0].split()
    assert all(w in words for w in (b"NOTIFY", b"CONTEXT=SEARCH", b"CONTEXT=SORT")), words
    other = serve.imap()
    for session in (c, other):
        ok(session.select())

    def asks(line):
        tag = c._new_tag()
        c.send(tag + b" " + line + b"\r\n")
        told = b""
        while not told.startswith(tag):
            told = c.readline()
        assert told.startswith(tag + b" OK"), (line, told)
        return tag

    def hears(end):
        told = b""
        while end not in told:
            line = c.readline()
            assert line, told
            told += line
        return told

    ok(other.create("Liste"))
    asks(b"NOTIFY SET STATUS (selected (MessageNew (BODY.PEEK[HEADER.FIELDS (SUBJECT)]) "
         b"MessageExpunge FlagChange)) (personal (MessageNew MessageExpunge MailboxName))")
    followed = asks(b"UID SEARCH RETURN (UPDATE COUNT) UNFLAGGED")
    # Another mailbox, between commands and while the client idles; the shortest way is APPEND.
    ok(other.append("Liste", None, None, b"Subject: un\r\n\r\ncorps\r\n"))
    assert b"* STATUS Liste (MESSAGES 1 UIDNEXT 2 UNSEEN 1)\r\n" in hears(b"UNSEEN 1)\r\n")
    idle = c._new_tag()
    c.send(idle + b" IDLE\r\n")
    hears(b"+ idling\r\n")
    ok(other.append("Liste", None, None, b"Subject: deux\r\n\r\ncorps\r\n"))
    assert b"* STATUS Liste (MESSAGES 2 UIDNEXT 3 UNSEEN 2)\r\n" in hears(b"UNSEEN 2)\r\n")
    ok(other.create("Neuve"))
    assert b"Neuve" in hears(b"* LIST (\\HasNoChildren) ")
    c.send(b"DONE\r\n")
    hears(idle + b" OK")
    # Mail that SMTP delivers is told with its subject, and is in the result that is followed.
    serve.send(b"Subject: remise\r\n\r\ncorps\r\n")
    told = hears(b"ADDTO")
    assert told.index(b" EXISTS\r\n") < told.index(b"Subject: remise") < told.index(b"ESEARCH"), told
    assert b'* ESEARCH (TAG "%s") UID ADDTO (0 ' % followed in told, told
    other.noop()
    last = ok(other.uid("SEARCH", "ALL"))[0].split()[-1].decode()
    ok(other.uid("STORE", last, "+FLAGS", r"(\Flagged \Deleted)"))
    told = hears(b"REMOVEFROM")
    assert b" FETCH (UID " + last.encode() in told and b"\\Flagged" in told, told
    ok(other.expunge())
    hears(b" EXPUNGE\r\n")
    asks(b"NOTIFY NONE")
    ok(other.delete("Neuve"))
    ok(other.delete("Liste"))
    asks(b"NOOP")
    for session in (c, other):
        session.logout()


def again(serve):
    """What a second run on the same folder finds."""
    c = serve.imap()
    assert ok(c.select("Vieux/2024", readonly=True)) == [b"1"]
    got = ok(c.uid("FETCH", "2", "(FLAGS INTERNALDATE BODY.PEEK[])"))[0]
    assert got[1] == message(ident="2") and b"\\Seen" in got[0] and b"17-Jul-1996" in got[0]
    ok(c.select("INBOX"))
    assert b"Travail" in ok(c.fetch("1", "(FLAGS)"))[0]
    validity = c.response("UIDVALIDITY")[1]
    c.logout()
    return validity


on_disk = _serve.folder() + "/mail"
for place in (None, on_disk):
    serve = Serve(mail_dir=place)
    smtp(serve)
    pop3(serve)
    imap(serve)
    notified(serve)
    serve.end()
validities = set()
for _ in range(2):
    serve = Serve(mail_dir=on_disk)
    validities.add(str(again(serve)))
    serve.kill()  # no clean end: nothing is lost by it
assert len(validities) == 1, validities
print("ok")
