"""The kernel's side of tun_transfer.sh: runs `postack tun` and moves bytes both ways with sockets.

    _tun_peer.py PROGRAM BYTES [OPTIONS OF postack tun]...

Four transfers: to Postack's discard, from its source, through its echo, and Postack connecting to a
server here. Prints Postack's report; exits 1 with a sentence if a byte differs.
"""
import array
import hashlib
import json
import socket
import subprocess
import sys
import threading

HOST, KERNEL = "10.9.0.2", "10.9.0.1"
PORT = 61007  # of no protocol that tshark knows


def pattern(count):
    words = array.array("I", range((count + 3) // 4))
    if sys.byteorder == "little":
        words.byteswap()
    return words.tobytes()[:count]


def read_all(connection):
    digest, count = hashlib.sha256(), 0
    while data := connection.recv(1 << 16):
        digest.update(data)
        count += len(data)
    return count, digest.hexdigest()


def main():
    program, count, options = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    data = pattern(count)
    wanted = (count, hashlib.sha256(data).hexdigest())
    server = socket.create_server((KERNEL, PORT))
    command = [program, "tun", "pst0", "--addr", HOST + "/24", "--listen", "9/discard",
               "--listen", "19/source", "--listen", "7/echo", "--connect", f"{KERNEL}:{PORT}/source",
               "--bytes", str(count), "--connections", "4", "--for", "900s", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True) as process:
        if process.stderr.readline().strip() != "ready":
            print(process.stderr.read())
            return 1
        accepted, _ = server.accept()
        accepted.settimeout(300)
        results = {"postack connects": read_all(accepted)}
        accepted.close()
        with socket.create_connection((HOST, 9), 300) as to_discard:
            to_discard.sendall(data)
            to_discard.shutdown(socket.SHUT_WR)
            to_discard.recv(1)
        with socket.create_connection((HOST, 19), 300) as from_source:
            results["source"] = read_all(from_source)
        with socket.create_connection((HOST, 7), 300) as echo:
            def send():
                echo.sendall(data)
                echo.shutdown(socket.SHUT_WR)
            sender = threading.Thread(target=send)
            sender.start()
            results["echo"] = read_all(echo)
            sender.join()
        output, errors = process.communicate(timeout=300)
    if process.returncode != 0:
        print(errors)
        return 1
    for name, result in results.items():
        if result != wanted:
            print(f"{name}: {result[0]} of {count} bytes, or others")
            return 1
    report = json.loads(output)
    for connection in report["connections"]:
        if connection["failure"] or not connection["finished"]:
            print(f"a connection failed: {connection}")
            return 1
        if connection["service"] in ("discard", "echo"):
            got = (connection["bytes_received"], connection["sha256_received"])
            if got != wanted:
                print(f"{connection['service']}: {got[0]} of {count} bytes, or others")
                return 1
    print(output.strip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
