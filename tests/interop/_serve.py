"""`postack serve` for a test: started on free ports, ended with it; and what the tests share."""
import atexit
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

USERS = ("anne:secret", "bob:mot:de passe")
DOMAIN = "lab.fr"

# A message with all that goes wrong on the way if something does: 8-bit text, an attachment of
# every byte, lines that begin with a dot and with "From ", a long line, an empty line at the end.
BINARY = bytes(range(256)) * 40
SUBJECT = "Un été à Besançon"


def message(sender="marie@ailleurs.fr", to="anne@" + DOMAIN, subject=SUBJECT, ident="1"):
    from email.message import EmailMessage
    from email import policy
    m = EmailMessage(policy=policy.SMTP.clone(cte_type="8bit"))
    m["From"], m["To"], m["Subject"] = sender, to, subject
    m["Message-ID"] = f"<{ident}@ailleurs.fr>"
    m["Date"] = "Mon, 16 Jan 2023 12:27:45 +0100"
    m.set_content("Voilà\n.\n..deux points\nFrom moi à toi\n" + "long " * 150 + "\n\n",
                  cte="8bit")
    m.add_attachment(BINARY, maintype="application", subtype="octet-stream", filename="octets.bin")
    m.set_boundary("=_limite")
    return m.as_bytes()


def lines(data):
    """The bytes with CRLF ends, to compare what went in with what comes out."""
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def without_trace(data):
    """The message as it was sent: without the fields that delivery put on top."""
    at = data.index(b"From: ")
    assert all(field in data[:at] for field in (b"Return-Path:", b"Delivered-To:", b"Received:"))
    return data[at:]


class Serve:
    """The program, listening. `ports` has smtp, pop3 and imap."""

    def __init__(self, *options, mail_dir=None, users=USERS):
        command = [os.environ["POSTACK"], "serve", "--direct", "--smtp", "0", "--pop3", "0",
                   "--imap", "0", "--domain", DOMAIN]
        for user in users:
            command += ["--user", user]
        if mail_dir:
            command += ["--mail-dir", mail_dir]
        self.process = subprocess.Popen(command + list(options), stdout=subprocess.PIPE, text=True)
        atexit.register(self.kill)
        words = self.process.stdout.readline().split()
        assert words and words[0] == "ready", f"not ready: {words}"
        self.ports = {name: int(port) for name, port in zip(words[1::2], words[2::2])}

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def end(self):
        """SIGTERM; it must end cleanly."""
        self.process.terminate()
        status = self.process.wait(timeout=60)
        assert status == 0, f"after SIGTERM: {status}"

    def smtp(self):
        import smtplib
        return smtplib.SMTP("127.0.0.1", self.ports["smtp"], timeout=60)

    def pop3(self, user="anne", password="secret"):
        import poplib
        c = poplib.POP3("127.0.0.1", self.ports["pop3"], timeout=60)
        if user:
            c.user(user)
            c.pass_(password)
        return c

    def imap(self, user="anne", password="secret"):
        import imaplib
        c = imaplib.IMAP4("127.0.0.1", self.ports["imap"], timeout=60)
        if user:
            c.login(user, password)
        return c

    def send(self, data=None, to=("anne@" + DOMAIN,), sender="marie@ailleurs.fr"):
        with self.smtp() as s:
            s.sendmail(sender, list(to), data or message(), ["body=8bitmime"])


def run(*command, input=None, env=None, status=0, cwd=None):
    """Runs a program; what it printed. Fails loudly."""
    done = subprocess.run(list(command), input=input, capture_output=True, timeout=120, cwd=cwd,
                          env=dict(os.environ, **(env or {})))
    if status is not None and done.returncode != status:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}, expected {status}\n"
                 f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}")
    return done.stdout


def folder():
    """A folder that is gone after the test."""
    made = tempfile.TemporaryDirectory(prefix="postack-")
    atexit.register(made.cleanup)
    return made.name


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            sys.exit(f"waited {seconds} s in vain for: {what}")
        time.sleep(0.02)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
