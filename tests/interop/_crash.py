"""Deliveries to `postack serve` that is killed (SIGKILL) at random moments and started again: no
message that was answered 250 is lost, none is there half-written, and no uid is used twice."""
import hashlib
import random
import re
import smtplib
import threading
import time

import _serve
from _serve import Serve

SENDERS = 4


def body(number):
    """A message whose end tells whether it is whole."""
    noise = random.Random(number)
    text = "".join(f"{noise.getrandbits(240):060x}\r\n" for _ in range(noise.randrange(1, 400)))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"From: a@b.fr\r\nSubject: n{number}\r\n\r\n{text}{digest}\r\n".encode()


def is_whole(data):
    lines = data[data.index(b"\r\n\r\n") + 4:].split(b"\r\n")
    text = b"".join(line + b"\r\n" for line in lines[:-2])
    return hashlib.sha256(text).hexdigest().encode() == lines[-2]


def crash(deliveries, seed, *options):
    chance = random.Random(seed)
    place = _serve.folder() + "/mail"
    answered, sent = set(), [0]
    uids = {}  # number: (validity, uid), as told to a client
    lock = threading.Lock()
    progress = threading.Condition(lock)
    kills = 0

    def deliver(serve, until):
        try:
            with smtplib.SMTP("127.0.0.1", serve.ports["smtp"], timeout=60) as s:
                while True:
                    with lock:
                        if sent[0] >= until:
                            return
                        sent[0] += 1
                        number = sent[0]
                    s.sendmail("a@b.fr", ["anne@" + _serve.DOMAIN], body(number))
                    with progress:
                        answered.add(number)
                        progress.notify_all()
        except (OSError, smtplib.SMTPException):
            return  # it was killed

    def look(serve):
        c = serve.imap()
        c.select(readonly=True)
        validity = c.response("UIDVALIDITY")[1][-1]
        found = {}
        for part in c.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]:
            if not isinstance(part, tuple):
                continue
            assert is_whole(part[1]), f"half-written: {part[1][:400]}"
            number = int(re.search(rb"Subject: n(\d+)\r", part[1])[1])
            assert number not in found, f"message {number} is there twice"
            found[number] = (validity, int(re.search(rb"UID (\d+)", part[0])[1]))
        c.logout()
        return found

    while sent[0] < deliveries:
        serve = Serve(*options, mail_dir=place)
        threads = [threading.Thread(target=deliver, args=(serve, deliveries))
                   for _ in range(SENDERS)]
        for t in threads:
            t.start()
        # After some deliveries, so that fast and slow machines are killed equally often; then at
        # any moment of the ones under way, since the pause depends on nothing that the server does.
        enough = len(answered) + chance.randrange(0, deliveries // 8)
        with progress:
            progress.wait_for(lambda: len(answered) >= enough or sent[0] >= deliveries, timeout=60)
        time.sleep(chance.uniform(0, 0.01))
        serve.kill()
        for t in threads:
            t.join()
        kills += 1
        serve = Serve(*options, mail_dir=place)
        found = look(serve)
        lost = answered - found.keys()
        assert not lost, f"answered 250 and lost: {sorted(lost)[:10]}"
        for number, where in uids.items():
            assert found[number] == where, f"message {number}: {where}, then {found[number]}"
        assert len(set(found.values())) == len(found), "a uid was used twice"
        uids = found
        serve.kill()
    assert kills > 2, "it was not killed in between"
    print(f"{deliveries} deliveries, {kills} kills, {len(answered)} answered 250, "
          f"{len(uids)} in the mailbox")
